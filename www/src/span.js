// Which years are looked at, and what are they compared with?

const FIRST_YEAR = 1990;
const LAST_YEAR = 2002;
/** The events end in the middle of their last year; a comparison must not pretend otherwise. */
const END_OF_EVENTS = "2002-07-26T00:00:00.000Z";

const startOf = (year) => `${year}-01-01T00:00:00.000Z`;
const earlier = (left, right) => (left < right ? left : right);

function span(first, last) {
  const id = first === last ? String(first) : `${first}-${last}`;
  return {
    id,
    label: id.replace("-", "–"),
    years: last - first + 1,
    timeframe: { start: startOf(first), end: earlier(startOf(last + 1), END_OF_EVENTS) },
    compared: compared(first, last),
  };
}

/** Two timeframes of equal length: `current`, and `previous` as many years before it. */
function compared(first, last) {
  const years = last - first + 1;
  if (first - years >= FIRST_YEAR) return pair(first, last, years);
  // Nothing lies before all the years: the last whole one against the one before it.
  return pair(LAST_YEAR - 1, LAST_YEAR - 1, 1);
}

function pair(first, last, years) {
  const end = earlier(startOf(last + 1), END_OF_EVENTS);
  const previousEnd = `${Number(end.slice(0, 4)) - years}${end.slice(4)}`;
  const label = (from, to) => (from === to ? String(from) : `${from}–${to}`);
  const partly = end === END_OF_EVENTS ? "the same months of " : "";
  return {
    current: { start: startOf(first), end },
    previous: { start: startOf(first - years), end: previousEnd },
    currentLabel: label(first, last),
    previousLabel: partly + label(first - years, last - years),
  };
}

export const everything = span(FIRST_YEAR, LAST_YEAR);

const spans = [everything, span(1999, LAST_YEAR), span(1995, 1998), span(1991, 1994)];
const years = Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, at) => span(LAST_YEAR - at, LAST_YEAR - at));

/** Fills a select with the spans and calls back with the one chosen. */
export function offerSpans(select, choose) {
  const option = ({ id, label }) => new Option(label, id);
  const group = (label, members) => {
    const node = document.createElement("optgroup");
    node.label = label;
    node.append(...members.map(option));
    return node;
  };
  select.append(group("Several years", spans), group("One year", years));
  select.addEventListener("change", () => {
    choose([...spans, ...years].find(({ id }) => id === select.value) ?? everything);
  });
}
