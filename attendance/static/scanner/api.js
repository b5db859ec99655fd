/** JSON to and from the server. A «no» is a sentence (problem details, RFC 9457); no answer at all is tried again. */

/** The server said no, and why. */
export class Problem extends Error {}

/** Nobody answered: whether the server has recorded anything is not known. */
export class Unreachable extends Error {}

const DELAYS = [400, 1200, 3000];
const PATIENCE = 8000;
const AWAY = new Set([502, 503, 504]);

/**
 * @param {object} options
 * @param {string|null} options.csrfToken
 * @param {string} options.unexpected What to say when the answer is no JSON (most often: logged out meanwhile).
 * @param {typeof fetch} [options.fetch]
 * @param {(milliseconds: number) => Promise<void>} [options.wait]
 */
export function createApi({ csrfToken, unexpected, fetch = globalThis.fetch.bind(globalThis), wait = sleep }) {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  if (csrfToken) headers["X-CSRF-Token"] = csrfToken;

  const once = async (url, options) => {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), PATIENCE);
    try {
      const response = await fetch(url, { ...options, headers, credentials: "same-origin", signal: abort.signal });
      if (AWAY.has(response.status)) throw new Unreachable();
      return await read(response, unexpected);
    } catch (error) {
      throw error instanceof Problem ? error : new Unreachable();
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    /** @param {string} url */
    get: (url) => once(url, { method: "GET" }),

    /**
     * @param {string} url
     * @param {object} body
     */
    post: (url, body) => once(url, { method: "POST", body: JSON.stringify(body) }),

    /**
     * Sends the very same body again while nobody answers. Its key makes that harmless: the server gives its first answer.
     * @param {string} url
     * @param {{key: string}} body
     */
    async postUntilAnswered(url, body) {
      for (const delay of DELAYS) {
        try {
          return await this.post(url, body);
        } catch (error) {
          if (!(error instanceof Unreachable)) throw error;
          await wait(delay);
        }
      }
      return this.post(url, body);
    },
  };
}

/**
 * @param {Response} response
 * @param {string} unexpected
 */
async function read(response, unexpected) {
  if (!/[/+]json\b/.test(response.headers.get("Content-Type") ?? "")) throw new Problem(unexpected);
  const answer = await response.json();
  if (!response.ok) throw new Problem(answer.detail ?? unexpected);
  return answer;
}

/** @param {number} milliseconds */
function sleep(milliseconds) {
  return new Promise((resume) => setTimeout(resume, milliseconds));
}

/** @returns {string} A random UUID, also where the page is not served over https. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
