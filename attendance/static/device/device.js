/** The scanner of an enrolled device: it opens, checks and keeps without a network; the server has the last word. */
import { askForDrawing } from "../scanner/drawing.js";
import { distinct, listenToKeyboard } from "../scanner/keyboard.js";
import { likeliest } from "../scanner/likeliest.js";
import { onTyped, onWhereChanged, where, wordsOf } from "../scanner/page.js";
import { Passages } from "../scanner/passages.js";
import { Sound } from "../scanner/sound.js";
import { Stage } from "../scanner/stage.js";
import { Undo } from "../scanner/undo.js";
import { VerdictScreen } from "../scanner/verdict-screen.js";
import { timing, trueTime } from "./day.js";
import { createDoor } from "./door.js";
import { install, listenForNetwork, sendLater } from "./installing.js";
import { judge, stands } from "./judging.js";
import { offerList } from "./looking.js";
import { Passing } from "./passing.js";
import { Sender } from "./sending.js";
import { showList, showNetwork, showOwner, showRevoked, showTargets } from "./showing.js";
import { Store } from "./store.js";
import { Today } from "./today.js";
import { keepUpToDate } from "./updating.js";

const byId = (id) => document.getElementById(id);
const urls = byId("scanner").dataset;
const words = wordsOf(byId("words"));
const language = document.documentElement.lang;

class Scanner {
  /**
   * @param {Store} store
   * @param {import("./store.js").Identity} identity
   */
  constructor(store, identity) {
    Object.assign(this, { store, identity, busy: 0 });
    const sound = new Sound();
    this.today = new Today(store);
    this.door = createDoor({ unexpected: words.get("unexpected") });
    this.screen = new VerdictScreen({ sheet: byId("verdict"), announcement: byId("announcement"), words, sound });
    const passages = new Passages(byId("passages"), { template: byId("passage"), words, language });
    const show = (verdict) => this.screen.show(verdict);
    this.passing = new Passing({ store, identity, today: this.today, passages, show, words, language, patience: Number(urls.patience) });
    this.sender = new Sender({
      store,
      send: (entries) => this.door.sendQueue(identity, entries),
      onAnswer: (waiting, answer) => this.passing.answered(waiting, answer),
      onChange: () => this.showState(),
    });
    this.passing.sender = this.sender;
    const isBusy = () => this.busy > 0 || this.screen.isShown;
    this.stage = new Stage({ words, wasmUrl: urls.wasmUrl, sound, isBusy, onScan: (found) => this.scan(found) });
    this.undo = new Undo({ template: byId("undo"), onUndo: (item, passed) => this.takeBack(item, passed) });
  }

  async begin() {
    const isDeleted = await this.today.open(new Date());
    for (const waiting of await this.store.waiting()) this.passing.recall(waiting);
    showOwner(words, this.identity);
    showList(words, language, this.today.day, isDeleted);
    showTargets(words, this.today.day, await this.store.whereabouts());
    this.listen();
    this.sender.kick();
    keepUpToDate(this, { onDay: () => this.dayCame(), onRevoked: (isRevoked) => this.revoked(isRevoked) });
    if (!this.identity.isRevoked) await this.appear();
  }

  /** The scanner itself is shown: not to a device that is not allowed any more. */
  async appear() {
    if (this.isShown) return;
    this.isShown = true;
    byId("scanner").hidden = false;
    await this.stage.begin();
  }

  listen() {
    listenToKeyboard(document, { ownField: byId("badge"), onScan: (candidates) => this.scan(candidates) });
    onTyped((text) => this.scan(distinct([text])));
    this.undo.listen(document);
    onWhereChanged(() => {
      this.stage.forget();
      this.keepWhereabouts();
    });
    const onStatement = (one, told) => this.state(one, told);
    const onDrawing = (one) => this.sign(one);
    offerList({ words, language, day: () => this.today.day, where, onStatement, onDrawing });
    addEventListener("online", () => this.sender.kick());
    listenForNetwork(() => this.sender.kick());
    addEventListener("offline", () => this.showState());
  }

  /** @param {string[]} candidates */
  async scan(candidates) {
    if (candidates.length === 0 || this.identity.isRevoked || byId("pad-dialog").open) return;
    this.screen.hide();
    if (!where().target) return this.screen.show({ verdict: "problem", sentence: words.get("list_first") });
    await this.while(async () => {
      const seenAt = new Date();
      const now = new Date(seenAt.getTime() + (this.today.offset ?? 0));
      const { text, found } = await likeliest(candidates, this.today.keys, { now, fallbackUrl: urls.ed25519Url });
      const there = { ...where(), seenAt };
      const judged = await judge(this.today.day, found, there);
      if (judged.verdict === "needs-signature") return this.passDrawn(text, found, there);
      const { verdict } = await this.pass({ badge: text, drawing: null }, judged, seenAt);
      if (verdict.verdict === "needs-signature") await this.passDrawn(text, found, there);
      return undefined;
    });
    return undefined;
  }

  /** The person draws first; without a drawing it is kept that they came, and were asked. */
  async passDrawn(text, found, there) {
    const drawing = await askForDrawing(words);
    const seenAt = new Date();
    const judged = await judge(this.today.day, found, { ...there, seenAt, hasDrawing: Boolean(drawing) });
    await this.pass({ badge: text, drawing }, judged, seenAt);
  }

  async pass(told, judged, seenAt) {
    const passed = await this.passing.pass({ what: "scan", ...where(), ...told }, judged, seenAt);
    if (["signed", "kept"].includes(passed.verdict.verdict)) this.undo.offer(passed.item, passed);
    return passed;
  }

  async takeBack(item, passed) {
    this.stage.forget();
    await this.while(() => this.passing.undo(passed, item));
  }

  async state({ person, spot }, { cause, reason }) {
    const { kind } = where();
    const seenAt = new Date();
    const isEarly = timing(spot, { at: trueTime(this.today.day, seenAt), kind }) === "early";
    const judged = { verdict: isEarly ? "too-early" : "kept", person, spot, opensAt: Date.parse(spot.opens_at) };
    const told = { what: "statement", kind, attendee: person.attendee, cause, reason };
    await this.while(() => this.passing.pass(told, judged, seenAt));
  }

  /** Somebody without a badge is there, and signs before the agent. */
  async sign(one) {
    const drawing = await askForDrawing(words);
    if (!drawing) return;
    const { kind } = where();
    const seenAt = new Date();
    const judged = stands(one, { at: trueTime(this.today.day, seenAt), kind }, true);
    const told = { what: "drawing", kind, attendee: one.person.attendee, drawing };
    await this.while(async () => {
      const passed = await this.passing.pass(told, judged, seenAt);
      if (["signed", "kept"].includes(passed.verdict.verdict)) this.undo.offer(passed.item, passed);
    });
  }

  async while(task) {
    this.busy += 1;
    this.stage.hint(true);
    try {
      await task();
    } finally {
      this.busy -= 1;
      this.stage.hint(this.busy > 0);
    }
  }

  async dayCame() {
    showList(words, language, this.today.day, false);
    showTargets(words, this.today.day, await this.store.whereabouts());
    this.keepWhereabouts();
  }

  /** Where it was put, it stays, also when the list of the next day is not there yet. */
  keepWhereabouts() {
    this.store.keepWhereabouts({ ...where(), label: byId("target").selectedOptions[0]?.textContent ?? "" });
  }

  async revoked(isRevoked) {
    this.identity.isRevoked = isRevoked;
    showRevoked(isRevoked);
    if (isRevoked) byId("scanner").hidden = true;
    else await this.appear();
  }

  showState() {
    const isOnline = navigator.onLine && !this.sender.isAway;
    showNetwork(words, language, this.stage, { isOnline, unsent: this.sender.unsent });
    if (this.sender.unsent > 0) sendLater();
  }
}

async function begin() {
  install(urls);
  const store = await Store.open().catch(() => null);
  if (!store || !globalThis.crypto?.subtle) {
    byId("no-browser").hidden = false;
    return;
  }
  const identity = await store.identity();
  byId("stranger").hidden = Boolean(identity);
  if (identity) await new Scanner(store, identity).begin();
}

begin();
