/** What each verdict looks, sounds and feels like. The server says which verdict and in what words; this is only a table. */

/**
 * @typedef {object} Manner
 * @property {"tick"|"warning"|"cross"} shape Colour never speaks alone.
 * @property {ReadonlyArray<readonly [number, number]>} tones Frequency in hertz, length in seconds.
 * @property {ReadonlyArray<number>} vibration Milliseconds on, off, on…
 */

/** @type {ReadonlyMap<string, Manner>} */
export const MANNERS = new Map([
  ["green", { shape: "tick", tones: [[660, 0.09], [990, 0.16]], vibration: [120] }],
  ["orange", { shape: "warning", tones: [[440, 0.14], [0, 0.06], [440, 0.14]], vibration: [90, 80, 90] }],
  ["red", { shape: "cross", tones: [[196, 0.2], [147, 0.4]], vibration: [350] }],
]);

/** @type {ReadonlyMap<string, string>} */
export const COLOURS = new Map([
  ["signed", "green"],
  ["already-signed", "orange"],
  ["too-early", "orange"],
  ["wrong-meeting", "orange"],
  ["key-reused", "orange"],
  ["needs-signature", "orange"],
  ["awaiting-review", "orange"],
  ["undone", "orange"],
  ["stated", "orange"],
  ["statement", "orange"],
  ["unsent", "orange"],
  ["kept", "orange"],
  ["too-late", "red"],
  ["cancelled", "red"],
  ["revoked", "red"],
  ["expired", "red"],
  ["not-ours", "red"],
  ["unknown", "red"],
  ["malformed", "red"],
  ["undo-too-late", "red"],
  ["problem", "red"],
]);

/** Nothing speaks against it, and the server has not said so yet: the tick of green, never its colour. */
const KEPT = { shape: "tick", tones: [[660, 0.09], [0, 0.05], [660, 0.09]], vibration: [120] };

/**
 * The server's colour is followed, save that green always means «signed» and nothing else.
 * @param {string} verdict
 * @param {string} [said] The colour that the server gave.
 * @returns {Manner & {colour: string}}
 */
export function mannerOf(verdict, said) {
  let colour = MANNERS.has(said) ? said : (COLOURS.get(verdict) ?? "red");
  if (colour === "green" && verdict !== "signed") colour = "orange";
  return { colour, ...(verdict === "kept" ? KEPT : MANNERS.get(colour)) };
}
