/** A keyboard scanner gives several readings of one code: the one with a good signature is the right one. */
import { verify } from "./badge.js";

const LIKELIEST = ["ok", "expired", "unchecked", "unknown", "foreign", "malformed"];

/**
 * @param {string[]} candidates Normalised, one at least.
 * @param {{organisationId: string, keys: import("./badge.js").PublicKey[]}|null} against Null: no keys, so that nothing
 *   can be said of a badge but whether it can be read.
 * @param {{now: Date, fallbackUrl?: string}} options
 * @returns {Promise<{text: string, found: import("./badge.js").Finding}>}
 */
export async function likeliest(candidates, against, options) {
  const known = against ?? { organisationId: "0", keys: [] };
  const read = await Promise.all(
    candidates.map(async (text) => ({ text, found: await verify(text, { ...known, ...options }) })),
  );
  read.sort((one, other) => LIKELIEST.indexOf(one.found.state) - LIKELIEST.indexOf(other.found.state));
  const [best] = read;
  if (against || best.found.state === "malformed") return best;
  return { text: best.text, found: { ...best.found, state: "unchecked" } };
}
