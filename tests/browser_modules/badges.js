/** Badges made by the test itself with Node's own Ed25519, never with the code under test. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const SEED_HEADER = Buffer.from("302e020100300506032b657004220420", "hex");

/** RFC 8032, section 7.1, tests 1 to 3. */
export const RFC_8032 = [
  {
    seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
];

export const ORGANISATION = 8_070_450_532_247_928_833n;
export const PUBLIC_KEY = Buffer.from(RFC_8032[0].publicKey, "hex").toString("base64");
export const NUMBER = "000102030405060708090a0b0c0d0e0f";

/** @param {string} seed In hexadecimal. */
export function privateKey(seed) {
  return createPrivateKey({ key: Buffer.concat([SEED_HEADER, Buffer.from(seed, "hex")]), format: "der", type: "pkcs8" });
}

/** @param {string} seed In hexadecimal. */
export function publicKeyOf(seed) {
  return createPublicKey(privateKey(seed)).export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
}

/** @param {Uint8Array} bytes */
export function encodeBase45(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const isPair = at + 1 < bytes.length;
    let value = isPair ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
    for (let digit = 0; digit < (isPair ? 3 : 2); digit += 1) {
      text += ALPHABET[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return text;
}

/** The text of a badge; any part can be another. */
export function badge({
  version = 1,
  keyNumber = 1,
  organisation = ORGANISATION,
  purpose = 1,
  number = NUMBER,
  expiry = 2_000_000_000,
  seed = RFC_8032[0].seed,
} = {}) {
  const payload = Buffer.alloc(31);
  payload.writeUInt8(version, 0);
  payload.writeUInt8(keyNumber, 1);
  payload.writeBigUInt64BE(organisation, 2);
  payload.writeUInt8(purpose, 10);
  Buffer.from(number, "hex").copy(payload, 11);
  payload.writeUInt32BE(expiry, 27);
  return `PRP${encodeBase45(Buffer.concat([payload, sign(null, payload, privateKey(seed))]))}`;
}
