import assert from "node:assert/strict";
import { test } from "node:test";

import { createDoor, Refused } from "../../attendance/static/device/door.js";
import { makeKey } from "../../attendance/static/device/keys.js";
import { batchOf, Sender, waitAfter } from "../../attendance/static/device/sending.js";
import { Problem, Unreachable } from "../../attendance/static/scanner/api.js";
import { memory, waitingEntry } from "./devices.js";

function senderOver(store, send) {
  const log = { sent: [], answered: [], later: [] };
  const sender = new Sender({
    store,
    send: async (entries) => {
      log.sent.push(entries.map(({ key }) => key));
      return send(entries);
    },
    onAnswer: ({ counter }) => void log.answered.push(counter),
    later: (task, milliseconds) => void log.later.push(milliseconds),
  });
  return { sender, log };
}

const signed = (entries) => entries.map(({ key }) => ({ key, verdict: "signed" }));
const some = (count) => Array.from({ length: count }, (_, number) => waitingEntry(number + 1));

test("what waits leaves oldest first, two hundred at a time, and is gone once it is answered", async () => {
  const store = memory(...some(450).reverse());
  const { sender, log } = senderOver(store, signed);
  await sender.kick();
  assert.deepEqual(log.sent.map((keys) => keys.length), [200, 200, 50]);
  assert.deepEqual(log.sent.flat(), some(450).map(({ entry }) => entry.key));
  assert.equal(store.queue.size, 0);
  assert.equal(sender.unsent, 0);
});

test("nobody answers: everything stays, and the waits grow to a minute", async () => {
  const store = memory(...some(3));
  const { sender, log } = senderOver(store, () => {
    throw new Unreachable();
  });
  for (let time = 0; time < 8; time += 1) await sender.kick();
  assert.equal(store.queue.size, 3);
  assert.equal(sender.isAway, true);
  assert.deepEqual(log.later, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  assert.deepEqual([1, 7, 40].map(waitAfter), [1000, 60_000, 60_000]);
});

test("an entry is out of the queue only after its answer was noted", async () => {
  const store = memory(waitingEntry(1));
  const { sender } = senderOver(store, signed);
  let sizeWhenNoted = 0;
  sender.onAnswer = () => {
    sizeWhenNoted = store.queue.size;
  };
  await sender.kick();
  assert.deepEqual([sizeWhenNoted, store.queue.size], [1, 0]);
});

test("a queue that the server cannot read is sent one by one, and only what is unreadable stays behind", async () => {
  const store = memory(...some(4));
  const { sender, log } = senderOver(store, (entries) => {
    if (entries.some(({ key }) => key === "key-2")) throw new Problem("unreadable");
    return signed(entries);
  });
  await sender.kick();
  assert.deepEqual(log.answered, [1, 3, 4]);
  assert.deepEqual([...store.queue.values()].map(({ refused }) => refused), ["unreadable"]);
  await sender.kick();
  assert.equal(log.sent.flat().filter((key) => key === "key-2").length, 2, "once with the others, once alone");
});

test("a device that is refused tries again, and drops nothing", async () => {
  const store = memory(waitingEntry(1));
  const { sender, log } = senderOver(store, () => {
    throw new Refused();
  });
  await sender.kick();
  assert.deepEqual([sender.isRefused, store.queue.size, log.later.length], [true, 1, 1]);
});

test("what is put in while the queue is being sent leaves with the same run", async () => {
  const store = memory(waitingEntry(1));
  const { sender, log } = senderOver(store, async (entries) => {
    if (entries[0].key === "key-1") {
      await store.append(waitingEntry(2));
      sender.kick();
    }
    return signed(entries);
  });
  await sender.kick();
  assert.deepEqual(log.answered, [1, 2]);
});

test("the answer reaches who waits for it, and nobody waits longer than they said", async () => {
  const store = memory(waitingEntry(1));
  const { sender } = senderOver(store, signed);
  const answer = sender.answerTo("key-1", 1000);
  const never = sender.answerTo("key-9", 5);
  await sender.kick();
  assert.equal((await answer).verdict, "signed");
  assert.equal(await never, null);
});

test("an answer that comes as the patience ends is either shown or told to the list, never lost", async () => {
  const store = memory(waitingEntry(1));
  const { sender } = senderOver(store, signed);
  const seen = [];
  sender.onAnswer = () => void seen.push("list");
  store.remove = async (counter) => {
    await new Promise((resume) => setTimeout(resume, 20));
    store.queue.delete(counter);
  };
  const answer = sender.answerTo("key-1", 10);
  await sender.kick();
  assert.deepEqual([(await answer)?.verdict, seen], ["signed", ["list"]]);
});

test("long drawings make shorter batches, of one entry at least", () => {
  const drawn = some(60).map((one) => ({ ...one, entry: { ...one.entry, drawing: "L1 1".repeat(5000) } }));
  const batch = batchOf(drawn);
  assert.ok(batch.length > 1 && JSON.stringify(batch).length < 600_000, String(batch.length));
  assert.equal(batchOf([waitingEntry(1, { drawing: "x".repeat(900_000) })]).length, 1);
});

const json = (body, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

test("only a sentence of our own server ends a device; a network's log-in page is no answer", async () => {
  const { privateKey } = await makeKey();
  const identity = { deviceId: "d", privateKey };
  const door = (response) => createDoor({ unexpected: "unexpected", fetch: async () => response });
  const page = (status) => new Response("<html>", { status, headers: { "Content-Type": "text/html" } });
  await assert.rejects(door(json({ detail: "no" }, 401)).comeIn(identity), Refused);
  await assert.rejects(door(page(401)).comeIn(identity), Unreachable);
  await assert.rejects(door(page(200)).comeIn(identity), Unreachable);
  await assert.rejects(door(json({}, 500)).comeIn(identity), Unreachable);
  await assert.rejects(door(json({}, 429)).comeIn(identity), Unreachable);
  await assert.rejects(door(json({ detail: "no" }, 422)).comeIn(identity), Problem);
});

test("the offset is the server's time against the middle of the round trip", async (context) => {
  const asked = Date.parse("2026-04-13T10:00:00Z");
  context.mock.timers.enable({ apis: ["Date"], now: asked });
  const fetch = async () => {
    context.mock.timers.setTime(asked + 400);
    return json({ server_time: new Date(asked + 3_600_200).toISOString() });
  };
  const { offset } = await createDoor({ unexpected: "", fetch }).fetchDay("token");
  assert.equal(offset, 3_600_000);
});
