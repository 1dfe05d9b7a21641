// Which bytes does a text of the build tool hold? One character for a low value, two for the others.

/** Printable ASCII without what ends a string or is taken for markup; the first two are prefixes. */
const ALPHABET = "!#%&()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~";
const PREFIXES = 2;
const THIRD = ALPHABET.length - PREFIXES;

export function bytesOf(text) {
  const places = new Uint8Array(128);
  for (let place = 0; place < ALPHABET.length; place += 1) places[ALPHABET.charCodeAt(place)] = place;
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let below = 0;
  for (let at = 0; at < text.length; at += 1) {
    const place = places[text.charCodeAt(at)];
    if (place < PREFIXES) {
      below = (place + 1) * THIRD;
      continue;
    }
    bytes[length] = below + place - PREFIXES;
    length += 1;
    below = 0;
  }
  return bytes.subarray(0, length);
}
