/** One passage from the entry to what is shown: signed and kept first, sent next, answered by whoever is sooner. */
import { shortName } from "./day.js";
import { writeDown } from "./entries.js";
import { saidHere, saidThere } from "./saying.js";

const SIGNS = new Set(["scan", "drawing"]);
const HAS_SIGNED = new Set(["signed", "already-signed"]);

export class Passing {
  /**
   * @param {object} parts
   * @param {import("./store.js").Store} parts.store
   * @param {import("./store.js").Identity} parts.identity
   * @param {import("./today.js").Today} parts.today
   * @param {import("../scanner/passages.js").Passages} parts.passages
   * @param {(verdict: import("../scanner/verdict-screen.js").Verdict) => void} parts.show
   * @param {Map<string, string>} parts.words
   * @param {string} parts.language
   * @param {number} parts.patience So many milliseconds the server may take before the device speaks for itself.
   */
  constructor({ store, identity, today, passages, show, words, language, patience }) {
    Object.assign(this, { store, identity, today, passages, show, words, language, patience });
    /** @type {Map<string, HTMLElement>} The passages in the list that wait for an answer, by the entry's key. */
    this.items = new Map();
    this.sender = null;
  }

  /**
   * @param {object} told What the entry says, but its clock and number.
   * @param {import("./judging.js").Judged} judged What this device thinks of it.
   * @param {Date} seenAt
   * @returns {Promise<{verdict: object, item: HTMLElement, key: string, about: object}>}
   */
  async pass(told, judged, seenAt) {
    // What was shown is part of what is signed, and online that is the server's word: none yet.
    const isAway = !navigator.onLine || this.sender.isAway;
    const about = this.about(told, judged, seenAt);
    const shown = isAway ? judged.verdict : "";
    const waiting = await writeDown(this, { ...told, list_offset: this.today.offset, shown }, about, seenAt);
    if (about.noted) await this.today.note(about, about.noted);
    const answer = await this.ask(waiting.entry.key, isAway ? 0 : this.patience - (Date.now() - seenAt.getTime()));
    const verdict = answer ? saidThere(this.words, this.language, answer, about.name) : this.here(judged, told);
    this.show(verdict);
    const item = this.passages.add(verdict, seenAt);
    if (!answer) this.awaitAnswer(waiting, item);
    return { verdict, item, key: waiting.entry.key, about };
  }

  /**
   * @param {{key: string, about: object}} undone
   * @param {HTMLElement} item
   */
  async undo(undone, item) {
    const { name } = undone.about;
    const isAway = !navigator.onLine || this.sender.isAway;
    const about = { ...undone.about, noted: null, verdict: "undone" };
    const shown = isAway ? "undone" : "";
    const told = { what: "undo", undone_key: undone.key, list_offset: this.today.offset, shown };
    const waiting = await writeDown(this, told, about);
    await this.today.note(about, null);
    const answer = await this.ask(waiting.entry.key, isAway ? 0 : this.patience);
    const verdict = answer
      ? saidThere(this.words, this.language, answer, name)
      : { ...saidHere(this.words, this.language, { verdict: "undone" }, { isListed: true }), name };
    this.show(verdict);
    this.passages.fill(item, verdict);
    if (!answer) this.awaitAnswer(waiting, item);
  }

  /** The server has answered, soon or late: the list is put right; the whole screen is left to who stands there now. */
  async answered({ entry, about }, answer) {
    if (about.attendee && HAS_SIGNED.has(answer.verdict)) await this.today.note(about, answer.signed_at);
    else if (about.noted) await this.today.note(about, null);
    const item = this.items.get(entry.key);
    if (!item) return;
    this.items.delete(entry.key);
    this.passages.settle(item, saidThere(this.words, this.language, answer, about.name));
  }

  /** What is still unsent from an earlier opening is in the list again. */
  recall(waiting) {
    const { entry, about } = waiting;
    const isStatement = entry.what === "statement";
    const said = saidHere(this.words, this.language, { verdict: about.verdict }, { isListed: true, isStatement });
    const verdict = waiting.refused ? { verdict: "problem", sentence: waiting.refused } : said;
    const item = this.passages.add({ ...verdict, name: about.name }, new Date(entry.seen_at));
    if (!waiting.refused) this.awaitAnswer(waiting, item);
  }

  /** @private */
  awaitAnswer(waiting, item) {
    this.items.set(waiting.entry.key, item);
    this.passages.keepUnsent(item, waiting);
  }

  /** @private */
  ask(key, patience) {
    const answer = this.sender.answerTo(key, Math.max(0, patience));
    this.sender.kick();
    return answer;
  }

  /** @private */
  here(judged, told) {
    const about = { isListed: Boolean(this.today.day), isStatement: told.what === "statement" };
    return saidHere(this.words, this.language, judged, about);
  }

  /** @private */
  about({ what, kind }, { verdict, person, spot }, seenAt) {
    const at = new Date(seenAt.getTime() + (this.today.offset ?? 0)).toISOString();
    const noted = SIGNS.has(what) && verdict === "kept" && person ? at : undefined;
    const whom = person ? { attendee: person.attendee, ref: spot.ref, kind, name: shortName(person) } : {};
    return { ...whom, noted, verdict };
  }
}
