// Where an answer could tell of foreign events by its cost, its order or its limits: does it?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, customerKey, makeProject } from "../support/project.mjs";

const CANDIDATES_MAX = 100_000;
const is = (property_name, operator, property_value) => ({ property_name, operator, property_value });

let worker;
let project;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
});

after(() => worker?.close());

const keyWith = async (filters) => (await project.key({ name: "k", permitted: ["queries"], options: { queries: { filters } } })).key;

/** Events of nobody in particular, each with a `note` and a `team` of its own: too many to send. */
async function crowd(collection, count) {
  const { c } = await worker.db.prepare("SELECT c FROM collection WHERE project = ? AND name = ?").bind(project.id, collection).first();
  const at = Date.parse("2026-03-01T00:00:00Z");
  await worker.db
    .prepare(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?4) " +
        "INSERT INTO event SELECT ?1, ?2, '\"other\"', ?3, printf('%024x', i), ?3, " +
        "jsonb(json_object('note', 'note ' || i, 'team', 'other ' || i, 'customer', json_object('id', 'other'))) FROM n",
    )
    .bind(c, Math.floor(at / 604_800_000), at, count)
    .run();
}

test("a key is told nothing of what its answer took, and whoever sees everything is", async () => {
  await project.record({ cost: [{ n: 1, customer: { id: "a" } }] });
  const { key } = await project.key(customerKey("a"));
  const step = { event_collection: "cost", actor_property: "n" };
  for (const [analysis, more] of [
    ["count", {}],
    ["sum", { target_property: "n", group_by: "customer.id" }],
    ["extraction", {}],
    ["funnel", { steps: [step, step] }],
  ]) {
    const asked = { event_collection: "cost", timeframe: always, include_metadata: true, ...more };
    const told = (await project.query(analysis, asked, key)).body.execution_metadata;
    const nothing = { total_processing_time: null, events_scanned: null, properties_per_event: null, total_properties_scanned: null };
    assert.deepEqual(told, nothing, analysis);
    for (const reader of [project.keys.read, project.keys.master]) {
      const metadata = (await project.query(analysis, asked, reader)).body.execution_metadata;
      for (const [name, value] of Object.entries(metadata)) assert.equal(typeof value, "number", `${analysis} ${name}`);
    }
  }
});

test("the same page has the same cursor, and another page another", async () => {
  await project.record({ paged: [1, 2, 3, 4, 5].map((n) => ({ n, keen: { timestamp: `2026-01-0${n}` } })) });
  const asked = { event_collection: "paged", timeframe: always, page_size: 2 };
  const page = async (more) => (await project.query("extraction", { ...asked, ...more })).body.cursor;
  const first = await page({});
  assert.equal(await page({}), first);
  const second = await page({ cursor: first });
  assert.equal(await page({ cursor: first }), second);
  const cursors = [first, second, await page({ page_size: 3 }), await page({ property_names: ["n"] })];
  const nonces = cursors.map((cursor) => cursor.slice(0, 24));
  assert.equal(new Set(nonces).size, cursors.length);
});

test("a regex is tried on strings that its key may see, however many others there are", async () => {
  await project.record({ notes: [{ note: "note of a", team: "a", customer: { id: "a" } }, { note: "b", team: "b", customer: { id: "b" } }] });
  const keys = {
    "by the scope property": await keyWith([is("customer.id", "eq", "a")]),
    "by another property": await keyWith([is("team", "eq", "a")]),
    "by either of two": await keyWith([{ operator: "or", operands: [is("team", "eq", "a"), is("customer.id", "eq", "a")] }]),
    "by a regex": await keyWith([is("team", "regex", "^a$")]),
  };
  const step = { event_collection: "notes", actor_property: "note", with_actors: true, filters: [is("note", "regex", "^note")] };
  const ask = async (key) => {
    const count = await project.query("count", { event_collection: "notes", timeframe: always, filters: [is("note", "regex", "^note")] }, key);
    const funnel = await project.query("funnel", { timeframe: always, steps: [step, step] }, key);
    return [count.status, count.text, funnel.status, funnel.text];
  };
  const alone = {};
  for (const [how, key] of Object.entries(keys)) {
    alone[how] = await ask(key);
    assert.equal(alone[how][1], '{"result":1}', how);
  }
  await crowd("notes", CANDIDATES_MAX + 1);
  for (const [how, key] of Object.entries(keys)) assert.deepEqual(await ask(key), alone[how], how);
  const [status, text] = await ask(project.keys.read);
  assert.deepEqual([status, JSON.parse(text).error_code], [400, "TooManyResultsError"]);
});
