import assert from "node:assert/strict";
import { test } from "node:test";

import { writeDown } from "../../attendance/static/device/entries.js";
import { makeKey } from "../../attendance/static/device/keys.js";
import { entryLines, sha256, signLines } from "../../attendance/static/device/lines.js";
import { memory } from "./devices.js";

test("the hash is SHA-256 of the text in UTF-8 (FIPS 180-4, one block)", async () => {
  assert.equal(await sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.notEqual(await sha256("é"), await sha256("e"));
  assert.equal((await sha256("é")).length, 64);
});

test("the private half of a device's key cannot be taken out in any form", async () => {
  const { privateKey, publicKey } = await makeKey();
  assert.equal(privateKey.extractable, false);
  for (const format of ["jwk", "pkcs8", "raw"]) {
    await assert.rejects(crypto.subtle.exportKey(format, privateKey), format);
  }
  const point = Buffer.from(publicKey, "base64");
  assert.equal(point.length, 65);
  assert.equal(point[0], 4, "the uncompressed point");
});

test("a signature is r and s, and good under the public half alone", async () => {
  const [one, other] = [await makeKey(), await makeKey()];
  const signature = Buffer.from(await signLines(one.privateKey, ["a", "b"]), "base64");
  assert.equal(signature.length, 64);
  const isGood = async ({ publicKey }, text) => {
    const kind = { name: "ECDSA", namedCurve: "P-256" };
    const key = await crypto.subtle.importKey("raw", Buffer.from(publicKey, "base64"), kind, true, ["verify"]);
    return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, Buffer.from(text));
  };
  assert.equal(await isGood(one, "a\nb"), true);
  assert.equal(await isGood(one, "ab"), false);
  assert.equal(await isGood(other, "a\nb"), false);
});

test("every field of an entry is in the lines that are signed", async () => {
  const same = { counter: 1, key: "k", seen_at: "t", list_offset: 5, target: "desk:1", kind: "arrival", shown: "kept" };
  const entries = {
    scan: { what: "scan", badge: "PRP", drawing: "M1 1", ...same },
    undo: { what: "undo", undone_key: "u", ...same },
    statement: { what: "statement", attendee: "at:1:2", cause: "other", reason: "r", ...same },
  };
  for (const entry of Object.values(entries)) {
    const lines = await entryLines("device", entry);
    assert.equal(lines.length, 12);
    for (const field of Object.keys(entry)) {
      const another = { ...entry, [field]: field === "what" ? "other" : `${entry[field]}1` };
      if (field === "what") another.badge ??= "";
      assert.notDeepEqual(await entryLines("device", another), lines, `${entry.what}: ${field}`);
    }
    assert.notDeepEqual(await entryLines("another", entry), lines);
  }
});

test("an offset that was never measured is an empty line, and a measured zero is a nought", async () => {
  const entry = { what: "undo", undone_key: "u", counter: 1, key: "k", seen_at: "t", target: "", kind: "", shown: "" };
  assert.equal((await entryLines("device", { ...entry, list_offset: null }))[6], "");
  assert.equal((await entryLines("device", { ...entry, list_offset: 0 }))[6], "0");
});

test("entries are numbered one after another and lie in the queue before anybody hears of them", async () => {
  const store = memory();
  const with_ = { store, identity: { deviceId: "device", privateKey: (await makeKey()).privateKey } };
  const told = { what: "scan", badge: "PRP", drawing: null, target: "desk:1", kind: "arrival" };
  const written = await Promise.all([1, 2, 3].map(() => writeDown(with_, told, {})));
  assert.deepEqual(written.map(({ counter }) => counter).sort(), [1, 2, 3]);
  assert.equal(new Set(written.map(({ entry }) => entry.key)).size, 3);
  assert.deepEqual((await store.waiting()).map(({ counter }) => counter), [1, 2, 3]);
  assert.match(written[0].entry.seen_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});
