/** The key of a device: made here, kept by the browser, and never handed out, not even to this page. */
import { toBase64 } from "./lines.js";

const KIND = { name: "ECDSA", namedCurve: "P-256" };

/**
 * @returns {Promise<{privateKey: CryptoKey, publicKey: string}>} The private half cannot be exported; the public one is
 *   the uncompressed point, 65 bytes, in base64.
 */
export async function makeKey() {
  const pair = await crypto.subtle.generateKey(KIND, false, ["sign"]);
  return { privateKey: pair.privateKey, publicKey: toBase64(await crypto.subtle.exportKey("raw", pair.publicKey)) };
}
