// Which row comes first? By one column; the values as they are, not as they are shown.

import { isBucket, isNumber, textOf } from "./format.js";

/** A new list; `sort` is `{ at, isDescending }`. What is missing comes last, either way. */
export function sortedRows(rows, sort) {
  if (sort === undefined) return rows;
  const { at, isDescending } = sort;
  const sign = isDescending ? -1 : 1;
  return rows.toSorted((left, right) => {
    const [one, other] = [left[at], right[at]];
    if (isMissing(one) || isMissing(other)) return Number(isMissing(one)) - Number(isMissing(other));
    return sign * compared(one, other);
  });
}

const isMissing = (value) => value === null || value === undefined;
const texts = new Intl.Collator(undefined, { numeric: true });

function compared(one, other) {
  if (isBucket(one) && isBucket(other)) return compared(one.start, other.start);
  // A number and a BigInt can be compared, not subtracted.
  if (isNumber(one) && isNumber(other)) return one < other ? -1 : one > other ? 1 : 0;
  if (isNumber(one) !== isNumber(other)) return isNumber(one) ? -1 : 1;
  return texts.compare(textOf(one), textOf(other));
}
