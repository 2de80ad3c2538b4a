/* The five calls of /api/v1. A Refusal carries the server's sentence; no network is a plain TypeError. */

const SESSION = "msb-session";

export class Refusal extends Error {
  constructor(status, sentence, retryAfter) {
    super(sentence);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  get passing() {
    return this.status === 429 || this.status >= 500;
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    /* Private windows may refuse: the page works until it is closed. */
  }
}

export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function random(bytes) {
  const raw = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...raw)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export const session = recall(SESSION) ?? random(24);
remember(SESSION, session);

async function call(path, options = {}) {
  const response = await fetch(path, { credentials: "omit", cache: "no-store", ...options });
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  const sentence = body.error ?? "我们这边出了点问题，请稍后再试。";
  throw new Refusal(response.status, sentence, Number(response.headers.get("retry-after")) || 5);
}

const query = (values) => new URLSearchParams({ session, ...values });

export const say = async (message) =>
  (
    await call("/api/v1/messages", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ session, ...message }),
    })
  ).json();

export const linesAfter = async (after) =>
  (await call(`/api/v1/messages?${query({ after })}`)).json();

export const tickets = async () => (await (await call(`/api/v1/tickets?${query()}`)).json()).tickets;

export async function upload(blob) {
  const headers = { "content-type": blob.type || "image/jpeg", "x-session": session };
  return (await (await call("/api/v1/photos", { method: "POST", headers, body: blob })).json()).name;
}

/* As a blob: a copied picture address must not carry the session. */
export const photo = async (name) =>
  URL.createObjectURL(await (await call(`/api/v1/photos/${name}?${query()}`, { cache: "default" })).blob());
