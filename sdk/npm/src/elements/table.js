// What does `<keyhole-table>` show? The rows of an answer, to be sorted and paged through.

import { KeyholeElement } from "./base.js";
import { cellOf, columnName } from "./data-table.js";
import { node } from "./dom.js";
import { csvOf, download, fileName } from "./export.js";
import { sortedRows } from "./sort.js";
import { word } from "./words.js";

const PAGE_SIZE = 10;

export class KeyholeTable extends KeyholeElement {
  #sort;
  #page = 0;

  isEmpty({ rows }) {
    return rows.length === 0;
  }

  /** The columns that the attribute `columns` names, in its order; else all. */
  sheetOf(answer) {
    const sheet = super.sheetOf(answer);
    const wanted = this.getAttribute("columns")
      ?.split(",")
      .map((name) => name.trim());
    if (wanted === undefined) return sheet;
    const places = wanted.map((name) => sheet.columns.findIndex((column) => column.name === name));
    const columns = wanted.map((name, at) => sheet.columns[places[at]] ?? { name, role: "property" });
    return { columns, rows: sheet.rows.map((row) => places.map((place) => row[place])) };
  }

  draw(body, context) {
    const { sheet, format, heading } = context;
    const { columns } = sheet;
    const labels = this.labels;
    const rows = sortedRows(sheet.rows, this.#sort);
    const size = Math.max(1, Math.trunc(Number(this.getAttribute("page-size")) || PAGE_SIZE));
    const pages = Math.ceil(rows.length / size);
    this.#page = Math.min(this.#page, pages - 1);
    const first = this.#page * size;
    const shown = rows.slice(first, first + size);
    const head = columns.map((column, at) => this.#header(column, at, labels));
    const lines = shown.map((row) => node("tr", {}, ...row.map((value, at) => cellOf(value, columns, at, format))));
    const table = node(
      "table",
      { part: "table" },
      node("caption", { class: "visually-hidden" }, heading),
      node("thead", {}, node("tr", {}, ...head)),
      node("tbody", {}, ...lines),
    );
    const focused = this.shadowRoot.activeElement?.dataset.control;
    const parts = [node("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": heading }, table)];
    if (pages > 1) parts.push(this.#foot(first, shown.length, rows.length, pages, format));
    body.replaceChildren(...parts);
    // What was pressed has been made anew.
    if (focused) this.shadowRoot.querySelector(`[data-control="${focused}"]:not(:disabled)`)?.focus();
    return {};
  }

  #header({ name, role }, at, labels) {
    const isSorted = this.#sort?.at === at;
    const direction = isSorted && this.#sort.isDescending ? "descending" : "ascending";
    const sort = () => {
      this.#sort = { at, isDescending: isSorted ? !this.#sort.isDescending : role === "value" };
      this.#page = 0;
      this.redraw();
    };
    const arrow = node("span", { class: "arrow", "aria-hidden": "true" }, direction === "descending" ? "▾" : "▴");
    const button = node(
      "button",
      { type: "button", onclick: sort, "data-control": `sort-${at}` },
      columnName(name, labels),
      arrow,
    );
    const attributes = { scope: "col", class: role === "value" ? "number" : undefined };
    return node("th", { ...attributes, ...(isSorted ? { "aria-sort": direction } : {}) }, button);
  }

  #foot(first, count, total, pages, format) {
    const turn = (step) => () => {
      this.#page += step;
      this.redraw();
    };
    const given = { first: format.full(first + 1), last: format.full(first + count), total: format.full(total) };
    const button = (text, step, isPossible) =>
      node(
        "button",
        { type: "button", onclick: turn(step), disabled: !isPossible, "data-control": `turn-${step}` },
        text,
      );
    return node(
      "div",
      { class: "foot", part: "foot" },
      node("span", { class: "range", "aria-live": "polite" }, node("bdi", {}, word("range", given))),
      button(word("previousPage"), -1, this.#page > 0),
      button(word("nextPage"), 1, this.#page < pages - 1),
    );
  }

  actions() {
    const save = () => download(fileName(this.getAttribute("heading"), "csv"), this.toCsv());
    return [{ text: word("downloadCsv"), act: save }];
  }

  /** Every row, in the order of the answer, as RFC 4180 has it. */
  toCsv() {
    return csvOf(this.sheet);
  }
}
