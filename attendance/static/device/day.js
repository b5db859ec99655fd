/** Today's list: who is expected at which door, and what they have signed as far as this device knows. Pure. */

const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
const DESK = "desk:";

/**
 * @typedef {object} Day
 * @property {object} list What `GET /api/v1/device-day` answered.
 * @property {number} offset Milliseconds by which the device's clock was behind the server's.
 * @property {number} fetchedAt By the device's clock, in milliseconds.
 */

/**
 * @param {Day} day
 * @param {Date} at By the device's clock.
 * @returns {number} Milliseconds, by the server's clock.
 */
export function trueTime(day, at) {
  return at.getTime() + day.offset;
}

/**
 * @param {Day} day
 * @param {Date} at
 * @returns {boolean} The day is over, and the list is to be deleted.
 */
export function isOver(day, at) {
  return trueTime(day, at) >= Date.parse(day.list.ends_at);
}

/**
 * @param {Day} day
 * @returns {{organisationId: string, keys: {number: number, publicKey: string}[]}} What badges are checked against.
 */
export function keysOf({ list }) {
  const keys = list.keys.map((key) => ({ number: key.number, publicKey: key.public_key }));
  return { organisationId: String(numberOf(list.organisation_id)), keys };
}

/** @param {string} identifier 13 letters and digits (Crockford's base 32). */
export function numberOf(identifier) {
  return [...identifier].reduce((sum, letter) => sum * 32n + BigInt(LETTERS.indexOf(letter)), 0n);
}

/**
 * Everybody at a door, each with the half-day they are expected at.
 * @param {Day} day
 * @param {string} target
 */
export function comingTo({ list }, target) {
  const spots = new Map(list.half_days.filter((spot) => spot.targets.includes(target)).map((spot) => [spot.ref, spot]));
  const there = list.people.filter((person) => spots.has(person.half_day_ref));
  return there.map((person) => ({ person, spot: spots.get(person.half_day_ref) }));
}

/**
 * Which of several things somebody has come for: what is open, else the nearest start; as the server has it.
 * @param {{person: object, spot: object}[]} coming
 * @param {{at: number, kind: string}} when
 */
export function comeFor(coming, { at, kind }) {
  const rank = ({ spot }) => [timing(spot, { at, kind }) === "open" ? 0 : 1, Math.abs(Date.parse(spot.starts_at) - at)];
  const ranked = coming.map((one) => [rank(one), one]);
  ranked.sort(([one], [other]) => one[0] - other[0] || one[1] - other[1]);
  return ranked[0]?.[1] ?? null;
}

/**
 * @param {object} spot A half-day.
 * @param {{at: number, kind: string}} when
 * @returns {"early"|"open"|"late"}
 */
export function timing(spot, { at, kind }) {
  if (at < opensAt(spot, kind)) return "early";
  return at >= Date.parse(spot.closes_at) || spot.is_closed ? "late" : "open";
}

/** Nobody leaves before it begins. */
export function opensAt(spot, kind) {
  return Date.parse(kind === "departure" ? spot.starts_at : spot.opens_at);
}

/** @param {object} person @param {string} kind */
export function signedAt(person, kind) {
  return (kind === "departure" ? person.left_at : person.arrived_at) ?? null;
}

/**
 * Notes in the list that somebody has signed, or that they have not after all.
 * @param {Day} day
 * @param {{attendee: string, ref: string, kind: string}} whom
 * @param {string|null} at
 */
export function mark({ list }, { attendee, ref, kind }, at) {
  const person = list.people.find((one) => one.attendee === attendee && one.half_day_ref === ref);
  if (person) person[kind === "departure" ? "left_at" : "arrived_at"] = at;
}

const FEWEST_LETTERS = 3;

/**
 * @param {Day} day
 * @param {string} target
 * @param {string} query
 * @returns {{person: object, spot: object}[]|null} Null: three letters are needed.
 */
export function search(day, target, query) {
  const wanted = plain(query);
  if (wanted.replaceAll(" ", "").length < FEWEST_LETTERS) return null;
  return comingTo(day, target).filter(({ person }) => {
    const name = plain(`${person.first_name} ${person.initial}`);
    return name.startsWith(wanted) || name.split(" ").some((part) => part.startsWith(wanted));
  });
}

/** Without accents, capitals and hyphens. */
function plain(text) {
  const bare = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return bare.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/**
 * Somebody who comes twice is one person: the same badge, or without any the same attendee.
 * @param {Day} day
 */
export function countPeople({ list }) {
  return new Set(list.people.map(({ badges, attendee }) => badges.join() || attendee.split(":", 2).join())).size;
}

/** @param {object} person */
export function shortName({ first_name, initial }) {
  return initial ? `${first_name} ${initial}.` : first_name;
}

/**
 * Where the device stands when nobody has chosen: at the half-day that is open now, else at the first desk.
 * @param {Day} day
 * @param {Date} at
 */
export function likeliestTarget(day, at) {
  const known = day.list.targets.map(({ target }) => target);
  const isOpen = (spot) => timing(spot, { at: trueTime(day, at), kind: "arrival" }) === "open";
  const isHeldSomewhere = (spot) => spot.targets.some((target) => target.startsWith(DESK));
  const open = day.list.half_days.filter((spot) => isOpen(spot) && isHeldSomewhere(spot));
  const doors = new Set(open.flatMap(({ targets }) => targets));
  return known.find((target) => !target.startsWith(DESK) && doors.has(target)) ?? known[0] ?? "";
}
