/* The service worker of the scanner: what the page is made of is kept here, so that it opens without a network.
   `SHELL` stands above, written by the server: the version, and the addresses of everything that belongs to it. */

const PREFIX = "paraphe-device-";
const NAME = PREFIX + SHELL.version;
const FILES = new Set(SHELL.files);

self.addEventListener("install", (event) => {
  const requests = SHELL.files.map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  // Everything else, the API first of all, is the network's.
  if (method !== "GET" || origin !== self.location.origin || !FILES.has(pathname)) return;
  event.respondWith(kept(pathname).then((answer) => answer ?? fetch(event.request)));
});

async function kept(pathname) {
  const cache = await caches.open(NAME);
  return cache.match(pathname);
}

function isOld(name) {
  return name.startsWith(PREFIX) && name !== NAME;
}
