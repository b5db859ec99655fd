/**
 * Scanners that pretend to be a keyboard. They send the keys of a US layout; on a French computer those keys type other
 * letters. So a burst is kept twice: as it was typed, and as a US layout would have typed it. The signature decides.
 */
import { normalise, PREFIX } from "./badge.js";

/** A scanner is quicker than this, unless it stammers, as wireless ones do: then only the text of a badge is a scan. */
const GAP = 100;
/** After a longer silence than this, something else begins. */
const STAMMER = 300;
/** So many keys are no person's shortcut any more. */
const SURE = 8;
/** A scanner set to send no Enter is done when it has been silent this long after a badge's length. */
const PAUSE = STAMMER;
const PAUSE_LENGTH = 100;
/** Fewer characters than this before Enter are a person's. */
const LEAST = 4;

/** What each physical key types on a US layout, without and with Shift: only what base45 and `]` need. */
const US_KEYS = new Map([
  ...[..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((letter) => [`Key${letter}`, [letter.toLowerCase(), letter]]),
  ...[...")!@#$%^&*("].map((shifted, digit) => [`Digit${digit}`, [String(digit), shifted]]),
  ...[..."0123456789"].map((digit) => [`Numpad${digit}`, [digit, digit]]),
  ["Minus", ["-", "_"]], ["Equal", ["=", "+"]], ["Period", [".", ">"]], ["Slash", ["/", "?"]],
  ["Semicolon", [";", ":"]], ["BracketRight", ["]", "}"]], ["Space", [" ", " "]],
  ["NumpadAdd", ["+", "+"]], ["NumpadSubtract", ["-", "-"]], ["NumpadMultiply", ["*", "*"]],
  ["NumpadDivide", ["/", "/"]], ["NumpadDecimal", [".", "."]],
]);

/**
 * @typedef {object} Press The part of a KeyboardEvent that is needed.
 * @property {string} key
 * @property {string} code
 * @property {boolean} shiftKey
 * @property {boolean} [ctrlKey]
 * @property {boolean} [altKey]
 * @property {boolean} [metaKey]
 * @property {number} timeStamp In milliseconds.
 */

/** Gathers presses into bursts; knows nothing of the page. */
export class KeyBurst {
  constructor() {
    this.clear();
  }

  /** Number of keys in the burst that is under way. */
  get length() {
    return this.count;
  }

  clear() {
    this.typed = "";
    this.physical = "";
    this.count = 0;
    this.hasStammered = false;
    this.lastAt = -Infinity;
  }

  /**
   * @param {Press} press
   * @returns {string[]|null} The candidate texts, when this press ends a burst.
   */
  press(press) {
    const silence = press.timeStamp - this.lastAt;
    if (silence > STAMMER) this.clear();
    else if (silence > GAP) this.hasStammered = true;
    if (press.key === "Enter" && this.count >= LEAST) return this.take();
    // Control and Alt together are AltGr, which types; Alt with the number pad spells a character's code.
    const isCommand = press.metaKey || (press.ctrlKey && !press.altKey) || (press.altKey && press.code.startsWith("Numpad"));
    const isCharacter = press.key.length === 1 || press.key === "Dead";
    if (isCommand || !isCharacter) return null;
    this.typed += press.key.length === 1 ? press.key : "";
    this.physical += US_KEYS.get(press.code)?.[press.shiftKey ? 1 : 0] ?? "";
    this.count += 1;
    this.lastAt = press.timeStamp;
    return null;
  }

  /**
   * @param {number} timeStamp
   * @returns {string[]|null} The candidate texts, when a long burst has fallen silent without an Enter.
   */
  settle(timeStamp) {
    return this.count >= PAUSE_LENGTH && timeStamp - this.lastAt >= PAUSE ? this.take() : null;
  }

  /** @returns {string[]|null} The candidate texts; none when it was slow and is no badge, because people type so. */
  take() {
    const candidates = distinct([this.typed, this.physical]);
    const isScan = !this.hasStammered || candidates.some((text) => text.startsWith(PREFIX));
    this.clear();
    return isScan ? candidates : null;
  }
}

/**
 * @param {string[]} texts
 * @returns {string[]} Normalised, without doubles and empty ones, in the same order.
 */
export function distinct(texts) {
  return [...new Set(texts.map(normalise))].filter((text) => text !== "");
}

/**
 * Listens to the whole page, so that a scan works wherever the focus is, and leaves what people type alone: in any text
 * field but our own, only a burst as long as a badge counts.
 * @param {EventTarget} page
 * @param {object} options
 * @param {HTMLInputElement} options.ownField The field meant for scanners.
 * @param {(candidates: string[]) => void} options.onScan
 */
export function listenToKeyboard(page, { ownField, onScan }) {
  const burst = new KeyBurst();
  let timer = 0;
  let restore = () => {};

  const finish = (candidates, field) => {
    clearTimeout(timer);
    // Input methods do not always show their characters in keydown; what our field holds is the third candidate.
    const texts = field === ownField ? distinct([...candidates, ownField.value]) : candidates;
    restore();
    onScan(texts);
  };

  page.addEventListener("keydown", (event) => {
    const field = textField(event.target);
    if (event.isComposing) return;
    const before = burst.length;
    const candidates = burst.press(event);
    if (candidates) {
      if (field && field !== ownField && candidates.every((text) => text.length < PAUSE_LENGTH)) return;
      event.preventDefault();
      finish(candidates, field);
      return;
    }
    if (burst.length === 1) restore = keeper(event.target);
    // A burst must not press buttons, change a list or scroll the page; a second key so soon is no person's.
    if (!field && before > 0 && burst.length > 1 && (!burst.hasStammered || burst.length > SURE)) event.preventDefault();
    clearTimeout(timer);
    if (burst.length >= PAUSE_LENGTH) {
      timer = setTimeout(() => {
        const silent = burst.settle(event.timeStamp + PAUSE);
        if (silent) finish(silent, field);
      }, PAUSE);
    }
  });
}

/**
 * @param {EventTarget|null} target
 * @returns {HTMLInputElement|null} The target when it is something that one types in.
 */
function textField(target) {
  const isText = target?.matches?.("input:not([type=radio], [type=checkbox], [type=submit], [type=button]), textarea");
  return isText ? target : null;
}

/**
 * A scan leaves no trace in the field or the list that had the focus: its first key cannot be told from a person's, and
 * in a list that key jumps to another line.
 * @param {EventTarget|null} target
 * @returns {() => void} Puts the target back as it is now.
 */
function keeper(target) {
  const value = target?.value;
  return () => {
    if (!target?.matches?.("input, textarea, select") || target.value === value) return;
    target.value = value;
    target.dispatchEvent(new Event("change", { bubbles: true }));
  };
}
