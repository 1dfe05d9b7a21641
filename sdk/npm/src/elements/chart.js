// What does `<keyhole-chart>` show? An answer as a chart, and the same numbers as a table.

import { KeyholeError } from "../error.js";
import { KeyholeElement } from "./base.js";
import { columnName, dataTable } from "./data-table.js";
import { node } from "./dom.js";
import { csvOf, download, fileName, pngOf } from "./export.js";
import { funnelConfiguration } from "./funnel.js";
import { heatmapConfiguration } from "./heatmap.js";
import { walkable } from "./keyboard.js";
import { commonOptions } from "./options.js";
import { seriesOf } from "./series.js";
import { configuration, position } from "./shapes.js";
import { word } from "./words.js";

const TYPES = ["line", "area", "bar", "stacked", "horizontal-bar", "pie", "donut", "funnel", "heatmap"];
let engine;

/** Loaded with the first chart. */
async function loadEngine() {
  try {
    engine ??= (await import("./chart-engine.js")).Chart;
  } catch (cause) {
    throw new KeyholeError({ message: "The chart could not be loaded.", errorCode: "NetworkError", cause });
  }
}

export class KeyholeChart extends KeyholeElement {
  #isTable = false;

  prepare() {
    return engine === undefined ? loadEngine() : undefined;
  }

  // While the answer is on its way.
  async fetchAnswer(...question) {
    const loading = loadEngine();
    loading.catch(() => {});
    return super.fetchAnswer(...question);
  }

  /** Its attribute, or what fits the answer. */
  get type() {
    const type = this.getAttribute("type");
    if (TYPES.includes(type)) return type;
    if (type !== null) throw new TypeError(`Keyhole: type is one of ${TYPES.join(", ")}; '${type}' is none.`);
    const { axis, series } = seriesOf(this.sheet);
    return { time: series.length > 1 ? "line" : "area", step: "funnel", group: "horizontal-bar" }[axis] ?? "bar";
  }

  draw(body, context) {
    const drawn = named(seriesOf(context.sheet), context, this.labels);
    const hasNumbers = drawn.series.some(({ values }) => values.some((value) => position(value) !== null));
    if (!hasNumbers) throw new TypeError("Keyhole: there are no numbers in this answer to draw.");
    const summary = summaryOf(drawn, context);
    const table = dataTable(context, this.labels);
    if (this.#isTable) {
      body.replaceChildren(
        node("div", { class: "scroll as-table", tabindex: "0", role: "group", "aria-label": context.heading }, table),
      );
      return { png: undefined };
    }
    const canvas = node("canvas", { "aria-hidden": "true" });
    const live = node("div", { class: "visually-hidden", "aria-live": "polite" });
    const stage = node(
      "div",
      { class: "canvas", part: "chart", tabindex: "0", role: "img", "aria-label": summary },
      canvas,
    );
    body.replaceChildren(stage, live, node("div", { class: "visually-hidden" }, table));
    const type = this.type;
    const shape = { funnel: funnelConfiguration, heatmap: heatmapConfiguration }[type];
    const place = { ...context, canvas };
    const made = shape ? shape(drawn, place) : configuration(type, drawn, place);
    const { options, ...rest } = made;
    const chart = new engine(canvas, { ...rest, options: { ...commonOptions(type, drawn, place), ...options } });
    walkable(stage, chart, live, (at) => spoken(drawn, at, context));
    return { destroy: () => chart.destroy(), png: () => pngOf(canvas, context) };
  }

  actions() {
    const save = (ending, content) => download(fileName(this.getAttribute("heading"), ending), content);
    const toggle = () => {
      this.#isTable = !this.#isTable;
      this.redraw();
    };
    const list = [
      { text: word(this.#isTable ? "showChart" : "showTable"), act: toggle },
      { text: word("downloadCsv"), act: () => save("csv", this.toCsv()) },
    ];
    if (!this.#isTable) list.push({ text: word("downloadPng"), act: async () => save("png", await this.toPng()) });
    return list;
  }

  /** Every row, as RFC 4180 has it. */
  toCsv() {
    return csvOf(this.sheet);
  }

  /** A PNG of the chart as it stands there, as a Blob. Rejects while no chart is shown. */
  async toPng() {
    if (this.drawn?.png === undefined) throw new TypeError("Keyhole: no chart is shown.");
    return this.drawn.png();
  }
}

/** Series and categories by the names they are shown under. */
function named(drawn, { format }, labels) {
  const nameOf = ({ name }) => name.map((part) => (part === "result" ? columnName(part, labels) : format.name(part)));
  return {
    ...drawn,
    labels: drawn.categories.map((category) => format.name(category)),
    names: drawn.series.map((series) => nameOf(series).join(", ")),
  };
}

function summaryOf({ series, labels, names }, { heading, format }) {
  const [first] = series;
  const walk = word("points", { label: heading, count: labels.length });
  if (series.length > 1) return `${walk} ${names.join("; ")}.`;
  let highest = 0;
  for (const [at, value] of first.values.entries()) {
    if (Number(value ?? -Infinity) > Number(first.values[highest] ?? -Infinity)) highest = at;
  }
  const most = word("highest", { label: labels[highest], value: format.full(first.values[highest]) });
  return `${walk} ${most}`;
}

/** What a screen reader says at one place along the chart. */
function spoken({ series, labels, names }, at, { format }) {
  const values = series.map(({ values: list }, index) => {
    const value = format.full(list[at]);
    return series.length > 1 ? `${names[index]} ${value}` : value;
  });
  return `${labels[at]}: ${values.join("; ")}`;
}
