/** What the device keeps between two openings (IndexedDB): who it is, today's list, what nobody has answered yet. */

const NAME = "paraphe-device";
const KEPT = "kept";
const QUEUE = "queue";

/**
 * @typedef {object} Identity
 * @property {string} deviceId
 * @property {string} name
 * @property {"scanner"|"kiosk"} kind
 * @property {string} organisation
 * @property {CryptoKey} privateKey
 * @property {boolean} isRevoked The server has said so.
 */

export class Store {
  /** @param {IDBDatabase} database */
  constructor(database) {
    this.database = database;
  }

  /** @returns {Promise<Store>} */
  static async open() {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(KEPT);
      request.result.createObjectStore(QUEUE, { keyPath: "counter" });
    };
    return new Store(await resultOf(request));
  }

  /** @returns {Promise<Identity|undefined>} */
  identity() {
    return this.read(KEPT, (kept) => kept.get("identity"));
  }

  /** @param {Identity} identity */
  keepIdentity(identity) {
    return this.write(KEPT, (kept) => kept.put(identity, "identity"));
  }

  /** @returns {Promise<import("./day.js").Day|undefined>} */
  day() {
    return this.read(KEPT, (kept) => kept.get("day"));
  }

  /** @param {import("./day.js").Day} day */
  keepDay(day) {
    return this.write(KEPT, (kept) => kept.put(day, "day"));
  }

  /** @returns {Promise<object[]|undefined>} What has happened since the list was fetched. */
  marks() {
    return this.read(KEPT, (kept) => kept.get("marks"));
  }

  /** @param {object[]} marks */
  keepMarks(marks) {
    return this.write(KEPT, (kept) => kept.put(marks, "marks"));
  }

  /** The list and everything that names somebody of it; what waits to be sent stays. */
  forgetDay() {
    return this.write(KEPT, (kept) => {
      kept.delete("day");
      kept.delete("marks");
    });
  }

  /** @returns {Promise<{target: string, kind: string}|undefined>} Where the device was last put. */
  whereabouts() {
    return this.read(KEPT, (kept) => kept.get("where"));
  }

  /** @param {{target: string, kind: string}} where */
  keepWhereabouts(where) {
    return this.write(KEPT, (kept) => kept.put(where, "where"));
  }

  /** @returns {Promise<number>} Never the same twice, whatever happens afterwards, in any window of this browser. */
  async nextCounter() {
    let next = 1;
    await this.write(KEPT, (kept) => {
      const request = kept.get("counter");
      request.onsuccess = () => {
        next = (request.result ?? 0) + 1;
        kept.put(next, "counter");
      };
    });
    return next;
  }

  /** @param {import("./entries.js").Waiting} waiting */
  append(waiting) {
    return this.write(QUEUE, (queue) => queue.put(waiting));
  }

  /** @param {number} counter */
  remove(counter) {
    return this.write(QUEUE, (queue) => queue.delete(counter));
  }

  /** @returns {Promise<import("./entries.js").Waiting[]>} The oldest first. */
  waiting() {
    return this.read(QUEUE, (queue) => queue.getAll());
  }

  /** @private */
  read(name, ask) {
    return resultOf(ask(this.database.transaction(name, "readonly").objectStore(name)));
  }

  /**
   * Done when it lies on the disk: what is shown as kept must survive the next moment.
   * @private
   */
  write(name, change) {
    const transaction = this.database.transaction(name, "readwrite", { durability: "strict" });
    change(transaction.objectStore(name));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function resultOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
