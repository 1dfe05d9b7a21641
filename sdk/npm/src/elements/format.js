// How is a value said? By the language of the page; short on an axis, whole elsewhere.

import { word } from "./words.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MISSING = "—";

/**
 * The ways to say things for one element: `full`, `short` and `share` for numbers, `any` for values that were
 * recorded, `time` for the bucket `{start, end}`, `tick` for a place on an axis. `labels` are names to say instead.
 */
export function createFormat({ locale, numberFormat = {}, timezone, labels = {}, nullLabel }) {
  const full = new Intl.NumberFormat(locale, { maximumFractionDigits: 2, ...numberFormat });
  const compact = new Intl.NumberFormat(locale, {
    ...numberFormat,
    notation: "compact",
    minimumFractionDigits: 0,
    maximumFractionDigits: undefined,
    maximumSignificantDigits: 3,
  });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const date = dateFormats(locale, zoneOf(timezone));

  const number = (formatter) => (value) => (isNumber(value) ? formatter.format(value) : plain(value));
  const plain = (value) => (value === null || value === undefined ? MISSING : textOf(value));

  const format = {
    full: number(full),
    short: (value) => number(isNumber(value) && Math.abs(Number(value)) < 10_000 ? full : compact)(value),
    share: (value) => percent.format(value),
    any(value) {
      return value === null || value === undefined ? MISSING : (labelOf(value, labels) ?? textOf(value));
    },
    name(value) {
      if (value === null || value === undefined) return nullLabel ?? word("none");
      if (isBucket(value)) return format.time(value);
      return labelOf(value, labels) ?? textOf(value);
    },
    time: ({ start, end }) => date[granularity(start, end)].format(new Date(start)),
    dateFormat: (name) => date[name],
    moment: (instant) => date.time.format(instant),
  };
  return format;
}

/** The name to say instead of a value, if there is one; `constructor` is a value like any other. */
export function labelOf(value, labels) {
  return Object.hasOwn(labels, value) ? labels[value] : undefined;
}

/** How long a bucket is, in words that have a format. */
export function granularity(start, end) {
  const length = Date.parse(end) - Date.parse(start);
  if (length >= 360 * DAY) return "year";
  if (length >= 27 * DAY) return "month";
  if (length >= 20 * HOUR) return "day";
  return "minute";
}

export const isNumber = (value) => typeof value === "number" || typeof value === "bigint";
export const isBucket = (value) => typeof value === "object" && value !== null && "start" in value && "end" in value;

/** What is no text, as JSON; large integers by all their digits. */
export function textOf(value) {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return String(value);
  let text = JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `\u0000${inner}\u0000` : inner));
  text = text?.replaceAll(/"\\u0000(-?\d+)\\u0000"/g, "$1");
  return text ?? "";
}

function dateFormats(locale, timeZone) {
  const make = (options) => new Intl.DateTimeFormat(locale, { ...options, timeZone });
  return {
    year: make({ year: "numeric" }),
    month: make({ month: "short", year: "numeric" }),
    monthOnly: make({ month: "short" }),
    day: make({ month: "short", day: "numeric", year: "numeric" }),
    dayOnly: make({ month: "short", day: "numeric" }),
    minute: make({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }),
    minuteOnly: make({ hour: "2-digit", minute: "2-digit" }),
    time: make({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  };
}

/** A name, or seconds east of UTC. What this platform does not know is UTC. */
function zoneOf(timezone = "UTC") {
  const zone = Number.isFinite(Number(timezone)) ? offsetName(Number(timezone)) : timezone;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

function offsetName(seconds) {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const two = (value) => String(value).padStart(2, "0");
  return `${seconds < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
