// How does a test make datasets, have time go by, and ask them and their events?

import assert from "node:assert/strict";
import { makeProject } from "./project.mjs";

export const DAY = 86_400_000;
export const ago = (days) => new Date(Date.now() - days * DAY).toISOString();
export const pin = (property_name, property_value) => ({ property_name, operator: "eq", property_value });
export const counted = { analysis_type: "count", event_collection: "c", timeframe: "this_30_days", interval: "daily" };
export const encoded = (value) => encodeURIComponent(typeof value === "string" ? value : JSON.stringify(value));

/** Sixty events of three customers over the last 28 days, some under two of them, some under none. */
export function events() {
  const ids = ["a", "b", 7, ["a", "b", "a"], null, undefined];
  return Array.from({ length: 60 }, (_, at) => ({
    customer: { id: ids[at % ids.length] },
    n: (at * 37) % 11 === 0 ? "none" : (at * 37) % 11,
    s: ["x", "y", null][at % 3],
    keen: { timestamp: ago((at * 28) / 60) },
  }));
}

/** What tests of a Worker's datasets are made of: its clock's stroke, rows of its database, and projects with events. */
export function datasetsOf(worker) {
  const strike = () => worker.scheduled({ cron: "* * * * *" });
  const rows = async (sql, ...parameters) => (await worker.db.prepare(sql).bind(...parameters).all()).results;
  return { strike, rows, place: (recorded) => place(worker, { strike, rows }, recorded) };
}

/** A project with events, and what is done with its datasets. */
async function place(worker, { strike, rows }, recorded = events()) {
  const project = await makeProject(worker);
  await project.record({ c: recorded });
  const as = (key) => (method, path = "", body) => project.call(method, `/datasets${path}`, { key, body });
  const master = as(project.keys.master);
  const make = (name, definition) => master("PUT", `/${name}`, definition);
  const retrieve = (name, index, timeframe = "this_30_days", key = project.keys.read) =>
    as(key)("GET", `/${name}/results?index_by=${encoded(index)}&timeframe=${encoded(timeframe)}`);
  const made = async (name, query, index_by = "customer.id") => {
    const answered = await make(name, { display_name: name, index_by, query });
    assert.equal(answered.status, 201, answered.text);
    return answered.body;
  };
  /** What the same question answers that is asked of the events. */
  const direct = async (query, filters, timeframe = query.timeframe) => {
    const { analysis_type, ...asked } = query;
    const answered = await project.query(analysis_type, { ...asked, timeframe, filters: [...filters, ...(query.filters ?? [])] });
    assert.equal(answered.status, 200, answered.text);
    return answered.body.result;
  };
  const isDue = () => worker.db.prepare("UPDATE dataset SET due_at = 1 WHERE project = ?").bind(project.id).run();
  /** More than a minute goes by. */
  const wait = async () => {
    await worker.db
      .prepare("UPDATE dataset_slice SET computed_at = computed_at - 61000 WHERE dataset IN (SELECT number FROM dataset WHERE project = ?)")
      .bind(project.id)
      .run();
    await isDue();
  };
  const tick = () => wait().then(strike);
  /** Where no clock strikes, who asks has it refreshed: the datasets are run and nothing else is. */
  const runIt = async () => {
    await wait();
    for (const { name } of await rows("SELECT name FROM dataset WHERE project = ?", project.id)) await retrieve(name, "x", "today");
  };
  return { project, as, master, make, made, retrieve, direct, tick, wait, runIt };
}

/** Checks a refusal: its status, its code, and the place that its message begins with. */
export function refused(answered, status, code, pointer) {
  assert.deepEqual([answered.status, answered.body?.error_code], [status, code], answered.text);
  if (pointer) assert.ok(answered.body.message.startsWith(`At ${pointer}:`), answered.body.message);
}
