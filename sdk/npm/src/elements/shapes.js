// How is each type of chart drawn? By a configuration of Chart.js, made of series.

import { faded } from "./palette.js";
import { timeTicks } from "./ticks.js";

const TICK_WIDTH = 74;
const LABEL_MAX = 24;
/** So many columns or bars all bear their label, however it must be turned. */
const ALL_LABELS = 12;

/** `{ type, data, options }` for one of `line area bar stacked horizontal-bar pie donut`. */
export function configuration(type, drawn, context) {
  const shape = { pie: round, donut: round }[type] ?? axes;
  return shape(type, drawn, context);
}

function axes(type, { axis, categories, series, names, labels }, context) {
  const { palette, format, isRightToLeft } = context;
  const isLine = type === "line" || type === "area";
  const isLying = type === "horizontal-bar";
  const isStacked = type === "stacked";
  const datasets = series.map(({ values }, at) => ({
    label: names[at],
    data: values.map(position),
    ...(isLine ? line(type, at, series.length, context) : bar(at, series.length, palette, isStacked)),
  }));
  const along = {
    ...labelScale(palette, isLying, labels.length),
    stacked: isStacked,
    reverse: isRightToLeft && !isLying,
  };
  if (axis === "time") Object.assign(along, timeScale(categories, palette, format));
  else if (!isLying) along.ticks.callback = (_, at) => shortened(labels[at], 14);
  else along.ticks.callback = (_, at) => shortened(labels[at], LABEL_MAX);
  const value = { ...valueScale(palette, format), stacked: isStacked, reverse: isRightToLeft && isLying };
  if (isRightToLeft) (isLying ? along : value).position = "right";
  return {
    type: isLine ? "line" : "bar",
    data: { labels, datasets },
    options: {
      indexAxis: isLying ? "y" : "x",
      // Of a reversed axis Chart.js does not see how far the last label reaches.
      layout: { padding: isRightToLeft && !isLying ? { left: 22 } : 0 },
      scales: isLying ? { x: value, y: along } : { x: along, y: value },
      interaction: { mode: "index", axis: isLying ? "y" : "x", intersect: false },
    },
  };
}

function line(type, at, count, { palette, canvas }) {
  const colour = count === 1 ? palette.accent : palette.series[at % palette.series.length];
  const soft = count === 1 ? palette.soft : faded(canvas.getContext("2d"), colour, 0.14);
  return {
    borderColor: colour,
    backgroundColor: soft,
    borderWidth: count === 1 ? 1.75 : 2,
    // Colours come again after the eighth; dashes tell them apart.
    borderDash: at < palette.series.length ? [] : [5, 4],
    pointRadius: 0,
    pointHitRadius: 12,
    pointHoverRadius: 4,
    pointHoverBackgroundColor: colour,
    fill: type === "area",
    // Smooth without swinging below what was counted.
    cubicInterpolationMode: "monotone",
  };
}

function bar(at, count, palette, isStacked) {
  const colour = count === 1 ? palette.accent : palette.series[at % palette.series.length];
  return {
    backgroundColor: colour,
    hoverBackgroundColor: count === 1 ? palette.strong : colour,
    borderColor: palette.surface,
    borderWidth: isStacked ? { top: 1 } : 0,
    borderRadius: isStacked ? 0 : 4,
    borderSkipped: "start",
    maxBarThickness: 34,
    barPercentage: count === 1 ? 0.78 : 0.9,
    categoryPercentage: count === 1 ? 0.92 : 0.8,
  };
}

function round(type, { series, labels }, { palette }) {
  const [first] = series;
  const colours = labels.map((_, at) => palette.series[at % palette.series.length]);
  const places = first.values.map(position);
  const largest = places.reduce((most, place) => Math.max(most, Math.abs(place)), 0) || 1;
  // As parts of the largest: Chart.js does not come back from a sum near the end of what a number holds.
  const data = places.map((place) => (place === null ? null : place / largest));
  const dataset = { data, backgroundColor: colours };
  Object.assign(dataset, { borderColor: palette.surface, borderWidth: 2, hoverOffset: 3 });
  return {
    type: type === "pie" ? "pie" : "doughnut",
    data: { labels, datasets: [dataset] },
    options: { cutout: type === "pie" ? 0 : "66%", layout: { padding: 4 } },
  };
}

/** Where a value stands on the axis: as a number. What is none has no place. */
export function position(value) {
  if (value === null || value === undefined || typeof value === "boolean" || value === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

export const labelScale = (palette, isLying, count = 0) => ({
  border: { display: false },
  grid: { display: false },
  ticks: {
    color: isLying ? palette.strong : palette.text,
    autoSkip: count > ALL_LABELS,
    maxRotation: isLying || count > ALL_LABELS ? 0 : 40,
    autoSkipPadding: 8,
  },
});

const valueScale = (palette, format) => ({
  beginAtZero: true,
  border: { display: false },
  grid: { color: palette.grid },
  ticks: { color: palette.text, maxTicksLimit: 5, callback: (value) => format.short(value) },
});

/** Labels where larger units begin, as many as fit. */
function timeScale(buckets, palette, format) {
  let ticks = new Map();
  return {
    ticks: { color: palette.text, autoSkip: false, maxRotation: 0, callback: (at) => ticks.get(at) },
    afterBuildTicks(scale) {
      ticks = timeTicks(buckets, format, Math.max(2, Math.floor(scale.chart.width / TICK_WIDTH)));
      scale.ticks = [...ticks.keys()].map((value) => ({ value }));
    },
  };
}

export function shortened(text, length) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
