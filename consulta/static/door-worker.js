// Keeps the door's page on the device and gives it back whenever the server does not answer with a page of ours: no
// internet, a fault, a proxy that never answers or has a page of its own, a session that ended. It keeps nothing else,
// and nothing with a name in it; rosters whose day is over go whenever any page of the desk is opened.
importScripts("/static/door-vault.js");
const DOOR = /^\/gestion\/[^/]+\/foros\/[^/]+\/(sin-internet|puerta)$/, PATIENCE_MS = 3000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event, { pathname, origin, search } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return;
  if (request.mode === "navigate") event.waitUntil(Vault.wipeDue().catch(() => {}));
  if (request.mode === "navigate" && DOOR.test(pathname)) event.respondWith(door(request, pathname));
  else if (pathname.startsWith("/static/") && search) event.respondWith(kept(request)); // the same for ever
});

async function door(request, pathname) {
  const found = await caches.match(pathname.replace(/\/puerta$/, "/sin-internet"));
  if (!found) return fetch(request);
  const late = new Promise((_resolve, reject) => setTimeout(reject, PATIENCE_MS));
  try {
    const answer = await Promise.race([fetch(request), late]);
    return answer.status < 500 && Vault.isOurs(answer) ? answer : found;
  } catch {
    return found;
  }
}

const kept = async (request) => (await caches.match(request)) || fetch(request);
