// Is a key that asks too often told to wait, and are the others left alone?

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { customerKey, makeProject } from "../support/project.mjs";

const LIMIT = 1000;
const COUNT = { event_collection: "visits", timeframe: "this_1_days" };

const worker = await startWorker();
after(() => worker.close());

/**
 * Asks until refused, sixteen at a time; gives the refusal and how many were answered before. What is asked means
 * nothing: that is counted too, and is quick enough for a slow machine to ask it a thousand times in a minute.
 */
async function askUntilRefused(project, key, most) {
  for (let answered = 0; answered <= most; ) {
    const answers = await Promise.all(Array.from({ length: 16 }, () => project.query("count", {}, key)));
    const refused = answers.find(({ status }) => status !== 400);
    answered += answers.filter(({ status }) => status === 400).length;
    if (refused) return { refused, answered };
  }
  return {};
}

test("a_key_that_asks_too_often_is_told_to_wait_and_no_other_key_is", async () => {
  const project = await makeProject(worker);
  const [eager, other] = [await project.key(customerKey("a")), await project.key(customerKey("b"))];
  const { refused, answered } = await askUntilRefused(project, eager.key, 2 * LIMIT);
  assert.equal(refused.status, 429, refused.text);
  assert.equal(refused.body.error_code, "TooManyRequestsError");
  assert.equal(refused.headers.get("retry-after"), "60");
  // A minute may begin in between, and its count anew.
  assert.ok(answered <= 2 * LIMIT, `${answered} were answered`);
  assert.equal((await project.query("count", COUNT, other.key)).status, 200);
  assert.equal((await project.record({ visits: [{ a: 1 }] })).status, 200);
});

test("the_limit_can_be_switched_off", async () => {
  const unlimited = await startWorker({ vars: { QUERY_RATE_LIMIT: "off" } });
  try {
    const project = await makeProject(unlimited);
    assert.deepEqual(await askUntilRefused(project, project.keys.read, LIMIT), {});
  } finally {
    await unlimited.close();
  }
});
