// Once a revocation is answered, does no request that began after it succeed?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, makeProject } from "../support/project.mjs";

const ASKING_AT_ONCE = 12;
const ROUNDS = 10;

let worker;
let project;

before(async () => {
  worker = await startWorker({ vars: { QUERY_RATE_LIMIT: "off" } });
  project = await makeProject(worker);
  await project.record({ c: [{ a: 1 }] });
});

after(() => worker?.close());

/** Asks with all keys, many at a time, until told to stop; keeps when each request began and what came of it. */
function load(keys) {
  const asked = [];
  let stopped = false;
  const ask = async (at) => {
    while (!stopped) {
      const began = performance.now();
      const key = keys[at++ % keys.length];
      const kind = at % 3;
      const answered = kind === 0 ? await project.record({ c: [{}] }, key)
        : kind === 1 ? await project.call("GET", "/keys/self", { key })
          : await project.query("count", { event_collection: "c", timeframe: always }, key);
      asked.push({ began, status: answered.status });
    }
  };
  const asking = Array.from({ length: ASKING_AT_ONCE }, (_, at) => ask(at));
  const stop = async () => {
    stopped = true;
    await Promise.all(asking);
    return asked;
  };
  return { asked, stop };
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const master = (method, path, body) => project.call(method, path, { key: project.keys.master, body });
const permitted = ["queries", "writes", "keys"];

for (const [name, end] of [
  ["revoking a key", ({ parent }) => master("POST", `/keys/${parent.id}/revoke`)],
  ["revoking the keys of a customer", ({ external_id }) => master("POST", "/keys/revoke", { external_id, count: 1 })],
  ["deleting a key", ({ parent }) => master("DELETE", `/keys/${parent.id}`)],
  ["letting a key expire", ({ parent }) => master("POST", `/keys/${parent.id}`, { name: "k", permitted, expires_at: "2020-01-01" })],
]) {
  test(`${name} ends it and the keys it made: under load, nothing that begins after the answer succeeds`, async () => {
    let successes = 0;
    let refusals = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const external_id = `${name} ${round}`;
      const parent = await project.key({ name: "k", permitted, external_id });
      const child = (await project.call("POST", "/keys", { key: parent.key, body: { name: "c", permitted } })).body;
      const loading = load([parent.key, child.key]);
      while (loading.asked.length < 30) await pause(5);
      const answered = await end({ parent, external_id });
      const ended = performance.now();
      assert.ok(answered.status < 300, answered.text);
      const enough = loading.asked.length + 40;
      while (loading.asked.length < enough) await pause(5);
      const asked = await loading.stop();
      const late = asked.filter(({ began, status }) => began > ended && status !== 401);
      assert.deepEqual(late, []);
      successes += asked.filter(({ status }) => status < 300).length;
      refusals += asked.filter(({ began }) => began > ended).length;
    }
    assert.ok(successes >= ROUNDS * 20, `${successes} requests succeeded before`);
    assert.ok(refusals >= ROUNDS * 20, `${refusals} requests began after`);
  });
}
