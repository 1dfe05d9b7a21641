// What was it before? The same question about the time just before, of the same length.

import { parameter } from "./question.js";
import { readSheet } from "./sheet.js";

const RELATIVE = /^(this|previous|last)_(?:(\d+)_)?(minute|hour|day|week|month|year)s?$/;
const ALIASES = { today: "this_1_days", yesterday: "previous_1_days" };

/**
 * Asks with `askOne(question)` and answers as if only `question` had been asked, with `comparison: { now, before }`
 * beside it. `wanted` is `true`, or timeframes: `{ previous, current }`.
 */
export async function askCompared(askOne, question, wanted) {
  const timeframe = parameter(question, "timeframe");
  const span = typeof timeframe === "string" ? relativeSpan(timeframe) : undefined;
  if (wanted === true && span) return askTwoBuckets(askOne, question, span);
  const { previous, current } = wanted === true ? { previous: spanBefore(timeframe) } : wanted;
  const about = (other) => (other ? askOne(withTimeframe(question, other)) : undefined);
  const [answer, now, before] = await Promise.all([askOne(question), about(current), about(previous)]);
  return { ...answer, comparison: { now: figureOf(now ?? answer, question), before: figureOf(before, question) } };
}

/** Relative time is the server's to know: it is asked for twice the time, in halves. */
async function askTwoBuckets(askOne, question, { which, count, unit }) {
  const doubled = { ...withTimeframe(question, `${which}_${2 * count}_${unit}s`), interval: `every_${count}_${unit}s` };
  const answer = await askOne(doubled);
  const [before, now] = answer.result.slice(-2);
  const figure = (bucket) => figureOf({ result: bucket?.value }, question);
  return { ...answer, result: now?.value ?? null, comparison: { now: figure(now), before: figure(before) } };
}

function relativeSpan(timeframe) {
  const [, which, count = 1, unit] = RELATIVE.exec(ALIASES[timeframe] ?? timeframe) ?? [];
  return which && { which: which === "last" ? "previous" : which, count: Number(count), unit };
}

function spanBefore(timeframe) {
  const [start, end] = [Date.parse(timeframe?.start), Date.parse(timeframe?.end)];
  if (Number.isNaN(end - start)) throw new TypeError("Keyhole: compare needs a timeframe to go back from.");
  return { start: new Date(2 * start - end).toISOString(), end: new Date(start).toISOString() };
}

function withTimeframe(question, timeframe) {
  const { timeframe: _, ...rest } = question;
  return { ...rest, timeframe };
}

/** The one number of an answer: of several rows the last, of several columns the first that was computed. */
export function figureOf(answer, question) {
  const { columns, rows } = readSheet(answer, question);
  return rows.at(-1)?.[columns.findIndex(({ role }) => role === "value")];
}
