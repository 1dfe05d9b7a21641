// Does a customer's question cost what the customer's own events cost, however many others there are?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { customerKey, makeProject } from "../support/project.mjs";

const EVENTS = 100_000;
const OWN = 1_000;
const timeframe = { start: "2026-01-01T00:00:00Z", end: "2026-04-01T00:00:00Z" };
const span = Date.parse(timeframe.end) - Date.parse(timeframe.start);

let worker;
let project;
let key;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
  key = (await project.key(customerKey("own"))).key;
});

after(() => worker?.close());

/** Events spread evenly over the timeframe, five thousand to a request. */
async function record(collection, count, customer) {
  for (let sent = 0; sent < count; sent += 5_000) {
    const events = Array.from({ length: Math.min(5_000, count - sent) }, (_, at) => ({
      n: sent + at,
      customer: { id: customer(sent + at) },
      keen: { timestamp: new Date(Date.parse(timeframe.start) + Math.floor(((sent + at) * span) / count)).toISOString() },
    }));
    const answered = await project.record({ [collection]: events });
    assert.equal(answered.status, 200, answered.text.slice(0, 200));
  }
}

async function ask(analysis, more, by = project.keys.read) {
  const asked = { event_collection: "c", timeframe, include_metadata: true, ...more };
  const answered = await project.query(analysis, asked, by);
  assert.equal(answered.status, 200, answered.text);
  return { result: answered.body.result, read: answered.body.execution_metadata.events_scanned };
}

/**
 * The same by a customer's key. That is not told how many rows were read: whoever may be asks what the key's
 * question becomes, the customer's filter before its own, which is the same statement.
 */
async function askAs(customer, analysis, more, by) {
  const { result, read: told } = await ask(analysis, more, by);
  assert.equal(told, null);
  const { filters } = customerKey(customer).options.queries;
  const narrow = (asked) => ({ ...asked, filters: [...filters, ...(asked.filters ?? [])] });
  const whole = await ask(analysis, more.steps ? { ...more, steps: more.steps.map(narrow) } : narrow(more));
  assert.deepEqual(whole.result, result, `${analysis} ${JSON.stringify(more)}`);
  return whole;
}

const step = { event_collection: "c", actor_property: "n" };
const QUESTIONS = [
  ["count", {}],
  ["count", { interval: "weekly" }],
  ["sum", { target_property: "n", group_by: "customer.id" }],
  ["median", { target_property: "n" }],
  ["select_unique", { target_property: "customer.id" }],
  ["multi_analysis", { analyses: { n: { analysis_type: "count" }, m: { analysis_type: "maximum", target_property: "n" } } }],
  ["extraction", { latest: 10 }],
  ["funnel", { steps: [step, step] }],
  ["count", { filters: [{ property_name: "n", operator: "regex", property_value: "x" }] }],
];

/** Rows that a scoped question may read for each own event: SQLite counts a sort's and a window's rows anew. */
const PASSES = 8;

test("a scoped question reads the customer's rows only, before and after 100,000 events of others", async () => {
  await record("c", OWN, () => "own");
  const alone = [];
  for (const [analysis, more] of QUESTIONS) alone.push(await askAs("own", analysis, more, key));
  assert.equal(alone[0].result, OWN);
  // What a customer without events costs: the weeks and scopes a statement is given as lists are rows to SQLite too.
  const nobody = (await project.key(customerKey("nobody"))).key;
  const listed = [];
  for (const [analysis, more] of QUESTIONS) listed.push((await askAs("nobody", analysis, more, nobody)).read);
  assert.ok(alone[0].read >= OWN, `${alone[0].read} rows: the measure does not measure`);
  for (const [at, { read }] of alone.entries()) {
    const own = read - listed[at];
    assert.ok(own > 0 && own <= PASSES * OWN, `${QUESTIONS[at]}: ${read} rows, ${listed[at]} without events`);
  }

  await record("c", EVENTS, (at) => `customer ${at % 500}`);
  assert.equal((await ask("count", {}, project.keys.read)).result, OWN + EVENTS);
  for (const [at, [analysis, more]] of QUESTIONS.entries()) {
    const { result, read } = await askAs("own", analysis, more, key);
    assert.deepEqual(result, alone[at].result, `${analysis} ${JSON.stringify(more)}`);
    assert.equal(read, alone[at].read, `rows read by ${analysis} ${JSON.stringify(more)}`);
  }
  const whole = await ask("count", {}, project.keys.read);
  assert.ok(whole.read >= EVENTS, `${whole.read} rows: the measure does not measure`);
});

test("a scoped question of a shorter time reads less", async () => {
  const week = { start: "2026-02-05T00:00:00Z", end: "2026-02-12T00:00:00Z" };
  const { result, read } = await askAs("own", "count", { timeframe: week }, key);
  assert.ok(result > 0 && result < OWN / 10, String(result));
  assert.ok(read <= 3 * result, `${read} rows for ${result} events`);
});

test("the plan of a scoped question seeks by collection, week, scope and time; that of a whole one by week", async () => {
  const { c } = await worker.db.prepare("SELECT c FROM collection WHERE name = 'c'").first();
  const rows = "FROM event_with_body e WHERE e.c = (SELECT c FROM collection WHERE project = 'p' AND name = 'c')";
  const scoped = `SELECT count(*) ${rows} AND e.wk IN (2922,2923) AND e.scope IN (SELECT value FROM json_each('["x"]')) AND e.ts >= 1 AND e.ts < 2`;
  const whole = `SELECT count(*) ${rows} AND e.wk BETWEEN 2922 AND 2923 AND e.ts >= 1 AND e.ts < 2`;
  const plan = async (sql) => {
    const { results } = await worker.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    return results.map(({ detail }) => detail).filter((detail) => /\bevent\b|PRIMARY KEY/.test(detail));
  };
  assert.deepEqual(await plan(scoped), ["SEARCH event USING PRIMARY KEY (c=? AND wk=? AND scope=? AND ts>? AND ts<?)"]);
  assert.deepEqual(await plan(whole), ["SEARCH event USING PRIMARY KEY (c=? AND wk>? AND wk<?)"]);
  const { own } = await worker.db.prepare("SELECT count(*) AS own FROM event WHERE c = ? AND scope = ?").bind(c, '"own"').first();
  assert.equal(own, OWN);
});

test("one event is one row, and a large body one more", async () => {
  const count = async (table) => (await worker.db.prepare(`SELECT count(*) AS rows FROM ${table}`).first()).rows;
  const before = [await count("event"), await count("event_body"), await count("event_token")];
  await project.record({ d: [{ n: 1 }, { n: 2, keen: { timestamp: "2026-01-01", uniqueness_token: "t" } }, { n: "x".repeat(1_000) }] });
  const after = [await count("event"), await count("event_body"), await count("event_token")];
  assert.deepEqual(after.map((rows, at) => rows - before[at]), [3, 1, 0]);
});
