/** The queue leaves: oldest first, in batches, again and again until it is answered; what is answered leaves it. */
import { Problem, Unreachable } from "../scanner/api.js";
import { Refused } from "./door.js";

const MOST = 200;
/** Half of what the server takes at once: drawings are long. */
const MOST_CHARACTERS = 500_000;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60_000;

/**
 * @param {import("./entries.js").Waiting[]} waiting
 * @param {number} most
 */
export function batchOf(waiting, most = MOST) {
  const batch = [];
  let length = 0;
  for (const one of waiting) {
    length += JSON.stringify(one.entry).length;
    if (batch.length === most || (batch.length > 0 && length > MOST_CHARACTERS)) break;
    batch.push(one);
  }
  return batch;
}

/** @param {number} failures One or more. */
export function waitAfter(failures) {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failures - 1));
}

export class Sender {
  /**
   * @param {object} parts
   * @param {import("./store.js").Store} parts.store
   * @param {(entries: object[]) => Promise<object[]>} parts.send
   * @param {(waiting: object, answer: object) => void|Promise<void>} parts.onAnswer Before the entry leaves the queue.
   * @param {() => void} [parts.onChange]
   * @param {(task: () => void, milliseconds: number) => unknown} [parts.later]
   */
  constructor({ store, send, onAnswer, onChange = () => {}, later = (...told) => setTimeout(...told) }) {
    Object.assign(this, { store, send, onAnswer, onChange, later });
    this.unsent = 0;
    this.failures = 0;
    this.isRefused = false;
    this.most = MOST;
    this.running = null;
    this.timer = 0;
    /** @type {Map<string, (answer: object) => void>} */
    this.listeners = new Map();
  }

  /** @returns {boolean} The last attempt met nobody. */
  get isAway() {
    return this.failures > 0;
  }

  /**
   * @param {string} key
   * @param {number} milliseconds
   * @returns {Promise<object|null>} The server's answer to an entry, or null when it takes longer than that.
   */
  answerTo(key, milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(null), milliseconds);
      const done = (answer) => {
        clearTimeout(timer);
        this.listeners.delete(key);
        resolve(answer);
      };
      this.listeners.set(key, done);
    });
  }

  /** Sends what waits; asked while it is at it, it looks once more at the end. */
  async kick() {
    this.isAskedAgain = true;
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** @private */
  async run() {
    clearTimeout(this.timer);
    while (this.isAskedAgain) {
      this.isAskedAgain = false;
      while (await this.sendOnce());
    }
    await this.count();
  }

  /** @private @returns {Promise<boolean>} Whether there may be more to send now. */
  async sendOnce() {
    const batch = batchOf((await this.count()).filter(({ refused }) => !refused), this.most);
    if (batch.length === 0) {
      this.most = MOST;
      return false;
    }
    try {
      const answers = await this.send(batch.map(({ entry }) => entry));
      this.failures = 0;
      this.isRefused = false;
      for (const [number, waiting] of batch.entries()) await this.settle(waiting, answers[number]);
      return true;
    } catch (error) {
      if (error instanceof Problem) return this.narrow(batch, error);
      if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
      this.isRefused = error instanceof Refused;
      this.failures += 1;
      this.timer = this.later(() => this.kick(), waitAfter(this.failures));
      this.isAskedAgain = false;
      return false;
    }
  }

  /** One entry that cannot be read must not hold the others back: found by sending them one by one. @private */
  async narrow(batch, problem) {
    this.failures = 0;
    if (batch.length > 1) {
      this.most = 1;
      return true;
    }
    const [waiting] = batch;
    await this.store.append({ ...waiting, refused: problem.message });
    this.tell(waiting, { verdict: "problem", sentence: problem.message });
    return true;
  }

  /** @private */
  async settle(waiting, answer) {
    // Told first: who waits either has the answer now, or has shown something else and hears of it below.
    this.tell(waiting, answer);
    await this.onAnswer(waiting, answer);
    await this.store.remove(waiting.counter);
  }

  /** @private */
  tell(waiting, answer) {
    this.listeners.get(waiting.entry.key)?.(answer);
  }

  /** @private */
  async count() {
    const waiting = await this.store.waiting();
    this.unsent = waiting.length;
    this.onChange();
    return waiting;
  }
}
