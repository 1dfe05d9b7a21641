// How long does a dataset's result take at 1, 10 and 100 times the events, and how long its question asked at once?
//
// Called by datasets.mjs with the Node that workerd's tools need.

import assert from "node:assert/strict";
import { main, Problem, step } from "../../xtask/scripts/steps.mjs";
import { COLLECTION, generator, TYPICAL } from "./events.mjs";
import { makeProject, recorder } from "./load.mjs";
import { startPlace } from "./place.mjs";
import { interleaved, p50 } from "./statistics.mjs";
import { table, time, times, verdict, whole } from "./table.mjs";

const BARS = { growth: 1.1, roundTrips: 2 };
const MINUTES_MAX = 30;
const DAY = 86_400_000;
/** Databases of the place, and how many times the events each gets. */
const PLACES = [["EMPTY", 1], ["SIXTEENTH", 10], ["DB", 100]];
const FIRST = "airline-0001";

/** What a dashboard shows: ninety days, one value or a handful a day. */
const datasets = {
  count: { analysis_type: "count" },
  median: { analysis_type: "median", target_property: "speed_knots" },
  grouped: { analysis_type: "sum", target_property: "cost_total_usd", group_by: ["phase_of_flight"] },
};
const query = (more) => ({ event_collection: COLLECTION, timeframe: "this_90_days", interval: "daily", ...more });

main(async () => {
  const at = process.argv.indexOf("--events");
  const base = at < 0 ? 5_000 : Number(process.argv[at + 1]);
  if (!Number.isInteger(base) || base < 1_000 || base > 50_000) throw new Problem("--events wants a whole number from 1,000 to 50,000");
  const patience = setTimeout(() => process.exit(1), MINUTES_MAX * 60_000);
  const place = await step("starting the Worker", startPlace);
  try {
    const projects = [];
    for (const [database, factor] of PLACES) {
      const project = await makeProject(place, database);
      await step(`recording ${whole(base * factor)} events`, () => load(place, project, base * factor));
      const seconds = await step("computing the datasets", () => compute(place, project));
      projects.push({ ...project, factor, seconds });
    }
    console.log(await measure(place, projects));
  } finally {
    clearTimeout(patience);
    await place.close();
  }
});

/** The generator's ninety days, moved to the last ninety. */
async function load(place, project, total) {
  const event = generator(1, total);
  const moved = Math.floor(Date.now() / DAY) * DAY - 89 * DAY - Date.parse("2025-01-01T00:00:00Z");
  const all = recorder(place, project);
  for (let number = 0; number < total; number += 1) {
    const made = event(number);
    const timestamp = new Date(Date.parse(made.keen.timestamp) + moved).toISOString();
    await all.add({ ...made, keen: { ...made.keen, timestamp } });
  }
  await all.send();
}

/** No clock strikes here, so whoever asks has them computed, some slices at a time. */
async function compute(place, project) {
  const began = performance.now();
  for (const [name, more] of Object.entries(datasets)) {
    const body = JSON.stringify({ display_name: name, index_by: "customer.id", query: query(more) });
    let { status } = await send(place, project, project.master, `/datasets/${name}`, { method: "PUT", body });
    for (let turn = 0; status !== "OK"; turn += 1) {
      if (turn > 50) throw new Error(`${name} is ${status}`);
      await place.sql("UPDATE dataset SET due_at = 1", [], { database: project.database });
      await retrieve(place, project, name, TYPICAL);
      ({ status } = await send(place, project, project.read, `/datasets/${name}`));
    }
  }
  return (performance.now() - began) / 1000;
}

async function measure(place, projects) {
  const rows = [];
  let worst = 0;
  let roundTrips = 0;
  for (const [name, more] of Object.entries(datasets)) {
    for (const customer of [TYPICAL, FIRST]) {
      const works = projects.flatMap((project) => [
        () => timed(() => retrieve(place, project, name, customer)),
        () => timed(() => ask(place, project, more, customer)),
      ]);
      for (const project of projects) {
        const [kept, asked] = [await retrieve(place, project, name, customer), await ask(place, project, more, customer)];
        assert.deepEqual(kept.result, asked.result, `${name} of ${customer}`);
      }
      roundTrips = Math.max(roundTrips, await countRoundTrips(place, projects[0], name, customer));
      const answers = (await interleaved(works, { rounds: 200, milliseconds: 60_000 })).map(p50);
      const [kept, asked] = [answers.filter((_, at) => at % 2 === 0), answers.filter((_, at) => at % 2 === 1)];
      const held = await Promise.all([projects[0], projects.at(-1)].map((project) => count(place, project, name, customer)));
      const growth = kept.at(-1) / kept[0];
      // A customer of few events has no rows yet for some of its days: what it is answered grows as well.
      if (held[1] === held[0]) worst = Math.max(worst, growth);
      rows.push([`${name}, ${customer}`, ...held.map(whole), ...kept.map(time), times(growth), ...asked.map(time), times(asked.at(-1) / asked[0])]);
    }
  }
  const heads = PLACES.map(([, factor]) => `${factor}×`);
  const columns = ["", "rows 1×", "rows 100×", ...heads, "grows", ...heads.map((head) => `asked ${head}`), "grows"];
  const computed = projects.map(({ factor, seconds }) => `${factor}×: ${seconds.toFixed(1)} s`).join(", ");
  return [
    table("A dataset's result, and its question asked of the events (ms, p50 of interleaved rounds)", columns, rows),
    `\ncomputing three datasets anew: ${computed}`,
    `growth from 1× to 100× where there are as many rows: ${times(worst)} at most, bar ${times(BARS.growth)}: ${verdict(worst, BARS.growth)}`,
    `D1 round trips of a result: ${roundTrips} at most, bar ${BARS.roundTrips}: ${verdict(roundTrips, BARS.roundTrips)}`,
  ].join("\n");
}

/** The rows that a result is made of. */
async function count(place, project, name, customer) {
  const sql = "SELECT count(*) AS n FROM dataset_row r JOIN dataset d ON d.number = r.dataset WHERE d.project = ?1 AND d.name = ?2 AND r.key = ?3";
  const { results } = await place.sql(sql, [project.id, name, JSON.stringify(customer)], { database: project.database });
  return results[0].n;
}

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const results = (name, customer) => `/datasets/${name}/results?index_by=${customer}&timeframe=this_90_days`;
const retrieve = (place, project, name, customer) => send(place, project, project.read, results(name, customer));

/** How often a result calls D1: counted on the binding itself. */
async function countRoundTrips(place, project, name, customer) {
  const headers = { authorization: project.read, "bench-count": "1" };
  const response = await place.fetch(`/3.0/projects/${project.id}${results(name, customer)}`, { headers, database: project.database });
  await response.text();
  return Number(response.headers.get("bench-round-trips"));
}

function ask(place, project, { analysis_type, ...more }, customer) {
  const filters = [{ property_name: "customer.id", operator: "eq", property_value: customer }];
  return send(place, project, project.read, `/queries/${analysis_type}`, { method: "POST", body: JSON.stringify({ ...query(more), filters }) });
}

async function send(place, project, key, path, options = {}) {
  const response = await place.fetch(`/3.0/projects/${project.id}${path}`, { ...options, headers: { authorization: key }, database: project.database });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 500)}`);
  return JSON.parse(text);
}
