// How do rows stand in a table? Under named columns, numbers to the right.

import { node } from "./dom.js";
import { isBucket, isNumber, labelOf } from "./format.js";
import { word } from "./words.js";

/** More would make a page slow that shows them as a chart; a file has all. */
const ROWS_MAX = 1_000;

/** A plain table of the rows, with a caption for those who hear it. */
export function dataTable({ sheet, format, heading }, labels) {
  const { columns, rows: all } = sheet;
  const rows = all.slice(0, ROWS_MAX);
  const total = format.full(all.length);
  const cut = rows.length < all.length ? ` ${word("range", { first: 1, last: format.full(rows.length), total })}` : "";
  const head = columns.map((column) =>
    node("th", { scope: "col", class: alignment(column) }, columnName(column.name, labels)),
  );
  const body = rows.map((row) => node("tr", {}, ...row.map((value, at) => cellOf(value, columns, at, format))));
  return node(
    "table",
    {},
    node("caption", { class: "visually-hidden" }, heading + cut),
    node("thead", {}, node("tr", {}, ...head)),
    node("tbody", {}, ...body),
  );
}

/** One cell; the first of a row names it, where something is computed beside it. */
export function cellOf(value, columns, at, format) {
  const isNamed = at === 0 && columns.length > 1 && columns[0].role !== "property" && columns[0].role !== "value";
  const text = textFor(value, columns[at], format);
  const kind = cellClass(value, columns[at]) ?? (text.length <= BRIEF ? "brief" : "long");
  return node(isNamed ? "th" : "td", { scope: isNamed && "row", class: kind }, text);
}

/** As it is read: names of groups and steps, numbers whole, what was recorded as it is. */
export function textFor(value, { role }, format) {
  if (isBucket(value)) return format.time(value);
  if (role === "group" || role === "step") return format.name(value);
  return role === "value" ? (isNumber(value) ? format.full(value) : format.any(value)) : format.any(value);
}

const NAMES = { result: "result", timeframe: "time", step: "step", value: "value" };

export function columnName(name, labels) {
  return labelOf(name, labels) ?? (Object.hasOwn(NAMES, name) ? word(NAMES[name]) : name);
}

const alignment = ({ role }) => (role === "value" ? "number" : undefined);
const cellClass = (value, column) => (column.role === "value" || isNumber(value) ? "number" : undefined);
const BRIEF = 32;
