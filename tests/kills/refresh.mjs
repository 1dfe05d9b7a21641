// Does a dataset still say what its events say, after the Worker was killed while it was made or refreshed?

import assert from "node:assert/strict";
import { pause } from "./place.mjs";

const CUSTOMERS = ["a", "b", "c"];
const DAYS = 60;
const EVENTS_OF_A_ROUND = 200;
const TICKS_MAX = 40;
/** Datasets that are compared in a round, the newest first: they overlap. */
const COMPARED = 2;

const question = { analysis_type: "sum", event_collection: "measured", target_property: "n", timeframe: `this_${DAYS}_days`, interval: "daily", group_by: "kind" };

export const refresh = {
  name: "dataset refresh",
  // A dataset is looked at again a minute later at the soonest, and one whose run was broken off after two; what was
  // computed within the last minute is not computed anew.
  later: "UPDATE dataset SET due_at = 1; UPDATE dataset_slice SET computed_at = computed_at - 61000;",

  /** More events, some of them later than a refresh looks back. */
  prepare: async (worker, project, round, dice) => {
    const { told } = (project.datasets ??= { told: [], total: 0 });
    round.told = told;
    const events = dice.times(EVENTS_OF_A_ROUND, (n) => ({
      n: dice.between(1, 9),
      customer: { id: dice.pick(CUSTOMERS) },
      kind: dice.pick(["x", "y", null]),
      keen: { uniqueness_token: `${round.number}.${n}`, timestamp: new Date(Date.now() - dice.between(0, DAYS - 2) * 86_400_000).toISOString() },
    }));
    const answered = await worker.call("POST", `/3.0/projects/${project.id}/events`, project.keys.write_key, { measured: events });
    assert.equal(answered?.status, 200, answered?.text);
    project.datasets.total += events.reduce((sum, { n }) => sum + n, 0);
    round.recordedAt = Date.now();
  },

  /** The clock refreshes those that are there, and another is made, until the Worker is gone. */
  work: async (worker, project, round, dice) => {
    const name = `round${round.number}`;
    const ticksBefore = dice.between(0, 2);
    for (let at = 0; ; at += 1) {
      if (at === ticksBefore) {
        const made = await make(worker, project, name);
        if (!made) return;
        round.told.push(name);
      }
      if (!(await worker.tick())) return;
      await pause(1);
    }
  },

  check: async (worker, project, round) => {
    const name = `round${round.number}`;
    const wasTold = round.told.includes(name);
    const found = await worker.call("GET", path(project, name), project.keys.read_key);
    if (wasTold) assert.equal(found.status, 200, "a dataset whose making was acknowledged is gone");
    else {
      // Made without an answer or not at all: the same again is taken, and is the one.
      assert.ok(await make(worker, project, name));
      round.told.push(name);
    }
    const compared = round.told.slice(-COMPARED);
    let ticks = 0;
    while (!(await areFresh(worker, project, compared, round))) {
      assert.ok((ticks += 1) <= TICKS_MAX, "a dataset is never fresh again");
      assert.equal((await worker.tick())?.status, 200);
    }
    for (const dataset of compared) await agrees(worker, project, dataset);
    return { acknowledged: Number(wasTold), "made without an answer": Number(!wasTold && found.status === 200), ticks, compared: compared.length * CUSTOMERS.length };
  },
};

const path = ({ id }, name) => `/3.0/projects/${id}/datasets/${name}`;

async function make(worker, project, name) {
  const answered = await worker.call("PUT", path(project, name), project.keys.master_key, { index_by: "customer.id", query: question });
  if (!answered) return false;
  assert.ok([200, 201].includes(answered.status), answered.text);
  return true;
}

/** Are they all computed, and from a moment after the last event? */
async function areFresh(worker, project, names, round) {
  for (const name of names) {
    const { body } = await worker.call("GET", path(project, name), project.keys.read_key);
    if (body.status !== "OK" || body.milliseconds_behind > Date.now() - round.recordedAt) return false;
  }
  return true;
}

/** What it says of each customer is what the question says of that customer's events, and of all customers what was sent. */
async function agrees(worker, project, name) {
  const { analysis_type, ...asked } = question;
  let total = 0;
  for (const customer of CUSTOMERS) {
    const kept = await worker.call("GET", `${path(project, name)}/results?index_by=${customer}&timeframe=${question.timeframe}`, project.keys.read_key);
    assert.equal(kept?.status, 200, kept?.text);
    const filters = [{ property_name: "customer.id", operator: "eq", property_value: customer }];
    const counted = await worker.call("POST", `/3.0/projects/${project.id}/queries/${analysis_type}`, project.keys.read_key, { ...asked, filters });
    assert.equal(counted?.status, 200, counted?.text);
    assert.deepEqual(kept.body.result, counted.body.result, `${name} of ${customer} disagrees with a recount`);
    for (const { value } of kept.body.result) total += value.reduce((sum, group) => sum + group.result, 0);
  }
  assert.equal(total, project.datasets.total, `${name} holds other events than were recorded`);
}
