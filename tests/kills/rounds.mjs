// What is done in each round: work, a kill in the midst of it, a restart, and a look at what is there?

import assert from "node:assert/strict";
import { Random } from "../non_interference/random.mjs";
import { makePlace, pause } from "./place.mjs";

/** Of the time that the work of a round takes before a kill, at most so much. */
const LATEST_MILLISECONDS = 700;

/**
 * Plays a scenario `{name, vars, prepare, work, check, later}` over one database. `work` goes on until the Worker is
 * gone, and keeps in `round` what it was told; `check` compares that with what a new Worker finds. `later` is SQL that
 * lets time go by, where the clock has something to do only after a while: it is run before each start. Gives the sums of
 * what the checks count.
 */
export async function play({ name, vars, prepare, work, check, later }, kills, seed) {
  const place = await makePlace();
  const sums = { kills: 0 };
  const reopen = async () => {
    if (later) await place.sql(later);
    return place.open(vars);
  };
  let worker = await place.open(vars);
  try {
    const project = await makeProject(worker, place.organization);
    for (let number = 1; number <= kills; number += 1) {
      const dice = new Random(seed, name, number);
      const round = { number };
      if (later && number > 1) {
        await worker.kill();
        worker = await reopen();
      }
      await prepare(worker, project, round, dice);
      const working = work(worker, project, round, dice);
      // Early moments are the likelier: the first transaction of a deletion is over soon.
      await pause(dice.next() ** 2 * LATEST_MILLISECONDS);
      await worker.kill();
      await working;
      worker = await reopen();
      const counted = await check(worker, project, round).catch((error) => {
        throw new Error(`round ${number} of seed ${seed}: ${error.message}`, { cause: error });
      });
      sums.kills += 1;
      for (const [what, count] of Object.entries(counted)) sums[what] = (sums[what] ?? 0) + count;
    }
    return sums;
  } finally {
    await worker.kill().catch(() => {});
    place.remove();
  }
}

async function makeProject(worker, { id, key }) {
  const answered = await worker.call("POST", `/3.0/organizations/${id}/projects`, key, { name: "Killed" });
  assert.equal(answered?.status, 201, answered?.text);
  return { id: answered.body.id, keys: answered.body.api_keys };
}
