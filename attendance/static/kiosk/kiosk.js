/** The kiosk: find one's name, say whether one comes or goes, sign by finger; then it is the next person's. */
import { createDoor, Refused } from "../device/door.js";
import { fill, sayHour } from "../device/saying.js";
import { Store } from "../device/store.js";
import { newKey, Problem, Unreachable } from "../scanner/api.js";
import { wordsOf } from "../scanner/page.js";
import { createFront } from "./front.js";
import { openPad } from "./pad.js";

const FEWEST_LETTERS = 3;
/** Milliseconds. Whoever walks away leaves no name behind them. */
const LEFT_ALONE = 45_000;
const READ = 7_000;
const AGAIN = 4_000;

const byId = (id) => document.getElementById(id);
const words = wordsOf(byId("words"));
const language = document.documentElement.lang;
const SECTIONS = ["finding", "signing", "telling"];

class Kiosk {
  /** @param {ReturnType<typeof createFront>} front */
  constructor(front) {
    this.front = front;
    this.timer = 0;
    /** What was drawn and has not been answered yet. */
    this.unsaid = null;
    /** Which person's turn it is: an answer that comes after them is not shown to the next. */
    this.turn = 0;
  }

  begin() {
    byId("kiosk").hidden = false;
    byId("find-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.find(byId("query").value.trim());
    });
    for (const id of ["not-me", "next", "give-up"]) byId(id).addEventListener("click", () => this.restart());
    byId("retry").addEventListener("click", () => this.send());
    addEventListener("online", () => this.unsaid && this.send());
    for (const sign of ["pointerdown", "pointermove", "keydown", "input"]) {
      document.addEventListener(sign, () => this.waitFor(LEFT_ALONE));
    }
    this.restart();
  }

  /** Back to the beginning, with nothing of anybody left on the screen. */
  restart() {
    this.turn += 1;
    this.unsaid = null;
    byId("query").value = "";
    byId("pad").replaceChildren();
    byId("sign-for").textContent = "";
    byId("told").textContent = "";
    this.list([]);
    this.sayFound("");
    this.show("finding");
    byId("query").focus();
  }

  /** @param {string} query */
  async find(query) {
    this.list([]);
    if (query.replace(/\s/g, "").length < FEWEST_LETTERS) return this.sayFound(words.get("letters_needed"));
    const { turn } = this;
    this.sayFound(words.get("saving"));
    try {
      const { is_too_many: isTooMany, people } = await this.front.search(query);
      if (turn !== this.turn) return undefined;
      this.sayFound(isTooMany ? words.get("too_many") : people.length === 0 ? words.get("nobody") : "");
      this.list(people);
    } catch (error) {
      if (turn === this.turn) this.sayFound(this.sentenceOf(error, "no_answer"));
    }
    return undefined;
  }

  /** @param {import("./front.js").Found[]} people */
  list(people) {
    byId("found").hidden = people.length === 0;
    byId("people").replaceChildren(...people.map((one) => this.row(one)));
    if (people.length > 0) byId("found-title").focus();
  }

  row(one) {
    const item = byId("person").content.firstElementChild.cloneNode(true);
    const [begin, end] = [one.starts_at, one.ends_at].map((at) => sayHour(at, language, one.time_zone));
    item.querySelector("strong").textContent = one.name;
    item.querySelector("span").textContent = fill(words, "line", { title: one.title, begin, end });
    const buttons = item.querySelector(".row");
    if (one.kinds.length === 0) buttons.textContent = words.get("nothing_left");
    for (const kind of one.kinds) buttons.append(this.button(one, kind));
    return item;
  }

  button(one, kind) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.get(kind);
    button.setAttribute("aria-label", `${words.get(kind)} · ${one.name}`);
    button.addEventListener("click", () => this.sign(one, kind));
    return button;
  }

  /**
   * @param {import("./front.js").Found} one
   * @param {"arrival"|"departure"} kind
   */
  async sign(one, kind) {
    const { turn } = this;
    byId("sign-for").textContent = fill(words, "sign_for", { name: one.name });
    this.show("signing");
    const drawing = await openPad({ host: byId("pad"), words });
    if (turn !== this.turn) return;
    if (!drawing) return void this.restart();
    byId("pad").replaceChildren();
    const observedAt = new Date().toISOString();
    this.unsaid = { key: newKey(), attendee: one.attendee, kind, observed_at: observedAt, drawing };
    await this.send();
  }

  /** Nothing is said to be signed before the server has said so. */
  async send() {
    const { turn, unsaid } = this;
    this.tell(words.get("saving"), []);
    try {
      const { sentence, colour } = await this.front.sign(unsaid);
      if (turn !== this.turn) return;
      this.unsaid = null;
      this.tell(sentence, ["next"], colour);
      this.waitFor(READ);
    } catch (error) {
      if (turn !== this.turn) return;
      const isAway = error instanceof Unreachable;
      if (!isAway) this.unsaid = null;
      this.tell(this.sentenceOf(error, "unreachable"), isAway ? ["retry", "give-up"] : ["next"], "orange");
      if (isAway) setTimeout(() => turn === this.turn && unsaid === this.unsaid && this.send(), AGAIN);
    }
  }

  /**
   * @param {string} sentence
   * @param {string[]} buttons Their ids.
   * @param {string} [colour]
   */
  tell(sentence, buttons, colour = "") {
    for (const id of ["retry", "give-up", "next"]) byId(id).hidden = !buttons.includes(id);
    byId("telling").dataset.colour = colour;
    this.show("telling");
    byId("told").textContent = sentence;
    (byId(buttons[0] ?? "told") ?? byId("told")).focus();
  }

  sayFound(sentence) {
    byId("find-said").textContent = sentence;
  }

  sentenceOf(error, ifAway) {
    if (error instanceof Unreachable) return error.message || words.get(ifAway);
    if (error instanceof Problem) return error.message;
    if (!(error instanceof Refused)) throw error;
    byId("kiosk").hidden = true;
    byId("revoked").hidden = false;
    return "";
  }

  /** @param {string} section */
  show(section) {
    for (const id of SECTIONS) byId(id).hidden = id !== section;
    this.waitFor(LEFT_ALONE);
  }

  /** What was drawn and is not kept yet stays on the screen, with its sentence. */
  waitFor(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.unsaid ? this.waitFor(milliseconds) : this.restart()), milliseconds);
  }
}

async function begin() {
  const store = await Store.open().catch(() => null);
  if (!store || !globalThis.crypto?.subtle) return void (byId("no_browser").hidden = false);
  const identity = await store.identity();
  byId("stranger").hidden = Boolean(identity);
  byId("is_scanner").hidden = !identity || identity.kind === "kiosk";
  if (identity?.kind !== "kiosk") return undefined;
  const front = createFront(createDoor({ unexpected: words.get("unexpected") }), identity);
  try {
    await front.comeIn();
  } catch (error) {
    if (error instanceof Refused) return void (byId("revoked").hidden = false);
    if (!(error instanceof Unreachable || error instanceof Problem)) throw error;
  }
  new Kiosk(front).begin();
  return undefined;
}

begin();
