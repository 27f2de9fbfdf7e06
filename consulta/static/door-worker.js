// Keeps the door's page on the device and gives it back when the internet is gone. It keeps nothing else, and nothing
// with a name in it; rosters whose day is over go whenever any page of the desk is opened.
importScripts("/static/door-vault.js");
const KEPT = "consulta-door", DOOR = /^\/gestion\/[^/]+\/foros\/[^/]+\/(sin-internet|puerta)$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event, { pathname, origin } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return;
  if (request.mode === "navigate") event.waitUntil(Vault.wipeDue(Date.now()).catch(() => {}));
  if (request.mode === "navigate" && DOOR.test(pathname)) event.respondWith(door(request, pathname));
  else if (pathname.startsWith("/static/")) event.respondWith(fresh(request, request));
});

const door = (request, pathname) => fresh(request, pathname.replace(/\/puerta$/, "/sin-internet"));

async function fresh(request, kept) {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await (await caches.open(KEPT)).match(kept);
    if (found) return found;
    throw error;
  }
}
