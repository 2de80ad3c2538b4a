/* Photos before they are sent: made smaller in the browser, kept in IndexedDB so that a reload loses none. */

const LARGEST = 10 * 1024 * 1024;
const LONGEST_SIDE = 1600;
const TYPES = ["image/jpeg", "image/png", "image/webp"];

const memory = new Map();

function store() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("msb", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("pictures");
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

async function within(mode, work) {
  const base = await store();
  return new Promise((resolve, reject) => {
    const request = work(base.transaction("pictures", mode).objectStore("pictures"));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  }).finally(() => base.close());
}

export async function keepPicture(key, blob) {
  memory.set(key, blob);
  await within("readwrite", (shelf) => shelf.put(blob, key)).catch(() => undefined);
}

export const keptPicture = async (key) =>
  memory.get(key) ?? (await within("readonly", (shelf) => shelf.get(key)).catch(() => undefined));

export async function dropPicture(key) {
  memory.delete(key);
  await within("readwrite", (shelf) => shelf.delete(key)).catch(() => undefined);
}

/* Why a file cannot be sent, or "" if it can. */
export function faultOf(file) {
  if (/\.hei[cf]$/i.test(file.name) || /hei[cf]/.test(file.type)) {
    return "这张是HEIC格式，打不开。请截一张图再发。";
  }
  if (!TYPES.includes(file.type)) return `“${file.name}”不是照片。请选JPG、PNG或WEBP格式。`;
  if (file.size > LARGEST) return `“${file.name}”超过10 MB了，请换一张小一点的。`;
  return file.size ? "" : "照片是空的，请重新选一张。";
}

/* A smaller JPEG without position; the file itself where the browser cannot draw it. */
export async function lightened(file) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? file), "image/jpeg", 0.85));
  } catch {
    return file;
  }
}
