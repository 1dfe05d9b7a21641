// Is no deleted event back, and no other gone, after the Worker was killed while it deleted?

import assert from "node:assert/strict";
import { pause } from "./place.mjs";

/** More than one step of a deletion takes, so that there is something between steps. */
const DOOMED_EVENTS = 6_000;
const KEPT_EVENTS = 300;
const BATCH_EVENTS = 3_000;
const TICKS_MAX = 20;

export const deletion = {
  name: "deletion",
  // The request does one step only: the others are the clock's, which is killed as well.
  vars: { DELETION_STEPS: "1" },

  prepare: async (worker, project, round) => {
    round.collection = `round${round.number}`;
    const doomed = Array.from({ length: DOOMED_EVENTS }, (_, n) => ({ n, doomed: true }));
    const kept = Array.from({ length: KEPT_EVENTS }, (_, n) => ({ n, doomed: false }));
    const events = [...doomed, ...kept];
    for (let at = 0; at < events.length; at += BATCH_EVENTS) {
      const batch = { [round.collection]: events.slice(at, at + BATCH_EVENTS) };
      const answered = await worker.call("POST", `/3.0/projects/${project.id}/events`, project.keys.write_key, batch);
      assert.equal(answered?.status, 200, answered?.text);
    }
  },

  /** Deletes, and lets the clock go on with it, until the Worker is gone. */
  work: async (worker, project, round) => {
    round.answered = await remove(worker, project, round);
    while (round.answered && (await worker.tick())) await pause(1);
  },

  check: async (worker, project, round) => {
    const found = await count(worker, project, round);
    if (round.answered) assert.deepEqual(found, [0, KEPT_EVENTS], "after an acknowledged deletion");
    else assert.ok(found[0] === 0 || found[0] === DOOMED_EVENTS, `a deletion is half seen: ${found}`);
    const wasBegun = found[0] === 0;
    if (!round.answered) assert.ok(await remove(worker, project, round), "it is not taken after the restart");
    const returned = { n: "new", doomed: true, keen: { uniqueness_token: `new-${round.number}` } };
    const recorded = await worker.call("POST", `/3.0/projects/${project.id}/events/${round.collection}`, project.keys.write_key, returned);
    assert.equal(recorded?.status, 201, recorded?.text);
    let ticks = 0;
    for (; ticks < TICKS_MAX; ticks += 1) {
      // What came after the deletion stays; what it took does not come back at any of its steps.
      assert.deepEqual(await count(worker, project, round), [1, KEPT_EVENTS]);
      if (await isSwept(worker, project, round)) break;
      assert.equal((await worker.tick())?.status, 200);
    }
    assert.ok(ticks < TICKS_MAX, "the deletion never ends");
    return {
      acknowledged: Number(round.answered),
      "begun without an answer": Number(wasBegun && !round.answered),
      "half swept": Number(wasBegun && ticks > 0),
      events: DOOMED_EVENTS,
    };
  },
};

const doomed = [{ property_name: "doomed", operator: "eq", property_value: true }];

async function remove(worker, { id, keys }, { collection }) {
  const path = `/3.0/projects/${id}/events/${collection}?filters=${encodeURIComponent(JSON.stringify(doomed))}`;
  const answered = await worker.call("DELETE", path, keys.master_key);
  if (!answered) return false;
  assert.equal(answered.status, 204, answered.text);
  return true;
}

/** How many doomed events are seen, and how many of the others. */
async function count(worker, { id, keys }, { collection }) {
  const question = { event_collection: collection, timeframe: "this_40_days", group_by: "doomed" };
  const answered = await worker.call("POST", `/3.0/projects/${id}/queries/count`, keys.read_key, question);
  assert.equal(answered?.status, 200, answered?.text);
  const of = (value) => answered.body.result.find((group) => group.doomed === value)?.result ?? 0;
  return [of(true), of(false)];
}

/** Does the audit say how many events were taken from the collection, which it does when all are? */
async function isSwept(worker, { id, keys }, { collection }) {
  const answered = await worker.call("GET", `/3.0/projects/${id}/audit?kind=change&per_page=50`, keys.master_key);
  const ours = answered.body.entries.filter((entry) => entry.action === "events_deleted" && entry.collection === collection);
  assert.ok(ours.length > 0, "the audit does not know of the deletion");
  return ours.every(({ events }) => events !== null);
}
