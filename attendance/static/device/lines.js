/** The lines that a device signs (ECDSA on P-256, SHA-256, r and s in 64 bytes); the server checks the very same. */

const encoder = new TextEncoder();

/** @param {ArrayBuffer|Uint8Array} bytes */
export function toBase64(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

/**
 * @param {string} text
 * @returns {Promise<string>} In small hexadecimal.
 */
export async function sha256(text) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {CryptoKey} privateKey
 * @param {string[]} parts None holds a line feed.
 * @returns {Promise<string>} The signature, in base64.
 */
export async function signLines(privateKey, parts) {
  const signed = encoder.encode(parts.join("\n"));
  return toBase64(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, signed));
}

/**
 * By these a device proves that it has the key it enrols with.
 * @param {string} token
 * @param {string} publicKey In base64.
 */
export function enrolmentLines(token, publicKey) {
  return ["paraphe-enrolment-1", token, publicKey];
}

/**
 * By these it comes in again.
 * @param {string} deviceId
 * @param {string} challenge
 */
export function enteringLines(deviceId, challenge) {
  return ["paraphe-session-1", deviceId, challenge];
}

/**
 * @param {string} deviceId
 * @param {string} sentAt
 * @param {string[]} proofs
 */
export function queueLines(deviceId, sentAt, proofs) {
  return ["paraphe-queue-1", deviceId, sentAt, ...proofs];
}

/**
 * @typedef {object} Entry What was seen, as it is sent.
 * @property {"scan"|"undo"|"statement"|"drawing"} what
 * @property {number} counter
 * @property {string} key
 * @property {string} seen_at The device's clock: `…T…Z` with milliseconds.
 * @property {number|null} list_offset
 * @property {string} target
 * @property {string} kind
 * @property {string} shown
 * @property {string} [badge]
 * @property {string|null} [drawing]
 * @property {string} [undone_key]
 * @property {string} [attendee]
 * @property {string} [cause]
 * @property {string} [reason]
 * @property {string} [proof]
 */

/**
 * @param {string} deviceId
 * @param {Entry} entry
 */
export async function entryLines(deviceId, entry) {
  const [subject, detail] = await subjectAndDetail(entry);
  const offset = entry.list_offset === null ? "" : String(entry.list_offset);
  const told = [entry.what, deviceId, String(entry.counter), entry.key, entry.seen_at, offset];
  return ["paraphe-entry-1", ...told, entry.target, entry.kind, subject, detail, entry.shown];
}

/** @param {Entry} entry */
async function subjectAndDetail(entry) {
  if (entry.what === "undo") return [entry.undone_key, ""];
  if (entry.what === "statement") return [entry.attendee, `${entry.cause}:${await sha256(entry.reason)}`];
  if (entry.what === "drawing") return [entry.attendee, await sha256(entry.drawing)];
  return [await sha256(entry.badge), entry.drawing ? await sha256(entry.drawing) : ""];
}
