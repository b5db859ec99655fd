import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { createApi, newKey, Problem, Unreachable } from "../../attendance/static/scanner/api.js";
import { RepeatGuard } from "../../attendance/static/scanner/camera.js";
import { COLOURS, mannerOf, MANNERS } from "../../attendance/static/scanner/verdicts.js";

const answer = (body, status = 200, type = "application/json") =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": type } });

function apiAnswering(...answers) {
  const requests = [];
  const waits = [];
  const api = createApi({
    csrfToken: "token",
    unexpected: "unexpected answer",
    wait: async (milliseconds) => waits.push(milliseconds),
    fetch: async (url, options) => {
      requests.push({ url, ...options });
      const next = answers.shift();
      if (next instanceof Error) throw next;
      return next;
    },
  });
  return { api, requests, waits };
}

test("green means signed and nothing else, whatever colour is said", () => {
  assert.equal(mannerOf("signed", "green").colour, "green");
  for (const verdict of [...COLOURS.keys(), "something new"].filter((code) => code !== "signed")) {
    assert.notEqual(mannerOf(verdict, "green").colour, "green", verdict);
    assert.notEqual(mannerOf(verdict).colour, "green", verdict);
  }
});

test("a verdict that this page does not know takes the server's colour, else red", () => {
  assert.equal(mannerOf("something-new", "orange").colour, "orange");
  assert.equal(mannerOf("something-new").colour, "red");
  assert.equal(mannerOf("constructor", "toString").colour, "red");
});

test("each colour has its own shape, sound and vibration", () => {
  for (const property of ["shape", "tones", "vibration"]) {
    const kinds = new Set([...MANNERS.values()].map((manner) => JSON.stringify(manner[property])));
    assert.equal(kinds.size, 3, property);
  }
});

test("every verdict has its word in both languages", () => {
  const folder = new URL("../../attendance/wording/", import.meta.url);
  for (const language of ["fr", "en"]) {
    const files = readdirSync(folder).filter((name) => name.endsWith(`${language}.toml`));
    const tables = files.map((name) => readFileSync(new URL(name, folder), "utf8").split("[scanner.word]")[1] ?? "");
    const words = tables.map((table) => table.split("\n[")[0]).join("\n");
    for (const verdict of COLOURS.keys()) assert.match(words, new RegExp(`^${verdict} = "`, "m"), `${verdict} in ${language}`);
  }
});

test("a badge held in front of the camera counts once, and again after three seconds away", () => {
  const guard = new RepeatGuard();
  assert.equal(guard.isStillThere("A", 0), false);
  guard.note("A", 0);
  for (const at of [120, 2900, 5800, 8799]) assert.equal(guard.isStillThere("A", at), true, String(at));
  assert.equal(guard.isStillThere("B", 8800), false, "another badge is new at once");
  assert.equal(guard.isStillThere("A", 11_799), false, "three seconds out of sight");
  guard.note("A", 11_799);
  guard.forget();
  assert.equal(guard.isStillThere("A", 11_800), false);
});

test("a scan that nobody answers is sent again with the same key", async () => {
  const { api, requests, waits } = apiAnswering(new TypeError("network"), answer({}, 503), answer({ verdict: "signed" }));
  const body = { key: newKey(), badge: "PRP" };
  assert.deepEqual(await api.postUntilAnswered("/scan", body), { verdict: "signed" });
  assert.equal(requests.length, 3);
  assert.deepEqual([...new Set(requests.map((request) => request.body))], [JSON.stringify(body)]);
  assert.equal(requests[0].headers["X-CSRF-Token"], "token");
  assert.deepEqual(waits, [400, 1200]);
});

test("after four tries the page says that nobody answers", async () => {
  const { api, requests } = apiAnswering(...Array.from({ length: 4 }, () => new TypeError("network")));
  await assert.rejects(api.postUntilAnswered("/scan", { key: "k" }), Unreachable);
  assert.equal(requests.length, 4);
});

test("an answer cut in the middle is no answer: the same scan is sent again", async () => {
  const cut = new Response('{"verdict": "sig', { headers: { "Content-Type": "application/json" } });
  const { api } = apiAnswering(cut, answer({ verdict: "signed" }));
  assert.deepEqual(await api.postUntilAnswered("/scan", { key: "k" }), { verdict: "signed" });
});

test("a refusal is a sentence, and is not tried again", async () => {
  const { api, requests } = apiAnswering(answer({ detail: "Tapez trois lettres." }, 422, "application/problem+json"));
  await assert.rejects(api.postUntilAnswered("/search", { key: "k" }), new Problem("Tapez trois lettres."));
  assert.equal(requests.length, 1);
});

test("a page of HTML, as when logged out meanwhile, is told as unexpected", async () => {
  const { api } = apiAnswering(new Response("<!doctype html>", { headers: { "Content-Type": "text/html" } }));
  await assert.rejects(api.get("/keys"), new Problem("unexpected answer"));
});

test("keys are random UUIDs, also where the browser cannot make them itself", (t) => {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assert.match(newKey(), form);
  Object.defineProperty(globalThis.crypto, "randomUUID", { value: undefined, configurable: true });
  t.after(() => delete globalThis.crypto.randomUUID);
  assert.match(newKey(), form);
  assert.notEqual(newKey(), newKey());
});

test("what is kept without a network has the tick of green and never its colour", () => {
  assert.deepEqual([mannerOf("kept").colour, mannerOf("kept").shape], ["orange", "tick"]);
  assert.equal(mannerOf("kept", "green").colour, "orange");
  assert.equal(mannerOf("awaiting-review").shape, "warning");
});
