// What does no other queue begin with? 96 random bits, in hexadecimal digits.

export function seed() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
