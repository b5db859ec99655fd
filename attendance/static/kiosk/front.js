/** What a kiosk asks the server: with a session of its own, taken anew when it has run out. */
import { Refused } from "../device/door.js";

/**
 * @typedef {object} Found Somebody who can sign here now.
 * @property {string} attendee
 * @property {string} name
 * @property {string} title
 * @property {string} time_zone
 * @property {string} starts_at
 * @property {string} ends_at
 * @property {("arrival"|"departure")[]} kinds
 */

/**
 * @param {ReturnType<import("../device/door.js").createDoor>} door
 * @param {import("../device/store.js").Identity} identity
 */
export function createFront(door, identity) {
  let token = null;

  const asked = async (ask) => {
    const isFresh = token === null;
    token ??= await door.comeIn(identity);
    try {
      return await ask(token);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      token = null;
      // A session that has run out is not the kiosk's end: it comes in again, and is told then.
      if (isFresh) throw error;
      return asked(ask);
    }
  };

  return {
    /** @returns {Promise<void>} Or throws: this kiosk is not let in, or nobody answers. */
    comeIn: () => asked(() => undefined),

    /**
     * @param {string} query
     * @returns {Promise<{is_too_many: boolean, people: Found[]}>}
     */
    search: (query) => asked((held) => door.searchAtKiosk(query, held)),

    /**
     * @param {object} signature Sent again as it is while nobody answers: its key makes that harmless.
     * @returns {Promise<{verdict: string, colour: string, sentence: string}>}
     */
    sign: (signature) => asked((held) => door.signAtKiosk(signature, held)),
  };
}
