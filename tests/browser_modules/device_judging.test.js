import assert from "node:assert/strict";
import { test } from "node:test";

import { isOver, keysOf, likeliestTarget, mark, numberOf, search } from "../../attendance/static/device/day.js";
import { judge } from "../../attendance/static/device/judging.js";
import { sayHour } from "../../attendance/static/device/saying.js";
import { Today } from "../../attendance/static/device/today.js";
import { likeliest } from "../../attendance/static/scanner/likeliest.js";
import { badge, NUMBER, ORGANISATION, RFC_8032 } from "./badges.js";
import { day, HOUR, memory, MINUTE, person, spot, TEN } from "./devices.js";

const OTHER = "ff0102030405060708090a0b0c0d0e0f";

async function verdict(text, today, { at = TEN, kind = "arrival", target = "half_day:1", hasDrawing = false } = {}) {
  const seenAt = new Date(at);
  const now = new Date(at + (today?.offset ?? 0));
  const { found } = await likeliest([text], today && keysOf(today), { now });
  return (await judge(today, found, { target, kind, seenAt, hasDrawing })).verdict;
}

test("a good badge of somebody who is expected is kept, and only the server says signed", async () => {
  assert.equal(await verdict(badge(), day()), "kept");
  assert.equal(await verdict(badge(), day(), { target: "desk:1" }), "kept");
});

test("without a network each no is said in the order of the product", async () => {
  const expiry = TEN / 1000 - 60;
  const nobody = day({ people: [] });
  const cases = [
    ["BONJOUR", day(), "malformed"],
    [badge({ seed: RFC_8032[1].seed, expiry }), nobody, "unknown"],
    [badge({ keyNumber: 9 }), nobody, "unknown"],
    [badge({ organisation: ORGANISATION + 1n }), nobody, "unknown"],
    [badge({ expiry }), nobody, "expired"],
    [badge({ number: OTHER }), day(), "wrong-meeting"],
    [badge(), nobody, "wrong-meeting"],
  ];
  for (const [text, today, said] of cases) assert.equal(await verdict(text, today), said);
});

test("somebody who is expected elsewhere is not expected here", async () => {
  assert.equal(await verdict(badge(), day({ spots: [spot({ targets: ["desk:1"] })] })), "wrong-meeting");
});

test("the window is half an hour before to half an hour after, its end left out; nobody leaves before the start", async () => {
  const departure = { kind: "departure" };
  const said = (at, more) => verdict(badge(), day(), { at, ...more });
  assert.equal(await said(TEN - HOUR / 2 - 1), "too-early");
  assert.equal(await said(TEN - HOUR / 2), "kept");
  assert.equal(await said(TEN + 2.5 * HOUR - 1), "kept");
  assert.equal(await said(TEN + 2.5 * HOUR), "too-late");
  assert.equal(await said(TEN - 1, departure), "too-early");
  assert.equal(await said(TEN, departure), "kept");
  assert.equal(await verdict(badge(), day({ spots: [spot({ is_closed: true })] })), "too-late");
});

test("a clock that is three hours slow judges by the time that was measured with the list", async () => {
  const slow = day({ offset: 3 * HOUR });
  assert.equal(await verdict(badge(), slow, { at: TEN - 3 * HOUR }), "kept");
  assert.equal(await verdict(badge(), slow, { at: TEN }), "too-late");
  assert.equal(await verdict(badge({ expiry: (TEN - MINUTE) / 1000 }), slow, { at: TEN - 3 * HOUR }), "expired");
});

test("a half-day that needs a drawing asks for it, before it says already signed", async () => {
  const drawn = (more) => day({ spots: [spot({ needs_drawing: true })], people: [person(more)] });
  assert.equal(await verdict(badge(), drawn()), "needs-signature");
  assert.equal(await verdict(badge(), drawn(), { hasDrawing: true }), "kept");
  const arrived = { arrived_at: new Date(TEN).toISOString() };
  assert.equal(await verdict(badge(), drawn(arrived)), "needs-signature");
  assert.equal(await verdict(badge(), drawn(arrived), { hasDrawing: true }), "already-signed");
});

test("who has arrived can still leave, and taking back makes them sign again", async () => {
  const today = day();
  const whom = { attendee: "at:1:1", ref: "half_day:1", kind: "arrival" };
  mark(today, whom, new Date(TEN).toISOString());
  assert.equal(await verdict(badge(), today), "already-signed");
  assert.equal(await verdict(badge(), today, { kind: "departure" }), "kept");
  mark(today, whom, null);
  assert.equal(await verdict(badge(), today), "kept");
});

test("at a desk the half-day that is open is meant, else the nearest", async () => {
  const [morning, later] = [spot(), spot({ ref: "half_day:2", targets: ["desk:1"], title: "Faire" })];
  for (const name of ["starts_at", "opens_at", "closes_at", "ends_at"]) {
    later[name] = new Date(Date.parse(later[name]) + 4 * HOUR).toISOString();
  }
  const people = [person({ half_day_ref: "half_day:2" }), person()];
  const today = day({ spots: [later, morning], people });
  const seenAt = new Date(TEN);
  const found = { state: "ok", number: NUMBER };
  const where = { target: "desk:1", kind: "arrival" };
  assert.equal((await judge(today, found, { ...where, seenAt })).spot.title, "Comprendre");
  const between = new Date(TEN + 3 * HOUR);
  const judged = await judge(today, found, { ...where, seenAt: between });
  assert.deepEqual([judged.verdict, judged.spot.title], ["too-early", "Faire"]);
});

test("without a list everything that reads as a badge is kept, because the server can still check it", async () => {
  assert.equal(await verdict(badge(), null), "kept");
  assert.equal(await verdict(badge({ seed: RFC_8032[1].seed }), null), "kept");
  assert.equal(await verdict("BONJOUR", null), "malformed");
});

test("the list is over when its day is, by the time of the server", () => {
  const ends_at = new Date(TEN).toISOString();
  assert.equal(isOver(day({ ends_at }), new Date(TEN - 1)), false);
  assert.equal(isOver(day({ ends_at }), new Date(TEN)), true);
  assert.equal(isOver(day({ ends_at, offset: 2 * HOUR }), new Date(TEN - HOUR)), true);
});

test("a list of another day is deleted at the opening, and what waits stays", async () => {
  const store = memory({ counter: 1, entry: {}, about: {} });
  const kept = { day: day({ ends_at: new Date(TEN).toISOString() }) };
  Object.assign(store, {
    day: async () => kept.day,
    marks: async () => [],
    forgetDay: async () => void delete kept.day,
  });
  const today = new Today(store);
  assert.equal(await today.open(new Date(TEN + HOUR)), true);
  assert.deepEqual([today.day, today.offset, kept.day, store.queue.size], [null, null, undefined, 1]);
});

test("what waits in the queue counts as signed after a new list, until the server has answered it", async () => {
  const noted = new Date(TEN).toISOString();
  const about = { attendee: "at:1:1", ref: "half_day:1", kind: "arrival", noted };
  const store = memory({ counter: 1, entry: {}, about });
  Object.assign(store, { keepDay: async () => {}, keepMarks: async () => {} });
  const today = new Today(store);
  await today.take(day());
  assert.equal(await verdict(badge(), today.day), "already-signed");
  store.queue.clear();
  await today.take(day());
  assert.equal(await verdict(badge(), today.day), "kept");
});

test("a name is found by three letters of the first name, whatever the accents, and never by two", () => {
  const people = [person(), person({ first_name: "Marie-Zélie", initial: "D" }), person({ first_name: "Amadou" })];
  const found = (query) => search(day({ people }), "desk:1", query)?.map((one) => one.person.first_name) ?? null;
  assert.equal(found("zo"), null);
  assert.equal(found(" z o "), null);
  assert.deepEqual(found("zoe"), ["Zoé"]);
  assert.deepEqual(found("ZÉL"), ["Marie-Zélie"]);
  assert.deepEqual(found("marie zelie d"), ["Marie-Zélie"]);
  assert.deepEqual(found("xyz"), []);
});

test("nobody has chosen: the open half-day that is held somewhere, else the desk", () => {
  assert.equal(likeliestTarget(day(), new Date(TEN)), "half_day:1");
  assert.equal(likeliestTarget(day(), new Date(TEN - 5 * HOUR)), "desk:1");
  assert.equal(likeliestTarget(day({ spots: [spot({ targets: ["half_day:1"] })] }), new Date(TEN)), "desk:1");
});

test("an identifier is read as the number that badges hold", () => {
  assert.equal(numberOf("0000000000010"), 32n);
  assert.equal(keysOf(day()).organisationId, String(ORGANISATION));
});

test("an hour is said as the server says it", () => {
  const zone = "Europe/Paris";
  assert.equal(sayHour("2026-04-13T07:02:00Z", "fr", zone), "9\u00a0h\u00a002");
  assert.equal(sayHour("2026-04-13T07:00:00Z", "fr", zone), "9\u00a0h");
  assert.equal(sayHour("2026-04-13T22:05:00Z", "en", zone), "0:05");
});
