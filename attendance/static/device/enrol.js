/** The page that a one-time link opens: the device makes its key, enrols, and learns to whom it belongs. */
import { Problem, Unreachable } from "../scanner/api.js";
import { wordsOf } from "../scanner/page.js";
import { createDoor, Refused } from "./door.js";
import { install } from "./installing.js";
import { makeKey } from "./keys.js";
import { fill } from "./saying.js";
import { Store } from "./store.js";

const byId = (id) => document.getElementById(id);
const words = wordsOf(byId("words"));
const said = byId("enrolment-said");
const form = byId("enrolment-form");
const token = location.hash.slice(1);
// At once, so that the history, a screenshot or the next person does not have it.
if (location.hash) history.replaceState(null, "", location.pathname);

/** @param {string} text */
function say(text) {
  said.textContent = text;
}

async function begin() {
  const store = await Store.open().catch(() => null);
  if (!store || !globalThis.crypto?.subtle) return say(words.get("no_crypto"));
  if (!token) return say(words.get("no_token"));
  const known = await store.identity();
  if ((await store.waiting()).length > 0) return say(words.get("send_first"));
  if (known) {
    const values = { device: known.name, organisation: known.organisation };
    byId("known-as").textContent = fill(words, "known_as", values);
  }
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    enrol(store);
  });
  return undefined;
}

/** @param {Store} store */
async function enrol(store) {
  const button = form.querySelector("button");
  button.disabled = true;
  say(words.get("enrolling"));
  try {
    const key = await makeKey();
    const answer = await createDoor({ unexpected: words.get("unexpected") }).enrol(token, key);
    await store.forgetDay();
    await store.keepIdentity({
      deviceId: answer.device_id,
      name: answer.name,
      kind: answer.kind,
      organisation: answer.organisation,
      privateKey: key.privateKey,
      isRevoked: false,
    });
    show(answer);
  } catch (error) {
    if (!(error instanceof Problem || error instanceof Refused || error instanceof Unreachable)) throw error;
    say(error instanceof Unreachable ? words.get("no_answer") : error.message);
    said.focus();
  } finally {
    button.disabled = false;
  }
}

function show({ name, organisation, kind }) {
  say("");
  form.hidden = true;
  byId("enrolled-name").textContent = name;
  byId("enrolled-organisation").textContent = organisation;
  const link = byId("enrolled-open");
  if (kind === "kiosk") link.href = link.dataset.kiosk;
  byId("enrolled").hidden = false;
  byId("enrolled-title").focus();
  // Browsers may empty what they keep for a site; an installed one that asks is spared.
  navigator.storage?.persist?.().catch(() => {});
  install(byId("enrolment").dataset);
}

begin();
