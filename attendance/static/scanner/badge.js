/**
 * Reads a badge without asking anybody: base45 (RFC 9285) around 95 bytes that end with an Ed25519 signature.
 * What this module finds is a hint shown at once; only the server records a signature, and only it has the last word.
 *
 *   version (1) | key number (1) | organisation (8) | purpose (1) | badge number (16) | expiry (4) | signature (64)
 */
import { verifyEd25519 } from "./ed25519.js";

export const PREFIX = "PRP";
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]));
const SIGNED_BYTES = 31;
const SIGNATURE_BYTES = 64;
const VERSION = 1;
const PURPOSE_BADGE = 1;

/**
 * @typedef {object} Badge What a badge says of itself, signature not checked.
 * @property {number} keyNumber
 * @property {bigint} organisationId
 * @property {string} number The badge's number, in hexadecimal.
 * @property {Date} expiresAt
 * @property {Uint8Array} signed The 31 bytes that are signed.
 * @property {Uint8Array} signature
 */

/**
 * @typedef {object} PublicKey
 * @property {number} number
 * @property {string} publicKey In base64.
 */

/**
 * @typedef {object} Finding
 * @property {"ok"|"malformed"|"unknown"|"foreign"|"expired"|"unchecked"} state "unchecked": this browser cannot verify.
 * @property {string|null} number The badge's number, in hexadecimal, when it could be read.
 */

/**
 * Removes what scanners add: control characters, and a symbology identifier such as `]Q1` (ISO/IEC 15424).
 * Spaces inside stay, since base45 uses them; around it they can go, since 95 bytes never end with one.
 * Capitals, because a keyboard scanner with Caps Lock types small letters and base45 has none.
 * @param {string} text
 * @returns {string}
 */
export function normalise(text) {
  return text
    .replace(/\p{C}/gu, "")
    .trim()
    .replace(/^\][A-Za-z][0-9A-Za-z]/, "")
    .toUpperCase();
}

/**
 * @param {string} text
 * @returns {Uint8Array|null} Null when the text is not base45.
 */
export function decodeBase45(text) {
  const bytes = [];
  for (let start = 0; start < text.length; start += 3) {
    const group = [...text.slice(start, start + 3)].map((letter) => VALUES.get(letter));
    if (group.length === 1 || group.includes(undefined)) return null;
    const value = group.reduceRight((sum, digit) => sum * 45 + digit, 0);
    if (value > (group.length === 3 ? 0xffff : 0xff)) return null;
    if (group.length === 3) bytes.push(value >> 8);
    bytes.push(value & 0xff);
  }
  return Uint8Array.from(bytes);
}

/**
 * @param {string} text A normalised scan.
 * @returns {Badge|null} Null when the text is no badge of ours at all.
 */
export function parseBadge(text) {
  if (!text.startsWith(PREFIX)) return null;
  const bytes = decodeBase45(text.slice(PREFIX.length));
  if (bytes?.length !== SIGNED_BYTES + SIGNATURE_BYTES) return null;
  const view = new DataView(bytes.buffer);
  if (view.getUint8(0) !== VERSION || view.getUint8(10) !== PURPOSE_BADGE) return null;
  return {
    keyNumber: view.getUint8(1),
    organisationId: view.getBigUint64(2),
    number: [...bytes.subarray(11, 27)].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    expiresAt: new Date(view.getUint32(27) * 1000),
    signed: bytes.subarray(0, SIGNED_BYTES),
    signature: bytes.subarray(SIGNED_BYTES),
  };
}

/**
 * Judges a scan in the order of the product's refusals. The signature of another organisation cannot be checked here
 * (its keys are not ours to hold), so "foreign" is only a claim.
 * @param {string} text A scan, normalised or not.
 * @param {{organisationId: string, keys: PublicKey[], now: Date, fallbackUrl?: string}} against
 * @returns {Promise<Finding>}
 */
export async function verify(text, { organisationId, keys, now, fallbackUrl }) {
  const badge = parseBadge(normalise(text));
  if (!badge) return { state: "malformed", number: null };
  const found = (state) => ({ state, number: badge.number });
  if (badge.organisationId !== BigInt(organisationId)) return found("foreign");
  const key = keys.find(({ number }) => number === badge.keyNumber);
  if (!key) return found("unknown");
  const isGood = await verifyEd25519(key.publicKey, badge.signed, badge.signature, fallbackUrl);
  if (isGood === null) return found("unchecked");
  if (!isGood) return found("unknown");
  return found(badge.expiresAt <= now ? "expired" : "ok");
}
