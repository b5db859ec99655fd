/** What a device says to the server, and hears: to enrol, to come in, to fetch the list, to send its queue. */
import { Problem, Unreachable } from "../scanner/api.js";
import { enrolmentLines, enteringLines, queueLines, signLines } from "./lines.js";

/** This device is not let in any more: revoked, ended, or unknown. */
export class Refused extends Error {}

const BASE = "/api/v1";
const PATIENCE = 15_000;
const LATER = new Set([408, 425, 429]);

/**
 * @param {object} options
 * @param {string} options.unexpected What to say when an answer is no JSON.
 * @param {typeof fetch} [options.fetch]
 */
export function createDoor({ unexpected, fetch = globalThis.fetch.bind(globalThis) }) {
  const ask = (path, body, token) => request(fetch, unexpected, path, { body, token });

  return {
    /**
     * @param {string} token The one-time token of the link.
     * @param {{privateKey: CryptoKey, publicKey: string}} key
     */
    async enrol(token, { privateKey, publicKey }) {
      const proof = await signLines(privateKey, enrolmentLines(token, publicKey));
      return ask("/device-enrolments", { token, public_key: publicKey, proof });
    },

    /**
     * @param {import("./store.js").Identity} identity
     * @returns {Promise<string>} A bearer token, good for some hours.
     */
    async comeIn({ deviceId, privateKey }) {
      const { challenge } = await ask("/device-challenges", { device_id: deviceId });
      const signature = await signLines(privateKey, enteringLines(deviceId, challenge));
      return (await ask("/device-sessions", { device_id: deviceId, challenge, signature })).token;
    },

    /**
     * @param {string} token
     * @returns {Promise<import("./day.js").Day>} With the milliseconds by which this clock is behind the server's.
     */
    async fetchDay(token) {
      const asked = Date.now();
      const list = await ask("/device-day", undefined, token);
      const answered = Date.now();
      return { list, offset: Math.round(Date.parse(list.server_time) - (asked + answered) / 2), fetchedAt: answered };
    },

    /**
     * @param {import("./store.js").Identity} identity
     * @param {import("./lines.js").Entry[]} entries
     * @returns {Promise<object[]>} The answers, in the same order.
     */
    async sendQueue({ deviceId, privateKey }, entries) {
      const sentAt = new Date().toISOString();
      const lines = queueLines(deviceId, sentAt, entries.map(({ proof }) => proof));
      const signature = await signLines(privateKey, lines);
      return (await ask("/device-queues", { device_id: deviceId, sent_at: sentAt, entries, signature })).results;
    },

    /**
     * @param {string} query
     * @param {string} token
     */
    searchAtKiosk: (query, token) => ask("/kiosk/searches", { query }, token),

    /**
     * @param {object} signature
     * @param {string} token
     */
    signAtKiosk: (signature, token) => ask("/kiosk/signatures", signature, token),
  };
}

async function request(fetch, unexpected, path, { body, token }) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  const options = { method: body ? "POST" : "GET", body: body && JSON.stringify(body), headers };
  let response;
  let answer = null;
  try {
    response = await fetch(BASE + path, { ...options, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    answer = isJson(response) ? await response.json() : null;
  } catch {
    throw new Unreachable();
  }
  if (response.status >= 500 || LATER.has(response.status)) throw new Unreachable(answer?.detail);
  // A network that asks for a log-in of its own answers everything with a page: nobody of ours has spoken.
  if (answer === null) throw new Unreachable();
  if (response.status === 401) throw new Refused(answer.detail ?? unexpected);
  if (!response.ok) throw new Problem(answer.detail ?? unexpected);
  return answer;
}

/** @param {Response} response */
function isJson(response) {
  return /[/+]json\b/.test(response.headers.get("Content-Type") ?? "");
}
