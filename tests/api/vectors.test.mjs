// Does the Worker give every conformance vector the answer that the specification gives it?
//
// tests/vectors/README.md says what a vector is. A case with a `now` needs a clock of its own, which the Worker does
// not have: policy/tests/vectors.rs runs it. A decision is asked of a definition that no key has, so a line of keys is
// policy/tests/decisions.rs's alone, and so is what a key says of itself: its id and project are the vectors' there.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { makeProject } from "../support/project.mjs";

const folder = new URL("../vectors/", import.meta.url);
const ALWAYS = { start: "0001-01-01", end: "9999-12-31T23:59:59.999Z" };
const kinds = {
  queries: checkQueries,
  recordings: checkRecordings,
  keys: checkKeys,
  decisions: checkDecisions,
  selves: (t) => t.skip("each has an id and a project of its own"),
};
let worker;

before(async () => {
  worker = await startWorker();
});
after(() => worker.close());

for (const name of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const file = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  const [, check] = Object.entries(kinds).find(([kind]) => kind in file);
  test(name, (t) => check(t, file));
}

async function checkQueries(t, file) {
  const cases = file.queries.filter((one) => one.now === undefined);
  if (cases.length === 0) return t.skip("each case has a clock of its own");
  const project = await makeProject(worker);
  const recorded = await project.record(file.events);
  assert.equal(recorded.status, 200, recorded.text);
  for (const outcome of Object.values(recorded.body).flat()) assert.deepEqual(outcome, { success: true });
  for (const one of cases) {
    await t.test(one.name, async () => {
      const analysis = one.analysis ?? file.analysis;
      const found = await project.query(analysis, { ...file.body, ...one.body }, await keyOf(project, one));
      if (one.error) return assertRefused(found, one.error);
      assert.equal(found.status, 200, found.text);
      if (analysis === "extraction") withoutChance(found.body.result);
      assert.deepEqual(found.body, one.answer);
    });
  }
}

async function checkRecordings(t, file) {
  for (const one of file.recordings) {
    await t.test(one.name, async () => {
      const project = await makeProject(worker);
      const found = await project.record(one.batch, await keyOf(project, one));
      if (one.error) return assertRefused(found, one.error);
      assert.equal(found.status, 200, found.text);
      assert.deepEqual(Object.keys(found.body), Object.keys(one.outcomes));
      for (const [collection, outcomes] of Object.entries(one.outcomes)) {
        const answered = found.body[collection];
        assert.equal(answered.length, outcomes.length, found.text);
        for (const [at, { error }] of outcomes.entries()) {
          if (!error) assert.deepEqual(answered[at], { success: true });
          else assertRefusal(answered[at].error.name, answered[at].error.description, error);
        }
        const stored = outcomes.flatMap((outcome) => outcome.stored ?? []);
        if (stored.length > 0) assert.deepEqual(await extract(project, collection, one.batch), sorted(stored));
      }
    });
  }
}

async function checkKeys(t, file) {
  const project = await makeProject(worker);
  for (const { name, definition, accepted, error } of file.keys) {
    await t.test(name, async () => {
      const found = await project.call("POST", "/keys", { key: project.keys.master, body: definition });
      if (error) return assertRefused(found, error);
      assert.equal(found.status, 201, found.text);
      assert.equal(found.body.is_active, accepted);
    });
  }
}

async function checkDecisions(t, file) {
  const cases = file.decisions.filter((one) => one.now === undefined && one.line.length === 1);
  if (cases.length === 0) return t.skip("each case has a clock of its own, or a line of keys");
  const project = await makeProject(worker);
  for (const one of cases) {
    await t.test(one.name, async () => {
      const { line, request, allowed, refused } = padded(one);
      const body = { policy: { name: one.name, ...line[0] }, request };
      const found = await project.call("POST", "/keys/explain", { key: project.keys.master, body });
      assert.equal(found.status, 200, found.text);
      const { decision, rules, message, ...rest } = found.body;
      assert.equal(decision, allowed ? "allowed" : "refused", message);
      if (allowed) return assert.deepEqual(allowed.rules ? { ...rest, rules } : rest, allowed);
      assert.deepEqual(Object.assign(rest, ...rules.map(({ effect, ...rule }) => rule)), refused);
      for (const { effect } of rules) assert.equal(effect, "refuses");
    });
  }
}

/** The case with what is too long to be written: `…` stands for as many letters as its `padding` says. */
function padded(one) {
  const letters = "x".repeat(one.padding ?? 1);
  return JSON.parse(JSON.stringify(one), (_, value) => (value === "…" ? letters : value));
}

/** The case's access key, if it has one; without a name it is named like the case. */
async function keyOf(project, { name, key }) {
  return key && (await project.key({ name, ...key })).key;
}

function assertRefused(found, error) {
  assert.equal(found.status, error.status, found.text);
  assertRefusal(found.body.error_code, found.body.message, error);
}

/** The place of an error stands at the beginning of its sentence. */
function assertRefusal(code, sentence, { error_code, pointer }) {
  assert.equal(code, error_code, sentence);
  if (pointer === undefined) return;
  const [, place = ""] = /^At (\/.*?): /.exec(sentence) ?? [];
  assert.equal(place, pointer, sentence);
}

/** What is stored. Times that were not sent are the clock's. */
async function extract(project, collection, batch) {
  const sentTimes = batch[collection].some((event) => event.keen?.timestamp);
  const { body } = await project.query("extraction", { event_collection: collection, timeframe: ALWAYS });
  if (!sentTimes) for (const { keen } of body.result) delete keen.timestamp;
  withoutChance(body.result);
  return sorted(body.result);
}

/** Takes out of events what differs each time they are recorded. */
function withoutChance(events) {
  for (const event of events) {
    if (!event.keen) continue;
    delete event.keen.id;
    delete event.keen.created_at;
    if (Object.keys(event.keen).length === 0) delete event.keen;
  }
}

function sorted(events) {
  const text = (event) => JSON.stringify(Object.entries(event).sort());
  return events.toSorted((left, right) => (text(left) < text(right) ? -1 : 1));
}
