/** The scanner page of staff: camera, keyboard scanners and search ask the server, and the page shows what it says. */
import { createApi, newKey, Problem, Unreachable } from "./api.js";
import { askForDrawing } from "./drawing.js";
import { distinct, listenToKeyboard } from "./keyboard.js";
import { likeliest } from "./likeliest.js";
import { onTyped, onWhereChanged, where, wordsOf } from "./page.js";
import { Passages } from "./passages.js";
import { offerSearch } from "./search.js";
import { Sound } from "./sound.js";
import { Stage } from "./stage.js";
import { Undo } from "./undo.js";
import { VerdictScreen } from "./verdict-screen.js";

const RESEND_EVERY = 15_000;

const byId = (id) => document.getElementById(id);
const urls = byId("scanner").dataset;
const words = wordsOf(byId("words"));
const csrfToken = document.querySelector("meta[name=csrf-token]")?.content ?? null;
const api = createApi({ csrfToken, unexpected: words.get("unexpected") });
const sound = new Sound();
const screen = new VerdictScreen({ sheet: byId("verdict"), announcement: byId("announcement"), words, sound });
const passages = new Passages(byId("passages"), {
  template: byId("passage"),
  words,
  language: document.documentElement.lang,
});
const undo = new Undo({ template: byId("undo"), onUndo: takeBack });
const stage = new Stage({
  words,
  wasmUrl: urls.wasmUrl,
  sound,
  isBusy: () => sending > 0 || screen.isShown,
  onScan: scan,
});
let publicKeys = null;
let sending = 0;

/* ---- From a code to its verdict ---- */

/** @param {string[]} candidates */
async function scan(candidates) {
  if (candidates.length === 0 || byId("pad-dialog").open) return;
  screen.hide();
  await busy(async () => {
    const { text, found } = await likeliest(candidates, publicKeys, { now: new Date(), fallbackUrl: urls.ed25519Url });
    stage.hint(true, words.get(`local.${found.state}`));
    const verdict = await pass({ badge: text });
    if (verdict.verdict !== "needs-signature") return;
    const drawing = await askForDrawing(words);
    if (drawing) await pass({ badge: text, drawing });
  });
}

/**
 * @param {{badge?: string, attendee?: string, drawing?: string}} told
 * @returns {Promise<import("./verdict-screen.js").Verdict>}
 */
async function pass(told) {
  const body = { key: newKey(), ...told, ...where(), observed_at: new Date().toISOString() };
  const verdict = await answerTo(() => api.postUntilAnswered(urls.scanUrl, body));
  screen.show(verdict);
  const item = passages.add(verdict, new Date(body.observed_at));
  if (verdict.verdict === "unsent") passages.keepUnsent(item, body, resendButton(item));
  if (verdict.verdict === "signed") undo.offer(item, { key: body.key, name: verdict.name });
  return verdict;
}

/** @param {{attendee: string}} person Found by name: there without a badge, and signing before the agent. */
async function drawn({ attendee }) {
  const drawing = await askForDrawing(words);
  if (drawing) await busy(async () => void (await pass({ attendee, drawing })));
}

/**
 * @param {HTMLElement} item
 * @param {{key: string, name: string}} scanned
 */
async function takeBack(item, scanned) {
  await busy(async () => {
    const body = { key: newKey(), undone_key: scanned.key, observed_at: new Date().toISOString() };
    const answer = await answerTo(() => api.postUntilAnswered(urls.undoUrl, body));
    const verdict = { ...answer, name: scanned.name };
    screen.show(verdict);
    if (verdict.verdict === "unsent") return;
    if (verdict.verdict === "undone") stage.forget();
    passages.fill(item, verdict);
  });
}

/** @param {() => Promise<void>} task */
async function busy(task) {
  sending += 1;
  try {
    await task();
  } finally {
    sending -= 1;
    stage.hint(sending > 0);
    showNetwork();
  }
}

/**
 * @param {() => Promise<import("./verdict-screen.js").Verdict>} send
 * @returns {Promise<import("./verdict-screen.js").Verdict>} The server's verdict, or what stands in its place.
 */
async function answerTo(send) {
  try {
    return await send();
  } catch (error) {
    if (error instanceof Problem) return { verdict: "problem", sentence: error.message };
    if (error instanceof Unreachable) return { verdict: "unsent", sentence: words.get("unsent_sentence") };
    throw error;
  }
}

/* ---- What could not be sent ---- */

/** @param {HTMLElement} item */
function resendButton(item) {
  const button = byId("resend").content.firstElementChild.cloneNode(true);
  button.addEventListener("click", async () => {
    const verdict = await resend(item);
    if (verdict) screen.show(verdict);
  });
  return button;
}

/**
 * @param {HTMLElement} item A passage that could not be sent.
 * @returns {Promise<import("./verdict-screen.js").Verdict|null>} Null while it is already on its way.
 */
async function resend(item) {
  const body = passages.unsent.get(item);
  if (!body || item.dataset.resending) return null;
  item.dataset.resending = "yes";
  try {
    const verdict = await answerTo(() => api.post(urls.scanUrl, body));
    if (verdict.verdict !== "unsent") passages.settle(item, verdict);
    return verdict;
  } finally {
    delete item.dataset.resending;
    showNetwork();
  }
}

/** In the list only: on the whole screen, the name of somebody gone would be taken for the one who stands there. */
async function resendAll() {
  for (const item of [...passages.unsent.keys()]) await resend(item);
}

function showNetwork() {
  const count = passages.unsent.size;
  const state = count > 0 || !navigator.onLine ? "offline" : "online";
  stage.showNetwork(state, count > 0 ? words.get("unsent_count").replace("{count}", String(count)) : words.get(state));
}

/* ---- Listening ---- */

listenToKeyboard(document, { ownField: byId("badge"), onScan: scan });
onTyped((text) => scan(distinct([text])));
undo.listen(document);
onWhereChanged(() => {
  stage.forget();
  // Reloading keeps the choice.
  history.replaceState(null, "", `?${new URLSearchParams(where())}`);
});
offerSearch({
  api,
  urls,
  words,
  where,
  onStatement(verdict) {
    screen.show(verdict);
    passages.add(verdict, new Date());
  },
  onDrawing: drawn,
});
addEventListener("online", () => {
  showNetwork();
  resendAll();
});
addEventListener("offline", showNetwork);
setInterval(resendAll, RESEND_EVERY);
addEventListener("beforeunload", (event) => {
  if (passages.unsent.size > 0) event.preventDefault();
});

for (const id of ["passages-section", "search-section"]) byId(id).hidden = false;
showNetwork();
stage.begin();
api
  .get(urls.keysUrl)
  .then((answer) => {
    const keys = answer.keys.map((key) => ({ number: key.number, publicKey: key.public_key }));
    publicKeys = { organisationId: answer.organisation_id, keys };
  })
  .catch(() => {
    // Without keys the page cannot check by itself, and says nothing of a badge before the server does.
  });
