// How does an integer beyond 2^53 come out of JSON as it was sent? As a BigInt.

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** `JSON.parse`, but that integers which a number cannot hold exactly are BigInts. */
export function parseExactly(text) {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  // No text of the answer holds it, so none is taken for a number.
  let mark = "int:";
  while (text.includes(mark)) mark = `.${mark}`;
  const marked = text.replace(STRING_OR_NUMBER, (token) => (isLarge(token) ? `"${mark}${token}"` : token));
  return JSON.parse(marked, (name, value) =>
    typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

function isLarge(token) {
  return /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token));
}
