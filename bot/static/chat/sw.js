/* Keeps the shell of the chat, so that the page opens without a network and takes words down. */
const SHELL = "msb-shell-1";

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.add(new Request("/", { cache: "reload" })))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const shell = url.pathname === "/" || url.pathname === "/privacy" || url.pathname.startsWith("/static/");
  if (request.method !== "GET" || url.origin !== self.location.origin || !shell) return;
  event.respondWith(fromNetworkFirst(request));
});

async function fromNetworkFirst(request) {
  const cache = await caches.open(SHELL);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}
