/** An entry is numbered, timed, signed and kept before anything is sent or shown. */
import { newKey } from "../scanner/api.js";
import { entryLines, signLines } from "./lines.js";

/**
 * @typedef {object} Waiting An entry that the server has not answered yet.
 * @property {number} counter Its number in the queue.
 * @property {import("./lines.js").Entry} entry
 * @property {object} about What the page knows of it, for itself alone.
 * @property {string} [refused] The server cannot even read it, and why; it is kept, and not sent again.
 */

/**
 * @param {object} with_
 * @param {import("./store.js").Store} with_.store
 * @param {{deviceId: string, privateKey: CryptoKey}} with_.identity
 * @param {object} told What was seen: `what` and its own fields, `target`, `kind`, `list_offset`, `shown`.
 * @param {object} about
 * @param {Date} [seenAt]
 * @returns {Promise<Waiting>}
 */
export async function writeDown({ store, identity }, told, about, seenAt = new Date()) {
  const counter = await store.nextCounter();
  const same = { target: "", kind: "", list_offset: null, shown: "" };
  const entry = { ...same, ...told, counter, key: newKey(), seen_at: seenAt.toISOString() };
  entry.proof = await signLines(identity.privateKey, await entryLines(identity.deviceId, entry));
  const waiting = { counter, entry, about };
  await store.append(waiting);
  return waiting;
}
