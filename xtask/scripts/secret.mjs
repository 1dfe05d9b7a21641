// How is a key string made outside the Worker? The same form as policy/src/secret.rs, held equal by a test.

import { createHash, randomBytes } from "node:crypto";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** `kh_<kind>_`, 43 letters and digits for 256 random bits, 6 for a checksum. */
export function makeSecret(kind, bytes = randomBytes(32)) {
  const before = `kh_${kind}_${base62(BigInt(`0x${Buffer.from(bytes).toString("hex")}`), 43)}`;
  return before + base62(BigInt(crc32(Buffer.from(before))), 6);
}

/** What the Worker finds the key by. */
export function hashOf(secret) {
  return createHash("sha256").update(secret).digest("hex");
}

function base62(number, digits) {
  let text = "";
  for (let at = 0; at < digits; at += 1) {
    text = DIGITS[Number(number % 62n)] + text;
    number /= 62n;
  }
  return text;
}

// node:zlib has it from Node 22 only, and this runs on 20 too.
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
