/** The last five scans, newest first. What could not be sent stays in the list until it has been. */
import { mannerOf } from "./verdicts.js";

const KEPT = 5;

export class Passages {
  /**
   * @param {HTMLElement} list
   * @param {{template: HTMLTemplateElement, resendTemplate: HTMLTemplateElement, words: Map<string, string>,
   *   language: string, onResend: (passage: HTMLElement) => void}} options
   */
  constructor(list, { template, resendTemplate, words, language, onResend }) {
    this.list = list;
    this.template = template;
    this.resendTemplate = resendTemplate;
    this.words = words;
    this.onResend = onResend;
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
    const sent = [...this.list.children].filter((one) => !this.unsent.has(one));
    for (const old of sent.slice(KEPT)) old.remove();
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
    item.querySelector("use").setAttribute("href", `#shape-${manner.shape}`);
    item.querySelector("strong").textContent = [verdict.name, word].filter(Boolean).join(" · ");
    item.querySelector(".said").textContent = verdict.sentence;
  }

  /**
   * @param {HTMLElement} item
   * @param {object} scan What is to be sent again, unchanged.
   */
  keepUnsent(item, scan) {
    this.unsent.set(item, scan);
    const button = this.resendTemplate.content.firstElementChild.cloneNode(true);
    button.addEventListener("click", () => this.onResend(item));
    item.append(button);
  }

  /**
   * @param {HTMLElement} item
   * @param {import("./verdict-screen.js").Verdict} verdict
   */
  settle(item, verdict) {
    this.unsent.delete(item);
    item.querySelector("button")?.remove();
    this.fill(item, verdict);
  }
}
