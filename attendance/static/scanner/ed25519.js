/** Ed25519 signatures: WebCrypto where it knows them, else a library fetched only then (older phones). */

/**
 * @param {string} publicKey 32 bytes in base64.
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 * @param {string} [fallbackUrl] Where @noble/ed25519 is served.
 * @returns {Promise<boolean|null>} Null when this browser has no way to tell.
 */
export async function verifyEd25519(publicKey, message, signature, fallbackUrl) {
  const raw = Uint8Array.from(atob(publicKey), (letter) => letter.charCodeAt(0));
  try {
    const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
  } catch {
    return fallbackUrl ? verifyWithLibrary(fallbackUrl, raw, message, signature) : null;
  }
}

/**
 * @param {string} url
 * @param {Uint8Array} publicKey
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 * @returns {Promise<boolean|null>}
 */
export async function verifyWithLibrary(url, publicKey, message, signature) {
  try {
    const library = await import(url);
    return await library.verifyAsync(signature, message, publicKey, { zip215: false });
  } catch {
    return null;
  }
}
