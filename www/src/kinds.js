// Which tiles has a dashboard, and how does each show its answer?

import { areaChart, barChart, columnChart, ringChart } from "./charts.js";
import { element } from "./element.js";
import { counts, money, monthOf, share, shortMonthOf, yearOf } from "./format.js";
import { paletteAt } from "./palette.js";
import {
  costOverTime,
  phasesOfFlight,
  strikesPerMonth,
  timesOfDay,
  topSpecies,
  totalCost,
  totalStrikes,
} from "./questions.js";

const nothing = (points) => points.every(({ value }) => value === 0);

export const kinds = [
  { id: "total", size: "metric", title: () => "Strikes", ask: totalStrikes, draw: metric(counts) },
  { id: "cost", size: "metric", title: () => "Total cost", ask: totalCost, draw: metric(money) },
  {
    id: "months",
    size: "wide",
    title: () => "Strikes per month",
    ask: strikesPerMonth,
    isEmpty: nothing,
    draw: (body, points, context) =>
      chart(body, areaChart, monthly(points, context.span), { ...context, numbers: counts }),
  },
  {
    id: "species",
    size: "wide tile-tall",
    title: () => "Most frequent identified species",
    ask: topSpecies,
    isEmpty: nothing,
    draw: (body, points, context) => chart(body, barChart, points, { ...context, numbers: counts }),
  },
  {
    id: "phases",
    size: "half",
    title: () => "Phase of flight",
    ask: phasesOfFlight,
    isEmpty: nothing,
    draw: (body, points, context) => chart(body, barChart, points, { ...context, numbers: counts }),
  },
  { id: "daytime", size: "half", title: () => "Time of day", ask: timesOfDay, isEmpty: nothing, draw: ring },
  {
    id: "costs",
    size: "wide",
    title: ({ years }) => (years === 1 ? "Cost per month" : "Cost per year"),
    ask: costOverTime,
    isEmpty: nothing,
    emptyText: "No cost was reported in these years.",
    draw: (body, points, context) => {
      const label = context.span.years === 1 ? monthOf : yearOf;
      return chart(body, columnChart, dated(points, label), { ...context, numbers: money });
    },
  },
];

function dated(points, label) {
  return points.map(({ start, value }) => ({ label: label(start), value }));
}

/** One tick a month within a year; else the years, every other one when there are many. */
function monthly(points, { years }) {
  const step = years > 6 ? 24 : 12;
  return points.map(({ start, value }, at) => {
    const tick = years === 1 ? shortMonthOf(start) : at % step === 0 ? yearOf(start) : undefined;
    return { label: monthOf(start), value, tick };
  });
}

function metric(numbers) {
  return (body, { total, note }) => {
    const figure = element(
      "p",
      { class: "metric", "data-value": total, title: numbers.full(total) },
      numbers.short(total),
    );
    body.append(figure, element("p", { class: "metric-note" }, note));
  };
}

/** Draws with `drawChart` and puts the same numbers in a table for those who do not see it. */
function chart(body, drawChart, points, { title, place, numbers, span }) {
  const largest = points.reduce((most, point) => (point.value > most.value ? point : most));
  const summary = `${title} at ${place.name}, ${span.label}. Highest: ${largest.label}, ${numbers.full(largest.value)}.`;
  const canvas = element("canvas", { role: "img", "aria-label": summary });
  body.append(element("div", { class: "chart" }, canvas), table(title, points, numbers));
  const drawn = drawChart(canvas, points, { palette: paletteAt(body), numbers });
  return () => drawn.destroy();
}

function ring(body, points, context) {
  const total = points.reduce((sum, { value }) => sum + value, 0);
  const entries = points.map(({ label, value }, at) =>
    element(
      "li",
      {},
      element("span", { class: `swatch swatch-${at + 1}` }),
      element("span", {}, label),
      element("span", { class: "legend-share" }, share(value / total)),
    ),
  );
  const holder = element("div", { class: "ring" });
  body.append(holder, element("ul", { class: "legend", "aria-hidden": "true" }, ...entries));
  return chart(holder, ringChart, points, { ...context, numbers: counts });
}

function table(title, points, numbers) {
  const rows = points.map(({ label, value }) =>
    element("tr", {}, element("th", { scope: "row" }, label), element("td", {}, numbers.full(value))),
  );
  const sheet = element("table", {}, element("caption", {}, title), element("tbody", {}, ...rows));
  return element("div", { class: "visually-hidden" }, sheet);
}
