import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { verify } from "../../attendance/static/scanner/badge.js";
import { distinct, KeyBurst, listenToKeyboard } from "../../attendance/static/scanner/keyboard.js";
import { badge, ORGANISATION, PUBLIC_KEY } from "./badges.js";

/** The keys of a US layout: which key a scanner presses for each character, and whether with Shift. */
const US = new Map([
  ...[..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((letter) => [letter, [`Key${letter}`, true]]),
  ...[..."0123456789"].map((digit) => [digit, [`Digit${digit}`, false]]),
  [" ", ["Space", false]], ["$", ["Digit4", true]], ["%", ["Digit5", true]], ["*", ["Digit8", true]],
  ["+", ["Equal", true]], ["-", ["Minus", false]], [".", ["Period", false]], ["/", ["Slash", false]],
  [":", ["Semicolon", true]], ["]", ["BracketRight", false]],
]);

/** What those keys type on a French AZERTY computer, without and with Shift. */
const AZERTY = new Map([
  ...[..."BCDEFGHIJKLNOPRSTUVXY"].map((letter) => [`Key${letter}`, [letter.toLowerCase(), letter]]),
  ["KeyA", ["q", "Q"]], ["KeyQ", ["a", "A"]], ["KeyW", ["z", "Z"]], ["KeyZ", ["w", "W"]], ["KeyM", [",", "?"]],
  ...[..."à&é\"'(-è_ç"].map((plain, digit) => [`Digit${digit}`, [plain, String(digit)]]),
  ["Space", [" ", " "]], ["Equal", ["=", "+"]], ["Minus", [")", "°"]], ["Period", [":", "/"]], ["Slash", ["!", "§"]],
  ["Semicolon", ["m", "M"]], ["BracketRight", ["$", "£"]],
]);

const pressOnAzerty = (letter, timeStamp) => {
  const [code, shiftKey] = US.get(letter);
  return { code, shiftKey, key: AZERTY.get(code)[shiftKey ? 1 : 0], timeStamp };
};
const pressOnUs = (letter, timeStamp) => ({ code: US.get(letter)[0], shiftKey: US.get(letter)[1], key: letter, timeStamp });
const enter = (timeStamp) => ({ code: "Enter", key: "Enter", shiftKey: false, timeStamp });
const type = (burst, text, { press = pressOnUs, every = 8, from = 0 } = {}) => {
  [...text].forEach((letter, index) => assert.equal(burst.press(press(letter, from + index * every)), null));
  return from + text.length * every;
};
const against = { organisationId: String(ORGANISATION), keys: [{ number: 1, publicKey: PUBLIC_KEY }], now: new Date(0) };

/** A badge with every character that base45 has outside letters and digits, spaces included. */
const RICH = Array.from({ length: 500 }, (_, keyNumber) => badge({ keyNumber: 1, expiry: 2_000_000_000 + keyNumber })).find(
  (text) => [..." $%*+-./:MQAZW"].every((letter) => text.slice(3).includes(letter)),
);

test("a burst on a US layout ends with Enter and gives the text once", () => {
  const burst = new KeyBurst();
  const end = type(burst, RICH);
  assert.deepEqual(burst.press(enter(end)), [RICH]);
  assert.equal(burst.length, 0);
});

test("on AZERTY the keys type nonsense; the physical keys give the badge, and its signature decides", async () => {
  const burst = new KeyBurst();
  const end = type(burst, `]Q1${RICH}`, { press: pressOnAzerty });
  const [typed, physical, ...others] = burst.press(enter(end));
  assert.deepEqual(others, []);
  assert.notEqual(typed, RICH);
  assert.equal((await verify(typed, against)).state, "malformed");
  assert.equal(physical, RICH);
  assert.equal((await verify(physical, against)).state, "ok");
});

test("a scanner set to AZERTY types right, and the physical keys are nonsense", async () => {
  const burst = new KeyBurst();
  const azertyFor = (letter) => {
    for (const [code, [plain, shifted]] of AZERTY) {
      if (plain === letter) return [code, false];
      if (shifted === letter) return [code, true];
    }
    return ["Digit8", false];
  };
  let at = 0;
  for (const letter of RICH) {
    const [code, shiftKey] = azertyFor(letter);
    burst.press({ code, shiftKey, key: letter, timeStamp: (at += 8) });
  }
  const [typed, physical] = burst.press(enter(at + 8));
  assert.equal(typed, RICH);
  assert.notEqual(physical, RICH);
});

test("Caps Lock, Shift keys, dead keys and shortcuts do not spoil a burst", () => {
  const burst = new KeyBurst();
  burst.press({ key: "Shift", code: "ShiftLeft", shiftKey: true, timeStamp: 0 });
  burst.press({ key: "p", code: "KeyP", shiftKey: true, timeStamp: 1 });
  burst.press({ key: "r", code: "KeyR", shiftKey: true, timeStamp: 2 });
  burst.press({ key: "c", code: "KeyC", shiftKey: false, ctrlKey: true, timeStamp: 3 });
  burst.press({ key: "Dead", code: "Digit5", shiftKey: true, timeStamp: 4 });
  burst.press({ key: "p", code: "KeyP", shiftKey: true, timeStamp: 5 });
  assert.deepEqual(burst.press(enter(6)), ["PRP", "PR%P"]);
});

test("a person types too slowly to be a scanner", () => {
  const burst = new KeyBurst();
  const end = type(burst, "DUPONT", { every: 150 });
  assert.equal(burst.press(enter(end)), null);
});

test("a silence begins another burst", () => {
  const burst = new KeyBurst();
  type(burst, "ABCDEF");
  const end = type(burst, "PRP0", { from: 500 });
  assert.deepEqual(burst.press(enter(end)), ["PRP0"]);
});

test("a wireless scanner may stammer anywhere in a badge", () => {
  for (const at of [1, 2, 70, 140]) {
    const burst = new KeyBurst();
    const paused = type(burst, RICH.slice(0, at)) + 250;
    const end = type(burst, RICH.slice(at), { from: paused });
    assert.deepEqual(burst.press(enter(end)), [RICH]);
  }
});

test("a quick typist's long sentence is no scan, with Enter or after a silence", () => {
  const sentence = "ELLE A OUBLIE SON TELEPHONE CHEZ ELLE ET SON BADGE AUSSI ".repeat(3);
  const burst = new KeyBurst();
  const end = type(burst, sentence, { every: 120 });
  assert.equal(burst.settle(end + 1000), null);
  const again = type(burst, sentence, { every: 120, from: end + 5000 });
  assert.equal(burst.press(enter(again)), null);
});

test("without Enter, a burst of a badge's length is over after 300 ms of silence, and a short one never", () => {
  const burst = new KeyBurst();
  const last = type(burst, RICH) - 8;
  assert.equal(burst.settle(last + 299), null);
  assert.deepEqual(burst.settle(last + 300), [RICH]);
  const end = type(burst, "DUPONT", { from: 10_000 });
  assert.equal(burst.settle(end + 1000), null);
});

test("candidates are normalised, without doubles and empty ones", () => {
  assert.deepEqual(distinct(["]Q1PRP\r", "PRP", "", "\n"]), ["PRP"]);
});

/* ---- On a page: a stand-in for the DOM, with only what is used. ---- */

class Element extends EventTarget {
  constructor(kind, value = "") {
    super();
    this.kind = kind;
    this.value = value;
  }

  matches(selector) {
    if (selector.startsWith("input, textarea, select")) return this.kind !== "button";
    return this.kind === "text";
  }
}

let page, own, search, list, button, scans, prevented;

beforeEach(() => {
  page = new EventTarget();
  [own, search, list, button] = [new Element("text"), new Element("text"), new Element("select", "desk"), new Element("button")];
  scans = [];
  listenToKeyboard(page, { ownField: own, onScan: (candidates) => scans.push(candidates) });
});

/** Presses a key on the page as a browser would: the field changes only when nobody has prevented it. */
function strike(target, press) {
  const event = new Event("keydown", { cancelable: true });
  Object.defineProperties(event, {
    target: { value: target },
    timeStamp: { value: press.timeStamp },
    ...Object.fromEntries(["key", "code", "shiftKey"].map((name) => [name, { value: press[name] }])),
  });
  page.dispatchEvent(event);
  prevented = event.defaultPrevented;
  if (!prevented && press.key.length === 1) target.value = target.kind === "select" ? `jumped ${press.key}` : target.value + press.key;
}

function scanInto(target, text, { end = true, every = 8, press = pressOnUs } = {}) {
  [...text].forEach((letter, index) => strike(target, press(letter, index * every)));
  if (end) strike(target, enter(text.length * every));
}

test("a scan works wherever the focus is, and leaves no trace there", () => {
  for (const target of [own, search, list]) {
    const before = target.value;
    scanInto(target, RICH);
    assert.deepEqual(scans.pop(), [RICH]);
    assert.equal(target.value, before);
    assert.equal(prevented, true, "its Enter sends no form");
  }
});

test("a scan presses no button: its keys and its Enter are kept from it", () => {
  scanInto(button, "PRP0");
  assert.equal(prevented, true);
  assert.deepEqual(scans, [["PRP0"]]);
});

test("typing a name in the search field is never stolen, however fast", () => {
  scanInto(search, "BENALI", { every: 20 });
  assert.equal(search.value, "BENALI");
  assert.equal(prevented, false, "Enter still searches");
  assert.deepEqual(scans, []);
});

test("a short foreign code in our own field is a scan", () => {
  scanInto(own, "3017620422003");
  assert.deepEqual(scans, [["3017620422003"]]);
  assert.equal(own.value, "");
});

test("the list that had the focus is put back, and the page hears of it", () => {
  const heard = [];
  list.addEventListener("change", () => heard.push(list.value));
  scanInto(list, RICH, { press: pressOnAzerty });
  assert.equal(list.value, "desk");
  assert.deepEqual(heard, ["desk"]);
});

test("a scanner without Enter is heard when it falls silent", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  scanInto(own, RICH, { end: false });
  assert.deepEqual(scans, []);
  t.mock.timers.tick(300);
  assert.deepEqual(scans, [[RICH]]);
});
