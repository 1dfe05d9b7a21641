// May one customer's pattern keep the Worker from others? Patterns take as long as they are allowed, and in turns.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, customerKey, makeProject } from "../support/project.mjs";

let worker;
before(async () => {
  worker = await startWorker({ vars: { QUERY_RATE_LIMIT: "off" } });
});
after(() => worker.close());

const SLOW = "(a{0,30}){0,30}b";
const matches = (pattern) => ({ property_name: "note", operator: "regex", property_value: pattern });
const notes = (customer, count) =>
  Array.from({ length: count }, (_, at) => ({ customer: { id: customer }, note: "a".repeat(9_000) + at }));

async function twoCustomers(notesOfBolt) {
  const project = await makeProject(worker);
  const [acme, bolt] = [await project.key(customerKey("acme")), await project.key(customerKey("bolt"))];
  await project.record({ sales: [{ customer: { id: "acme" } }, ...notes("bolt", notesOfBolt)] });
  const ask = (key, filters) => project.query("count", { event_collection: "sales", timeframe: always, filters }, key.key);
  return { ofAcme: () => ask(acme, []), ofBolt: (pattern) => ask(bolt, [matches(pattern)]) };
}

test("a pattern that would take minutes is refused with the limit, and one of another form is not", async () => {
  const { ofBolt } = await twoCustomers(40);
  for (const [pattern, code, message] of [
    ["((a{0,30}){0,30}){0,30}b", "FilterDefinitionError", /size limit/],
    [SLOW, "QueryTooComplexError", /400000000 steps/],
  ]) {
    const refused = await ofBolt(pattern);
    assert.deepEqual([refused.status, refused.body.error_code], [400, code], pattern);
    assert.match(refused.body.message, message);
  }
  assert.deepEqual((await ofBolt("^a+[0-9]$")).body, { result: 10 });
});

test("while one customer's pattern is tried, another's question is answered", async () => {
  const { ofAcme, ofBolt } = await twoCustomers(8);
  const order = [];
  const slow = ofBolt(SLOW).then((answer) => order.push(["bolt", answer.body]));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const quick = ofAcme().then((answer) => order.push(["acme", answer.body]));
  await Promise.all([slow, quick]);
  assert.deepEqual(order, [
    ["acme", { result: 1 }],
    ["bolt", { result: 0 }],
  ]);
});

test("a key's pattern does not take minutes on what is recorded with it", async () => {
  const project = await makeProject(worker);
  const options = { writes: { filters: [matches(`${SLOW}|a`)] } };
  const { key } = await project.key({ name: "browser", permitted: ["writes"], options });
  const { body } = await project.record({ sales: notes("acme", 3) }, key);
  assert.deepEqual(
    body.sales.map(({ success, error }) => error?.name ?? success),
    [true, "InvalidBatchError", "InvalidBatchError"],
  );
});
