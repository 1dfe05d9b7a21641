// Where does chance come from? The platform's cryptographic generator, a pool at a time.

const BYTES = 16;
const pool = new Uint8Array(BYTES * 64);
let used = pool.length;

/** 16 random bytes, used once; valid until the next call refills the pool. */
export function randomBytes() {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  used += BYTES;
  return pool.subarray(used - BYTES, used);
}
