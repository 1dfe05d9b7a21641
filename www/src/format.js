// How are numbers and dates said? Short where they are large, whole where they are not.

const LOCALE = "en-US";
const whole = new Intl.NumberFormat(LOCALE);
const compact = new Intl.NumberFormat(LOCALE, { notation: "compact", maximumSignificantDigits: 3 });
const dollars = new Intl.NumberFormat(LOCALE, { style: "currency", currency: "USD", maximumFractionDigits: 0 });
const compactDollars = new Intl.NumberFormat(LOCALE, {
  style: "currency",
  currency: "USD",
  notation: "compact",
  maximumSignificantDigits: 3,
});
const percent = new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 0 });
const month = new Intl.DateTimeFormat(LOCALE, { month: "short", year: "numeric", timeZone: "UTC" });
const shortMonth = new Intl.DateTimeFormat(LOCALE, { month: "short", timeZone: "UTC" });

/** A kind of number: `short` to look at, `full` to know. */
export const counts = {
  short: (value) => (Math.abs(value) < 10_000 ? whole : compact).format(value),
  full: (value) => whole.format(value),
};
export const money = {
  short: (value) => (Math.abs(value) < 1_000 ? dollars : compactDollars).format(value),
  full: (value) => dollars.format(value),
};

export const share = (value) => percent.format(value);
export const shortMonthOf = (instant) => shortMonth.format(new Date(instant));
export const monthOf = (instant) => month.format(new Date(instant));
export const yearOf = (instant) => String(new Date(instant).getUTCFullYear());

/** "up 12%", "down 3%", "unchanged"; nothing when there is nothing to compare with. */
export function change(now, before) {
  if (before === 0) return undefined;
  const ratio = now / before - 1;
  if (Math.abs(ratio) < 0.005) return "unchanged";
  // Rounding must not say that all of it is gone.
  if (now > 0 && ratio < -0.99) return "down over 99%";
  return `${ratio > 0 ? "up" : "down"} ${percent.format(Math.abs(ratio))}`;
}
