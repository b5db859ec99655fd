/** What a device says of a badge by itself, in the order of the product's refusals. The server has the last word. */
import { comeFor, comingTo, opensAt, signedAt, timing, trueTime } from "./day.js";
import { sha256 } from "./lines.js";

const HASH_LETTERS = 16;
/** A badge of another organisation: its keys are not ours to hold, so here its signature is good under no key. */
const REFUSED = new Map([
  ["malformed", "malformed"],
  ["unknown", "unknown"],
  ["foreign", "unknown"],
  ["expired", "expired"],
]);

/**
 * @typedef {object} Judged
 * @property {string} verdict «kept» when nothing speaks against it.
 * @property {object} [person]
 * @property {object} [spot]
 * @property {string|null} [signedAt]
 * @property {number} [opensAt]
 */

/**
 * @param {import("./day.js").Day|null} day Null: there is no list, and nothing can be judged but the text.
 * @param {import("../scanner/badge.js").Finding} found
 * @param {{target: string, kind: string, seenAt: Date, hasDrawing?: boolean}} scan
 * @returns {Promise<Judged>}
 */
export async function judge(day, found, { target, kind, seenAt, hasDrawing = false }) {
  if (!day) return { verdict: found.state === "malformed" ? "malformed" : "kept" };
  if (REFUSED.has(found.state)) return { verdict: REFUSED.get(found.state) };
  const hash = (await sha256(found.number)).slice(0, HASH_LETTERS);
  const when = { at: trueTime(day, seenAt), kind };
  const here = comingTo(day, target).filter(({ person }) => person.badges.includes(hash));
  const one = comeFor(here, when);
  return one ? stands(one, when, hasDrawing) : { verdict: "wrong-meeting" };
}

/**
 * @param {{person: object, spot: object}} one Who is known to be expected there.
 * @param {{at: number, kind: string}} when By the server's clock.
 * @param {boolean} hasDrawing
 * @returns {Judged}
 */
export function stands({ person, spot }, when, hasDrawing) {
  const known = { person, spot, opensAt: opensAt(spot, when.kind), signedAt: signedAt(person, when.kind) };
  const there = timing(spot, when);
  if (there === "early") return { verdict: "too-early", ...known };
  if (there === "late") return { verdict: "too-late", ...known };
  if (spot.needs_drawing && !hasDrawing) return { verdict: "needs-signature", ...known };
  return { verdict: known.signedAt ? "already-signed" : "kept", ...known };
}
