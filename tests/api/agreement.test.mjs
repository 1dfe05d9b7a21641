// Does D1 inside workerd answer generated questions as policy::evaluate does?
//
// The sample is written by the native tests: cargo test -p keyhole-worker --test sample_for_the_worker

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { makeProject } from "../support/project.mjs";

const worlds = JSON.parse(readFileSync(new URL("../../build/agreement.json", import.meta.url), "utf8"));
const worker = await startWorker();
after(() => worker.close());

/** Sums of doubles depend on their order; so much, relative to their size, may lie between them. */
const TOLERANCE = 1e-9;

function alike(meant, found) {
  if (typeof meant === "number" && typeof found === "number") {
    return Math.abs(meant - found) <= TOLERANCE * Math.max(Math.abs(meant), Math.abs(found));
  }
  if (meant === null || found === null || typeof meant !== "object" || typeof found !== "object") return meant === found;
  const names = Object.keys(meant);
  return names.length === Object.keys(found).length && names.every((name) => name in found && alike(meant[name], found[name]));
}

test("D1 answers a sample of generated questions as evaluate does", async () => {
  let asked = 0;
  for (const { events, questions } of worlds) {
    const project = await makeProject(worker);
    const recorded = await project.record(events);
    assert.equal(recorded.status, 200, recorded.text);
    for (const { analysis, body, result } of questions) {
      const answered = await project.query(analysis, body);
      assert.equal(answered.status, 200, `${JSON.stringify(body)}\n${answered.text}`);
      assert.ok(
        alike(result, answered.body.result),
        `${analysis} ${JSON.stringify(body)}\nmeant ${JSON.stringify(result)}\nfound ${answered.text}\nevents ${JSON.stringify(events)}`,
      );
      asked += 1;
    }
  }
  assert.ok(asked >= 100, `only ${asked} questions`);
});
