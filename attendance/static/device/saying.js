/** The device's own sentences, and the server's answers as the page shows them. */
import { shortName } from "./day.js";

/**
 * @param {Map<string, string>} words
 * @param {string} key
 * @param {Record<string, string>} values
 */
export function fill(words, key, values = {}) {
  return (words.get(key) ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/**
 * @param {Map<string, string>} words
 * @param {string} key Has one sentence for one, and one for others.
 * @param {number} count
 * @param {string} language
 * @param {Record<string, string>} [values]
 */
export function fillCounted(words, key, count, language, values = {}) {
  const number = new Intl.PluralRules(language).select(count) === "one" ? "one" : "other";
  return fill(words, `${key}.${number}`, { n: String(count), ...values });
}

/**
 * @param {number|string} instant
 * @param {string} language
 * @param {string} [zone] This device's, when none is given.
 * @returns {string} «9 h 30», «9 h» or “9:30”.
 */
export function sayHour(instant, language, zone) {
  const options = { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  const parts = new Intl.DateTimeFormat(language, options).formatToParts(new Date(instant));
  const [hour, minute] = ["hour", "minute"].map((type) => parts.find((part) => part.type === type).value);
  if (language !== "fr") return `${Number(hour)}:${minute}`;
  return minute === "00" ? `${Number(hour)}\u00a0h` : `${Number(hour)}\u00a0h\u00a0${minute}`;
}

/**
 * @param {Map<string, string>} words
 * @param {string} language
 * @param {{title: string|null, starts_at: string|null, ends_at: string|null, time_zone: string|null}} spot
 */
function halfDay(words, language, { title, starts_at, ends_at, time_zone }) {
  if (!title || !starts_at) return null;
  const [begin, end] = [starts_at, ends_at].map((instant) => sayHour(instant, language, time_zone));
  return `${title}, ${fill(words, "hours", { begin, end })}`;
}

/**
 * @param {Map<string, string>} words
 * @param {string} language
 * @param {import("./judging.js").Judged} judged
 * @param {{isListed: boolean, isStatement?: boolean}} about
 * @returns {import("../scanner/verdict-screen.js").Verdict}
 */
export function saidHere(words, language, judged, { isListed, isStatement = false }) {
  const { verdict, person, spot } = judged;
  const zone = spot?.time_zone;
  const hour = (instant) => (instant ? sayHour(instant, language, zone) : "");
  const values = { title: spot?.title ?? "", opens: hour(judged.opensAt), at: hour(judged.signedAt) };
  const kept = isStatement ? "kept_statement" : isListed ? "kept" : "kept_unlisted";
  return {
    verdict,
    sentence: fill(words, `sentence.${verdict === "kept" ? kept : verdict}`, values),
    first_name: person?.first_name ?? null,
    name: person ? shortName(person) : null,
    half_day: spot ? halfDay(words, language, spot) : null,
  };
}

/**
 * @param {Map<string, string>} words
 * @param {string} language
 * @param {object} answer One result of the queue.
 * @param {string|null} name What the device calls the person: that is enough in the list.
 */
export function saidThere(words, language, answer, name) {
  return { ...answer, name: name ?? answer.name ?? null, half_day: halfDay(words, language, answer) };
}
