// What is in an answer, whatever was asked? Rows under columns, each value as the server sent it.

import { askedQuery, parameter } from "./question.js";

/**
 * `{ columns: [{ name, role }], rows: [[value, …], …] }`; a role is `time` (values are `{start, end}`), `group`,
 * `step`, `value` (what was computed) or `property` (what was recorded). Where a time has no row, `times` are all.
 */
export function readSheet(answer, question) {
  const query = askedQuery(question, answer);
  const analysis = parameter(query, "analysis_type");
  const saved = answer?.result;
  // A saved funnel stands in an object of its own.
  const unwrapped = saved?.steps && Array.isArray(saved.result) ? saved : answer;
  const { result } = unwrapped ?? {};
  const steps = unwrapped?.steps ?? (analysis === "funnel" ? query.steps : undefined);
  const known = { groups: groupNames(query), labels: Object.keys(parameter(query, "analyses") ?? {}) };
  if (Array.isArray(steps)) return funnelSheet(result, steps);
  if (analysis === "extraction") return recordedSheet(Array.isArray(result) ? result : []);
  if (isBuckets(result)) return bucketSheet(result, known, analysis);
  return valueSheet(result, known, analysis);
}

function groupNames(query) {
  const asked = parameter(query, "group_by");
  if (asked === undefined || asked === null) return undefined;
  return [asked].flat().map((group) => (typeof group === "string" ? group : group.property_name));
}

const isBuckets = (result) =>
  Array.isArray(result) && result.length > 0 && result.every((item) => item?.timeframe && "value" in item);

function bucketSheet(buckets, known, analysis) {
  const inner = buckets.map(({ value }) => valueSheet(value, known, analysis));
  // An empty bucket may know no columns.
  const widest = inner.reduce((most, sheet) => (sheet.columns.length > most.columns.length ? sheet : most));
  const rows = buckets.flatMap(({ timeframe }, at) => inner[at].rows.map((row) => [timeframe, ...row]));
  const columns = [{ name: "timeframe", role: "time" }, ...widest.columns];
  const isEach = inner.every((sheet) => sheet.rows.length > 0);
  return isEach ? { columns, rows } : { columns, rows, times: buckets.map(({ timeframe }) => timeframe) };
}

function valueSheet(result, known, analysis) {
  if (Array.isArray(result)) {
    if (result.length > 0 && result.every(isGroup)) return groupSheet(result, known);
    if (known.groups !== undefined && result.length === 0) return emptyGroups(known);
    if (analysis === "select_unique" || result.every((item) => !isGroup(item))) {
      return { columns: [{ name: "value", role: "property" }], rows: result.map((value) => [value]) };
    }
  }
  if (isGroup(result)) {
    const names = known.labels.length > 0 ? known.labels : Object.keys(result);
    return { columns: names.map(valueColumn), rows: [names.map((name) => result[name])] };
  }
  return { columns: [valueColumn("result")], rows: result === undefined ? [] : [[result]] };
}

const isGroup = (item) => typeof item === "object" && item !== null && !Array.isArray(item);
const valueColumn = (name) => ({ name, role: "value" });
const groupColumn = (name) => ({ name, role: "group" });

function groupSheet(groups, known) {
  const [first] = groups;
  const keys = Object.keys(first);
  const values = known.labels.length > 0 ? known.labels : valueNames(first, keys);
  const names = known.groups ?? keys.filter((key) => !values.includes(key));
  const columns = [...names.map(groupColumn), ...values.map(valueColumn)];
  return { columns, rows: groups.map((group) => columns.map(({ name }) => group[name])) };
}

/** Without the question: what is called `result`, else what is a number. */
function valueNames(group, keys) {
  if ("result" in group) return ["result"];
  return keys.filter((key) => ["number", "bigint"].includes(typeof group[key]));
}

function emptyGroups({ groups, labels }) {
  const values = labels.length > 0 ? labels : ["result"];
  return { columns: [...groups.map(groupColumn), ...values.map(valueColumn)], rows: [] };
}

function funnelSheet(result, steps) {
  const columns = [{ name: "step", role: "step" }, valueColumn("result")];
  const names = steps.map((step) => parameter(step, "event_collection"));
  const rowsOf = (counts) => names.map((name, at) => [name, counts?.[at] ?? null]);
  if (!isBuckets(result)) return { columns, rows: rowsOf(result) };
  const rows = result.flatMap(({ value, timeframe }) => rowsOf(value).map((row) => [timeframe, ...row]));
  return { columns: [{ name: "timeframe", role: "time" }, ...columns], rows };
}

/** Events: every path of any of them, in order of appearance. */
function recordedSheet(events) {
  const flat = events.map((event) => new Map(paths(event)));
  const names = [...new Set(flat.flatMap((event) => [...event.keys()]))];
  const columns = names.map((name) => ({ name, role: "property" }));
  return { columns, rows: flat.map((event) => names.map((name) => event.get(name))) };
}

function* paths(value, path = "") {
  for (const [name, inner] of Object.entries(value)) {
    const place = path === "" ? name : `${path}.${name}`;
    if (isGroup(inner)) yield* paths(inner, place);
    else yield [place, inner];
  }
}

/** Is there nothing to see? No rows, or nothing but zeros and nulls. */
export function isEmptySheet({ columns, rows }) {
  const values = columns.flatMap(({ role }, at) => (role === "value" ? [at] : []));
  if (values.length === 0) return rows.length === 0;
  return rows.every((row) => values.every((at) => row[at] === null || row[at] === undefined || Number(row[at]) === 0));
}
