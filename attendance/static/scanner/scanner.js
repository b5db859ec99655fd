/** The scanner page: wires camera, keyboard scanners and search to the server, and shows what the server says. */
import { createApi, newKey, Problem, Unreachable } from "./api.js";
import { normalise, verify } from "./badge.js";
import { Camera, keepAwake, NoCamera, RepeatGuard } from "./camera.js";
import { distinct, listenToKeyboard } from "./keyboard.js";
import { Passages } from "./passages.js";
import { offerSearch } from "./search.js";
import { Sound } from "./sound.js";
import { VerdictScreen } from "./verdict-screen.js";

const byId = (id) => document.getElementById(id);
const urls = byId("scanner").dataset;
const words = new Map([...byId("words").content.querySelectorAll("data")].map((word) => [word.value, word.textContent]));
const api = createApi({
  csrfToken: document.querySelector("meta[name=csrf-token]")?.content ?? null,
  unexpected: words.get("unexpected"),
});
const sound = new Sound();
const screen = new VerdictScreen({ sheet: byId("verdict"), announcement: byId("announcement"), words, sound });
const passages = new Passages(byId("passages"), {
  template: byId("passage"),
  resendTemplate: byId("resend"),
  words,
  language: document.documentElement.lang,
  async onResend(item) {
    const verdict = await resend(item);
    if (verdict) screen.show(verdict);
  },
});
const guard = new RepeatGuard();
const stage = byId("stage");
const hint = byId("hint");
const network = byId("network");
const scanForm = byId("scan-form");
const target = byId("target");
const RESEND_EVERY = 15_000;
let publicKeys = null;
let sending = 0;

const chosenKind = () => document.querySelector("input[name=kind]:checked").value;
const where = () => ({ target: target.value, kind: chosenKind() });

/* ---- From a code to its verdict ---- */

const LIKELIEST = ["ok", "expired", "unchecked", "unknown", "foreign", "malformed"];

/**
 * A keyboard scanner gives several readings of one code: the one with a good signature is the right one.
 * @param {string[]} candidates
 */
async function likeliest(candidates) {
  const against = publicKeys ?? { organisationId: "0", keys: [] };
  const found = await Promise.all(
    candidates.map(async (text) => ({
      text,
      state: await verify(text, { ...against, now: new Date(), fallbackUrl: urls.ed25519Url }).then(({ state }) => state),
    })),
  );
  found.sort((one, other) => LIKELIEST.indexOf(one.state) - LIKELIEST.indexOf(other.state));
  const [best] = found;
  return publicKeys || best.state === "malformed" ? best : { ...best, state: "unchecked" };
}

/** @param {string[]} candidates */
async function scan(candidates) {
  if (candidates.length === 0) return;
  screen.hide();
  sending += 1;
  try {
    const { text, state } = await likeliest(candidates);
    const body = { key: newKey(), badge: text, ...where(), observed_at: new Date().toISOString() };
    showHint(words.get(`local.${state}`));
    const verdict = await answerTo(() => api.postUntilAnswered(urls.scanUrl, body));
    screen.show(verdict);
    const item = passages.add(verdict, new Date(body.observed_at));
    if (verdict.verdict === "unsent") passages.keepUnsent(item, body);
  } finally {
    sending -= 1;
    showHint();
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

/* ---- What the page says of itself ---- */

/** @param {string} [text] */
function showHint(text) {
  stage.toggleAttribute("data-sending", sending > 0);
  hint.textContent = text ?? words.get(sending > 0 ? "sending" : "aim");
}

function showNetwork() {
  const waiting = passages.unsent.size;
  const state = waiting > 0 || !navigator.onLine ? "offline" : "online";
  network.dataset.state = state;
  network.textContent =
    waiting > 0 ? words.get("unsent_count").replace("{count}", String(waiting)) : words.get(state);
}

function showSound() {
  byId("sound").hidden = !sound.isWaiting;
}

/* ---- The camera ---- */

const camera = new Camera(byId("video"), {
  wasmUrl: urls.wasmUrl,
  onCode(text) {
    const code = normalise(text);
    const at = performance.now();
    // One at a time: while a verdict is on its way or on the screen, the next badge waits in front of the camera.
    if (guard.isStillThere(code, at) || sending > 0 || screen.isShown) return;
    guard.note(code, at);
    scan([code]);
  },
});

async function openCamera() {
  byId("camera-retry").hidden = true;
  byId("camera-said").textContent = words.get("camera_opening");
  try {
    await camera.open();
    stage.dataset.camera = "on";
    byId("camera-message").hidden = true;
    keepAwake();
  } catch (error) {
    if (!(error instanceof NoCamera)) throw error;
    stage.dataset.camera = "off";
    byId("camera-message").hidden = false;
    byId("camera-said").textContent = words.get(error.message);
    byId("camera-retry").hidden = false;
  }
}

/* ---- Listening ---- */

listenToKeyboard(document, { ownField: byId("badge"), onScan: scan });

scanForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = byId("badge");
  scan(distinct([field.value]));
  field.value = "";
});

for (const control of [target, ...document.querySelectorAll("input[name=kind]")]) {
  control.addEventListener("change", () => {
    // Another place or kind is another question: a badge still in sight may answer it. Reloading keeps the choice.
    guard.forget();
    history.replaceState(null, "", `?${new URLSearchParams(where())}`);
  });
}

offerSearch({
  api,
  urls,
  words,
  where,
  onStatement(verdict) {
    screen.show(verdict);
    passages.add(verdict, new Date());
  },
});

byId("camera-retry").addEventListener("click", openCamera);
for (const touch of ["pointerdown", "keydown"]) {
  document.addEventListener(touch, () => sound.wake().then(showSound), { passive: true });
}
document.addEventListener("visibilitychange", () => {
  // Phones take the camera and the wake lock away from a page that is out of sight.
  if (!document.hidden && stage.dataset.camera === "on") camera.isOpen ? keepAwake() : openCamera();
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

for (const id of ["stage", "passages-section", "search-section"]) byId(id).hidden = false;
showNetwork();
showSound();
openCamera();
api
  .get(urls.keysUrl)
  .then((answer) => {
    const keys = answer.keys.map((key) => ({ number: key.number, publicKey: key.public_key }));
    publicKeys = { organisationId: answer.organisation_id, keys };
  })
  .catch(() => {
    // Without keys the page cannot check by itself, and says nothing of a badge before the server does.
  });
