/** The service worker, by which the page opens without a network; and who sends the queue when the page is shut. */

export const TAG = "paraphe-queue";

/**
 * A newer version takes over now, at the opening, and never while people queue.
 * @param {DOMStringMap} urls
 */
export async function install({ workerUrl, scope }) {
  if (!navigator.serviceWorker) return;
  const waiting = (await navigator.serviceWorker.getRegistration(scope))?.waiting;
  if (waiting) {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage("take over");
    return;
  }
  try {
    // Only a module can send the queue in the background; browsers without such workers have the other.
    await navigator.serviceWorker.register(`${workerUrl}?envoi`, { type: "module", scope });
  } catch {
    await navigator.serviceWorker.register(workerUrl, { scope }).catch((error) => console.warn("no worker", error));
  }
}

/** @param {() => void} onNetwork The browser has found a network; this page is open, and sends for itself. */
export function listenForNetwork(onNetwork) {
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data === TAG) onNetwork();
  });
}

/** Asks the browser to have the queue sent once there is a network, also when the page is shut; where it can. */
export async function sendLater() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.sync?.register(TAG).catch(() => {});
}
