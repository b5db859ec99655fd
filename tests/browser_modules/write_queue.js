/** A device in Node, of the very modules that browsers load: it tells its public key, and writes the queue it is asked. */
import { createInterface } from "node:readline";

import { writeDown } from "../../attendance/static/device/entries.js";
import { makeKey } from "../../attendance/static/device/keys.js";
import { enrolmentLines, enteringLines, queueLines, signLines } from "../../attendance/static/device/lines.js";
import { memory } from "./devices.js";

const { privateKey, publicKey } = await makeKey();

const answers = {
  key: async () => ({ public_key: publicKey }),
  enrolment: async ({ token }) => ({ proof: await signLines(privateKey, enrolmentLines(token, publicKey)) }),
  entering: async ({ device_id, challenge }) => ({
    signature: await signLines(privateKey, enteringLines(device_id, challenge)),
  }),
  queue: async ({ device_id, told, seen_at }) => {
    const with_ = { store: memory(), identity: { deviceId: device_id, privateKey } };
    const entries = [];
    for (const one of told) {
      const undone = one.what === "undo" ? { undone_key: entries.at(-1).key } : {};
      entries.push((await writeDown(with_, { ...one, ...undone }, {}, new Date(seen_at))).entry);
    }
    const sent_at = new Date(seen_at).toISOString();
    const proofs = entries.map(({ proof }) => proof);
    return { device_id, sent_at, entries, signature: await signLines(privateKey, queueLines(device_id, sent_at, proofs)) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  console.log(JSON.stringify(await answers[asked.what](asked)));
}
