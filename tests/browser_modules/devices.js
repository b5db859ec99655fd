/** What the tests of the device's modules share: a queue in memory, and a day with its people. */
import { createHash } from "node:crypto";

import { NUMBER, PUBLIC_KEY } from "./badges.js";

export const HOUR = 3_600_000;
export const MINUTE = 60_000;
/** Ten in the morning, Universal Time. */
export const TEN = Date.parse("2026-04-13T10:00:00Z");
/** Crockford's base 32 of the organisation of the badges. */
export const ORGANISATION_TEXT = "7000000000001";

/** The queue of a device, without a disk. */
export function memory(...entries) {
  const queue = new Map(entries.map((waiting) => [waiting.counter, waiting]));
  let counter = 0;
  return {
    queue,
    nextCounter: async () => (counter += 1),
    append: async (waiting) => void queue.set(waiting.counter, waiting),
    remove: async (number) => void queue.delete(number),
    waiting: async () => [...queue.values()].sort((one, other) => one.counter - other.counter),
  };
}

/** @param {number} counter */
export function waitingEntry(counter, more = {}) {
  return { counter, about: {}, entry: { key: `key-${counter}`, what: "scan", ...more } };
}

const at = (milliseconds) => new Date(milliseconds).toISOString();
const hashOf = (number) => createHash("sha256").update(number).digest("hex").slice(0, 16);

/** A half-day from ten to twelve. */
export function spot(more = {}) {
  return {
    ref: "half_day:1",
    half_day_id: "1",
    title: "Comprendre",
    starts_at: at(TEN),
    ends_at: at(TEN + 2 * HOUR),
    opens_at: at(TEN - HOUR / 2),
    closes_at: at(TEN + 2.5 * HOUR),
    time_zone: "Europe/Paris",
    targets: ["desk:1", "half_day:1"],
    needs_drawing: false,
    is_closed: false,
    ...more,
  };
}

/** Somebody who holds the badge of the tests. */
export function person(more = {}) {
  return {
    attendee: "at:1:1",
    half_day_ref: "half_day:1",
    first_name: "Zoé",
    initial: "L",
    badges: [hashOf(NUMBER)],
    arrived_at: null,
    left_at: null,
    ...more,
  };
}

/** A list that was fetched in the morning. */
export function day({ spots = [spot()], people = [person()], offset = 0, ends_at = at(TEN + 14 * HOUR) } = {}) {
  const targets = [
    { target: "desk:1", label: "Accueil" },
    { target: "half_day:1", label: "Comprendre, 10 h" },
  ];
  const keys = [{ number: 1, public_key: PUBLIC_KEY }];
  const list = { ends_at, organisation_id: ORGANISATION_TEXT, keys, targets, half_days: spots, people };
  return { list, offset, fetchedAt: TEN - HOUR };
}
