/** The last five scans, newest first. What nobody has answered yet stays in the list until somebody has. */
import { mannerOf } from "./verdicts.js";

const KEPT = 5;

export class Passages {
  /**
   * @param {HTMLElement} list
   * @param {{template: HTMLTemplateElement, words: Map<string, string>, language: string}} options
   */
  constructor(list, { template, words, language }) {
    this.list = list;
    this.template = template;
    this.words = words;
    this.clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    /** @type {Map<HTMLElement, object>} */
    this.unsent = new Map();
  }

  /**
   * @param {import("./verdict-screen.js").Verdict} verdict
   * @param {Date} at
   * @returns {HTMLElement}
   */
  add(verdict, at) {
    this.list.querySelector(".empty")?.remove();
    const item = this.template.content.firstElementChild.cloneNode(true);
    item.querySelector("time").textContent = this.clock.format(at);
    item.querySelector("time").dateTime = at.toISOString();
    this.fill(item, verdict);
    this.list.prepend(item);
    this.trim();
    return item;
  }

  /**
   * @param {HTMLElement} item
   * @param {import("./verdict-screen.js").Verdict} verdict
   */
  fill(item, verdict) {
    const manner = mannerOf(verdict.verdict, verdict.colour);
    const word = this.words.get(`word.${verdict.verdict}`) ?? this.words.get("word.problem");
    item.dataset.colour = manner.colour;
    item.dataset.verdict = verdict.verdict;
    item.querySelector("use").setAttribute("href", `#shape-${manner.shape}`);
    item.querySelector("strong").textContent = [verdict.name, word].filter(Boolean).join(" · ");
    item.querySelector(".said").textContent = verdict.sentence;
  }

  /**
   * @param {HTMLElement} item
   * @param {object} subject What is to be sent, unchanged.
   * @param {HTMLElement} [button] By which somebody sends it again.
   */
  keepUnsent(item, subject, button) {
    this.unsent.set(item, subject);
    if (button) item.append(button);
  }

  /**
   * @param {HTMLElement} item
   * @param {import("./verdict-screen.js").Verdict} verdict
   */
  settle(item, verdict) {
    this.unsent.delete(item);
    item.querySelector("[data-resend]")?.remove();
    this.fill(item, verdict);
    this.trim();
  }

  /** @private */
  trim() {
    const answered = [...this.list.children].filter((one) => !this.unsent.has(one));
    for (const old of answered.slice(KEPT)) old.remove();
  }
}
