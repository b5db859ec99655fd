/** The device comes in with its key, fetches the list, and fetches it again: the older the list, the less it knows. */
import { Problem, Unreachable } from "../scanner/api.js";
import { Refused } from "./door.js";

const EVERY = 10 * 60_000;
const SOON = 30_000;

/**
 * @param {object} device
 * @param {import("./store.js").Store} device.store
 * @param {import("./store.js").Identity} device.identity
 * @param {import("./today.js").Today} device.today
 * @param {ReturnType<import("./door.js").createDoor>} device.door
 * @param {{onDay: () => void, onRevoked: (isRevoked: boolean) => Promise<void>}} tell
 */
export function keepUpToDate({ store, identity, today, door }, { onDay, onRevoked }) {
  let token = null;
  let timer = 0;

  const once = async () => {
    clearTimeout(timer);
    try {
      token ??= await door.comeIn(identity);
      await today.take(await door.fetchDay(token));
      await remember(false);
      onDay();
      timer = setTimeout(once, EVERY);
    } catch (error) {
      timer = setTimeout(once, SOON);
      await failed(error);
    }
  };

  const failed = async (error) => {
    if (error instanceof Unreachable) return;
    if (!(error instanceof Refused || error instanceof Problem)) throw error;
    // A token that has run out is not the device's end: it comes in again, and is told then.
    if (token) {
      token = null;
      timer = setTimeout(once, 0);
      return;
    }
    if (error instanceof Problem) return;
    await today.forget();
    await remember(true);
  };

  const remember = async (isRevoked) => {
    if (identity.isRevoked !== isRevoked) await store.keepIdentity({ ...identity, isRevoked });
    await onRevoked(isRevoked);
  };

  addEventListener("online", once);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - (today.day?.fetchedAt ?? 0) > EVERY) once();
  });
  return once();
}
