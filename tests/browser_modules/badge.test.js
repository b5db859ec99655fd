import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";

import { decodeBase45, normalise, parseBadge, verify } from "../../attendance/static/scanner/badge.js";
import { verifyEd25519, verifyWithLibrary } from "../../attendance/static/scanner/ed25519.js";
import { badge, encodeBase45, NUMBER, ORGANISATION, PUBLIC_KEY, publicKeyOf, RFC_8032 } from "./badges.js";

const LIBRARY = new URL("../../foundation/static/vendor/noble-ed25519.js", import.meta.url);
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const text = (decoded) => new TextDecoder().decode(decoded);
const against = (changes = {}) => ({
  organisationId: String(ORGANISATION),
  keys: [{ number: 1, publicKey: PUBLIC_KEY }],
  now: new Date("2026-04-14T09:30:00+02:00"),
  ...changes,
});
const stateOf = async (scanned, changes) => (await verify(scanned, against(changes))).state;

test("base45 decodes the examples of RFC 9285", () => {
  assert.equal(text(decodeBase45("BB8")), "AB");
  assert.equal(text(decodeBase45("%69 VD92EX0")), "Hello!!");
  assert.equal(text(decodeBase45("UJCLQE7W581")), "base-45");
  assert.equal(text(decodeBase45("QED8WEX0")), "ietf!");
  assert.deepEqual(decodeBase45(""), new Uint8Array());
});

test("base45 refuses what RFC 9285 calls invalid", () => {
  assert.equal(decodeBase45("GGW"), null, "65536 does not fit in two bytes");
  assert.equal(decodeBase45("ZZ"), null, "over 255 does not fit in one byte");
  assert.equal(decodeBase45("BB8B"), null, "a group of one letter");
  assert.equal(decodeBase45("bb8"), null, "small letters");
  assert.equal(decodeBase45("B_8"), null);
});

test("a scan is cleaned of control characters and symbology prefixes, and keeps its spaces", () => {
  assert.equal(normalise("]Q1PRPA B $%*+-./:\r\n"), "PRPA B $%*+-./:");
  assert.equal(normalise("\u0002]Q3PRP A\u001d B\u0003"), "PRP A B");
  assert.equal(normalise("]Q0]Q1"), "]Q1", "one prefix, no more");
  assert.equal(normalise("\ufeffPRP0\u0000\t"), "PRP0");
  assert.equal(normalise("prp w5"), "PRP W5", "Caps Lock on");
});

test("a badge is 146 characters, and says what it holds", () => {
  const scanned = badge();
  assert.equal(scanned.length, 146);
  const { keyNumber, organisationId, number, expiresAt, signed, signature } = parseBadge(scanned);
  assert.equal(keyNumber, 1);
  assert.equal(organisationId, ORGANISATION);
  assert.equal(number, NUMBER);
  assert.equal(expiresAt.toISOString(), "2033-05-18T03:33:20.000Z");
  assert.equal(signed.length, 31);
  assert.equal(signature.length, 64);
});

test("a good badge is recognised, whatever the scanner put around it", async () => {
  assert.deepEqual(await verify(badge(), against()), { state: "ok", number: NUMBER });
  assert.equal(await stateOf(`]Q1${badge()}\r\n`), "ok");
  assert.equal(await stateOf(badge().toLowerCase()), "ok");
});

test("each other state is told apart", async () => {
  assert.equal(await stateOf("https://example.org/"), "malformed");
  assert.equal(await stateOf("PRP"), "malformed");
  assert.equal(await stateOf(badge().slice(0, -3)), "malformed");
  assert.equal(await stateOf(badge({ version: 2 })), "malformed");
  assert.equal(await stateOf(badge({ purpose: 2 })), "malformed");
  assert.equal(await stateOf(badge({ organisation: ORGANISATION - 1n })), "foreign");
  assert.equal(await stateOf(badge({ keyNumber: 2 })), "unknown");
  assert.equal(await stateOf(badge({ seed: RFC_8032[1].seed })), "unknown");
  assert.equal(await stateOf(badge({ expiry: 1_700_000_000 })), "expired");
});

test("a badge expires at the very second it says", async () => {
  const expiry = 1_800_000_000;
  const at = (milliseconds) => stateOf(badge({ expiry }), { now: new Date(expiry * 1000 + milliseconds) });
  assert.equal(await at(-1), "ok");
  assert.equal(await at(0), "expired");
});

test("a badge signed by an older key is good while that key is listed", async () => {
  const old = { number: 7, publicKey: Buffer.from(RFC_8032[1].publicKey, "hex").toString("base64") };
  const scanned = badge({ keyNumber: 7, seed: RFC_8032[1].seed });
  assert.equal(await stateOf(scanned), "unknown");
  assert.equal(await stateOf(scanned, { keys: [old, { number: 1, publicKey: PUBLIC_KEY }] }), "ok");
});

test("one bit changed anywhere in the payload or the signature is found", async () => {
  const whole = decodeBase45(badge().slice(3));
  for (let at = 0; at < whole.length; at += 1) {
    const altered = Uint8Array.from(whole);
    altered[at] ^= 1;
    assert.notEqual(await stateOf(`PRP${encodeBase45(altered)}`), "ok", `byte ${at}`);
  }
});

test("the signatures of RFC 8032 are good, and not for another message", async () => {
  for (const { seed, publicKey, message, signature } of RFC_8032) {
    assert.equal(publicKeyOf(seed), publicKey);
    const key = Buffer.from(publicKey, "hex").toString("base64");
    assert.equal(await verifyEd25519(key, bytes(message), bytes(signature)), true);
    assert.equal(await verifyEd25519(key, bytes(`${message}00`), bytes(signature)), false);
  }
});

test("a browser without Ed25519 asks the library, and says so when there is none", async (t) => {
  const [{ publicKey, message, signature }] = RFC_8032;
  const key = Buffer.from(publicKey, "hex").toString("base64");
  t.mock.method(globalThis.crypto.subtle, "importKey", () => Promise.reject(new DOMException("", "NotSupportedError")));
  const library = `data:text/javascript,export const verifyAsync = async (s, m, p, o) => s.length === 64 && p.length === 32 && !o.zip215`;
  assert.equal(await verifyEd25519(key, bytes(message), bytes(signature), library), true);
  assert.equal(await verifyEd25519(key, bytes(message), bytes(signature)), null);
  assert.equal(await verifyEd25519(key, bytes(message), bytes(signature), "data:text/javascript,nothing here"), null);
  assert.equal(await stateOf(badge()), "unchecked");
});

test("the library itself agrees with RFC 8032", { skip: !existsSync(LIBRARY) && "browser files not fetched" }, async () => {
  for (const { publicKey, message, signature } of RFC_8032) {
    assert.equal(await verifyWithLibrary(LIBRARY.href, bytes(publicKey), bytes(message), bytes(signature)), true);
    assert.equal(await verifyWithLibrary(LIBRARY.href, bytes(publicKey), bytes(`${message}00`), bytes(signature)), false);
  }
});
