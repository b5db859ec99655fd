/** Part of the service worker: the queue leaves when the network is back, also while no page is open. */
import { createDoor } from "./door.js";
import { TAG } from "./installing.js";
import { Sender } from "./sending.js";
import { Store } from "./store.js";

self.addEventListener("sync", (event) => {
  if (event.tag === TAG) event.waitUntil(wake());
});

/** An open page sends for itself, because it shows what the answers are. */
async function wake() {
  const scanner = new URL(self.registration.scope).pathname;
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const pages = open.filter(({ url }) => new URL(url).pathname === scanner);
  for (const page of pages) page.postMessage(TAG);
  if (pages.length === 0) await sendQueue();
}

async function sendQueue() {
  const store = await Store.open();
  const identity = await store.identity();
  if (!identity) return;
  const door = createDoor({ unexpected: "" });
  const sender = new Sender({
    store,
    send: (entries) => door.sendQueue(identity, entries),
    onAnswer: () => {},
    later: () => 0,
  });
  await sender.kick();
  // A task that fails is tried again by the browser, later and later.
  if (sender.isAway) throw new Error("nobody answers yet");
}
