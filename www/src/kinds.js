// Which tiles has a dashboard, what does each ask, and how does it show the answer?

import { count, property, sum } from "@keyhole/sdk/queries";

const SPECIES_SHOWN = 8;
const DOLLARS = { style: "currency", currency: "USD", maximumFractionDigits: 0 };

/** How many there were: what every dashboard asks first. */
export const strikes = ({ timeframe }) => count("strikes").during(timeframe);
const cost = ({ timeframe }) => sum("strikes", "cost_total_usd").during(timeframe);
const largestFirst = (question, name) => question.by(name).orderBy("result", "desc");

/** `question(span)` is what is asked; `attributes` and `numberFormat` are those of the element `tag`. */
export const kinds = [
  { id: "total", tag: "keyhole-metric", size: "metric", heading: () => "Strikes", question: strikes, isCompared: true },
  {
    id: "cost",
    tag: "keyhole-metric",
    size: "metric",
    heading: () => "Total cost",
    question: cost,
    isCompared: true,
    numberFormat: DOLLARS,
  },
  {
    id: "months",
    tag: "keyhole-chart",
    size: "wide",
    heading: () => "Strikes per month",
    question: (span) => strikes(span).every("monthly"),
    attributes: { type: "area" },
  },
  {
    id: "species",
    tag: "keyhole-chart",
    size: "wide tile-tall",
    heading: () => "Most frequent identified species",
    // Most strikes leave too little of the bird to tell; those are no species.
    question: (span) =>
      largestFirst(strikes(span), "wildlife_species")
        .where(property("wildlife_species").doesNotContain("Unknown"))
        .keep(SPECIES_SHOWN),
    attributes: { type: "horizontal-bar" },
  },
  {
    id: "phases",
    tag: "keyhole-chart",
    size: "half",
    heading: () => "Phase of flight",
    question: (span) => largestFirst(strikes(span), "phase_of_flight"),
    attributes: { type: "horizontal-bar" },
  },
  {
    id: "daytime",
    tag: "keyhole-chart",
    size: "half",
    heading: () => "Time of day",
    question: (span) => largestFirst(strikes(span), "time_of_day"),
    attributes: { type: "donut" },
  },
  {
    id: "costs",
    tag: "keyhole-chart",
    size: "wide",
    heading: ({ years }) => (years === 1 ? "Cost per month" : "Cost per year"),
    question: (span) => cost(span).every(span.years === 1 ? "monthly" : "yearly"),
    attributes: { type: "bar", "empty-text": "No cost was reported in these years." },
    numberFormat: DOLLARS,
  },
];
