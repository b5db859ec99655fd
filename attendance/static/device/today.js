/** What the device knows today: the list as it was fetched, and on top of it what has happened here since. */
import { isOver, keysOf, mark } from "./day.js";

export class Today {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    /** @type {import("./day.js").Day|null} */
    this.day = null;
    this.marks = [];
  }

  /** @returns {number|null} What the entries say of this clock; null before any list. */
  get offset() {
    return this.day ? this.day.offset : null;
  }

  /** @returns {ReturnType<typeof keysOf>|null} */
  get keys() {
    return this.day ? keysOf(this.day) : null;
  }

  /**
   * @param {Date} at
   * @returns {Promise<boolean>} A list of another day was there, and is deleted.
   */
  async open(at) {
    const day = (await this.store.day()) ?? null;
    if (day && isOver(day, at)) {
      await this.forget();
      return true;
    }
    this.day = day;
    this.marks = (await this.store.marks()) ?? [];
    await this.apply();
    return false;
  }

  /** @param {import("./day.js").Day} day A fresh one: the server knows everything that it was told. */
  async take(day) {
    this.day = day;
    this.marks = [];
    await this.store.keepDay(day);
    await this.store.keepMarks([]);
    await this.apply();
  }

  async forget() {
    this.day = null;
    this.marks = [];
    await this.store.forgetDay();
  }

  /**
   * @param {{attendee: string, ref: string, kind: string}} whom
   * @param {string|null} at Null: taken back, or never signed.
   */
  async note(whom, at) {
    if (!this.day || !whom.attendee) return;
    mark(this.day, whom, at);
    this.marks.push([whom, at]);
    await this.store.keepMarks(this.marks);
  }

  /** What waits in the queue is not on the server's list yet. */
  async apply() {
    if (!this.day) return;
    for (const { about } of await this.store.waiting()) {
      if (about.attendee && about.noted !== undefined) mark(this.day, about, about.noted);
    }
    for (const [whom, at] of this.marks) mark(this.day, whom, at);
  }
}
