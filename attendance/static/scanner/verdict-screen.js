/** The sheet of colour that covers the page for a second and a half, and the same in words for a screen reader. */
import { mannerOf } from "./verdicts.js";

const SHOWN_FOR = 1500;

/**
 * @typedef {object} Verdict
 * @property {string} verdict
 * @property {string} [colour]
 * @property {string} sentence
 * @property {string|null} [first_name]
 * @property {string|null} [name]
 * @property {string|null} [half_day]
 */

export class VerdictScreen {
  /**
   * @param {{sheet: HTMLElement, announcement: HTMLElement, words: Map<string, string>, sound: import("./sound.js").Sound}} parts
   */
  constructor({ sheet, announcement, words, sound }) {
    this.sheet = sheet;
    this.announcement = announcement;
    this.words = words;
    this.sound = sound;
    this.timer = 0;
    sheet.addEventListener("click", () => this.hide());
  }

  /** @returns {boolean} */
  get isShown() {
    return !this.sheet.hidden;
  }

  /** @param {Verdict} verdict */
  show(verdict) {
    const manner = mannerOf(verdict.verdict, verdict.colour);
    const word = this.words.get(`word.${verdict.verdict}`) ?? this.words.get("word.problem");
    const said = {
      ".word": word,
      ".first-name": verdict.first_name ?? "",
      ".half-day": verdict.half_day ?? "",
      ".sentence": verdict.sentence,
    };
    for (const [selector, text] of Object.entries(said)) this.sheet.querySelector(selector).textContent = text;
    this.sheet.querySelector("use").setAttribute("href", `#shape-${manner.shape}`);
    this.sheet.dataset.colour = manner.colour;
    this.sheet.dataset.verdict = verdict.verdict;
    this.sheet.hidden = false;
    this.announcement.textContent = Object.values(said).filter(Boolean).join(". ");
    this.sound.play(manner);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), SHOWN_FOR);
  }

  hide() {
    clearTimeout(this.timer);
    this.sheet.hidden = true;
  }
}
