// What is measured, in which order, and what is printed?
//
// Called by bench.mjs with the Node that workerd's tools need.

import { writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { main, Problem, say, step } from "../../xtask/scripts/steps.mjs";
import { belongs, COLLECTION, generator, wholeTime } from "./events.mjs";
import { makeProject, narrowed, record, recorder } from "./load.mjs";
import { options } from "./options.mjs";
import { startPlace } from "./place.mjs";
import { dailyByProperty, queries } from "./queries.mjs";
import { geometricMean, interleaved, mean, p50, p95 } from "./statistics.mjs";
import { table, time, times, verdict, whole } from "./table.mjs";

const BARS = { growth: 1.15, roundTrips: 2, byHand: 1.2 };
/** Whatever happens, it ends. */
const MINUTES_MAX = 30;

main(async () => {
  const chosen = options(process.argv.slice(2));
  const patience = setTimeout(() => {
    console.error(`\nStopped: this took longer than ${MINUTES_MAX} minutes.`);
    process.exit(1);
  }, MINUTES_MAX * 60_000);
  const place = await step("starting the Worker", startPlace);
  try {
    const report = await measure(place, chosen);
    console.log(print(report));
    if (chosen.json) writeFileSync(chosen.json, `${JSON.stringify(report, null, 2)}\n`);
  } finally {
    clearTimeout(patience);
    await place.close();
  }
});

async function measure(place, { events, quick, seed }) {
  const report = { events, seed, began: new Date().toISOString(), machine: machine() };
  const projects = {};
  for (const database of ["DB", "FOURTH", "SIXTEENTH", "EMPTY"]) projects[database] = await makeProject(place, database);

  report.loading = await step(`recording ${whole(events)} events`, (say) => load(place, projects, events, seed, say));
  report.storage = await storage(place, events);
  report.batches = await step("recording batches of each size", () => batches(place, projects.EMPTY, seed, quick));
  report.floor = await floor(place, quick);
  report.roundTrips = await roundTrips(place, projects.DB);
  report.queries = await step("asking the twelve questions", () => twelve(place, projects.DB, quick));
  report.growth = await step("asking while others grow", () => growth(place, projects, quick));
  report.byHand = await step("asking by hand", () => byHand(place, projects.DB, quick));
  report.machine.loadAtEnd = loadavg().map((load) => Number(load.toFixed(2)));
  return report;
}

function machine() {
  const [{ model }] = cpus();
  const load = loadavg().map((load) => Number(load.toFixed(2)));
  return { model, cpus: cpus().length, gigabytes: Math.round(totalmem() / 2 ** 30), node: process.version, loadAtStart: load };
}

async function load(place, projects, total, seed, report) {
  const event = generator(seed, total);
  const all = recorder(place, projects.DB);
  const fewer = [
    { step: 4, recorder: recorder(place, projects.FOURTH) },
    { step: 16, recorder: recorder(place, projects.SIXTEENTH) },
  ];
  for (let number = 0; number < total; number += 1) {
    const made = event(number);
    await all.add(made);
    for (const part of fewer) {
      if (belongs(made, number, part.step)) await part.recorder.add(made);
    }
    if (number % 5_000 === 0) report(`${whole(number)} of ${whole(total)}`);
  }
  for (const { send } of [all, ...fewer.map((part) => part.recorder)]) await send();
  const { events, milliseconds } = all.done;
  return { events, perSecond: (events / milliseconds) * 1000 };
}

async function storage(place, events) {
  const { meta } = await place.sql("SELECT 1");
  return { bytes: meta.size_after, perEvent: meta.size_after / events };
}

/** Each size in turn, several times, into a database that began empty. */
async function batches(place, project, seed, quick) {
  const sizes = [1, 100, 1_000, 5_000];
  const event = generator(seed, 10_000_000);
  let next = 0;
  const take = (count) => Array.from({ length: count }, () => event((next += 1)));
  const send = (size) => async () => {
    const times = Math.max(1, Math.ceil((quick ? 200 : 1_000) / size / 5));
    const sum = { events: 0, milliseconds: 0 };
    for (let at = 0; at < times; at += 1) {
      const { events, milliseconds } = await record(place, project, take(size));
      sum.events += events;
      sum.milliseconds += milliseconds;
    }
    return (sum.events / sum.milliseconds) * 1000;
  };
  await record(place, project, take(5_000));
  const rates = await interleaved(sizes.map(send), { rounds: quick ? 5 : 9, milliseconds: 60_000 });
  return sizes.map((size, at) => ({ size, perSecond: p50(rates[at]), slowest: Math.min(...rates[at]) }));
}

/** What a request costs that asks nothing: part of every figure below. */
async function floor(place, quick) {
  const request = async () => {
    const began = performance.now();
    await (await place.fetch("/timezones", { method: "OPTIONS" })).text();
    return performance.now() - began;
  };
  const [answers] = await interleaved([request], { rounds: quick ? 50 : 300, milliseconds: 10_000 });
  return p50(answers);
}

/** How often a keyed query calls D1: counted on the binding itself. */
async function roundTrips(place, project) {
  // A key's first request in a minute has one more, after its answer: when the key was used is written down.
  await ask(place, project, project.scoped, queries[0]);
  const counts = [];
  for (const query of queries) {
    const { roundTrips } = await ask(place, project, project.scoped, query, { "bench-count": "1" });
    counts.push({ title: query.title, roundTrips });
  }
  counts.push({ title: "a saved query's result", roundTrips: await savedRoundTrips(place, project) });
  return { most: Math.max(...counts.map((count) => count.roundTrips)), counts };
}

/** The same of the first question, saved. */
async function savedRoundTrips(place, project) {
  const [{ analysis, body }] = queries;
  const path = `/3.0/projects/${project.id}/queries/saved/first`;
  const options = { database: project.database, headers: { authorization: project.master, "bench-count": "1" } };
  const saved = await place.fetch(path, { ...options, method: "PUT", body: JSON.stringify({ query: { analysis_type: analysis, ...body } }) });
  const response = await place.fetch(`${path}/result`, options);
  if (!saved.ok || !response.ok) throw new Error(`a saved query: ${saved.status} ${response.status} ${await response.text()}`);
  await response.text();
  return Number(response.headers.get("bench-round-trips"));
}

async function twelve(place, project, quick) {
  for (const query of queries) await ask(place, project, project.scoped, query);
  const works = queries.flatMap((query) => [
    // The scoped ones are cheap: three of them for each of the others.
    ...[1, 2, 3].map(() => () => ask(place, project, project.scoped, query)),
    () => ask(place, project, project.read, query),
    // A key is not told what was read for it.
    () => ask(place, project, project.read, narrowed(query)),
  ]);
  const answers = await interleaved(works, { rounds: quick ? 5 : 11, milliseconds: 240_000 });
  return queries.map(({ title }, at) => {
    const [first, second, third, everyone, told] = answers.slice(at * 5, at * 5 + 5);
    const { database, rowsRead } = summary(told);
    const scoped = { ...summary([...first, ...second, ...third]), database, rowsRead };
    return { title, scoped, everyone: summary(everyone) };
  });
}

/** The same questions of the same customer, as all others have 1, 4 and 16 times as many events. */
async function growth(place, projects, quick) {
  const sizes = [
    { size: 1, project: projects.SIXTEENTH },
    { size: 4, project: projects.FOURTH },
    { size: 16, project: projects.DB },
  ];
  const cases = queries.flatMap((query) => sizes.map(({ project }) => ({ query, project })));
  const works = cases.map(({ query, project }) => () => ask(place, project, project.scoped, query));
  await interleaved(works, { rounds: 3, milliseconds: 0 });
  const answers = await interleaved(works, { rounds: quick ? 15 : 101, milliseconds: 240_000 });
  const rows = queries.map(({ title }, at) => {
    const ofQuery = answers.slice(at * 3, at * 3 + 3);
    const alike = new Set(ofQuery.map(([{ result }]) => result)).size === 1;
    // Ids are the same in all three, so even the extraction must not differ.
    if (!alike) throw new Problem(`"${title}" has another answer among fewer foreign events.`);
    const [one, four, sixteen] = ofQuery.map(summary);
    return { title, p50: [one.p50, four.p50, sixteen.p50], ratios: [four.p50 / one.p50, sixteen.p50 / one.p50] };
  });
  return { rows, mean: geometricMean(rows.map(({ ratios }) => ratios[1])), most: Math.max(...rows.map(({ ratios }) => ratios[1])) };
}

/** The whole project's daily count by a property, against SQL that knows the table and only this question. */
async function byHand(place, project, quick) {
  const [start, end] = [wholeTime.start, wholeTime.end].map(Date.parse);
  const week = 7 * 86_400_000;
  const sql = (table) => `
    SELECT (ts - ${start}) / 86400000 AS day, body ->> '$.phase_of_flight' AS value, count(*) AS count
    FROM ${table}
    WHERE c = (SELECT c FROM collection WHERE project = ?1 AND name = ?2)
      AND wk BETWEEN ${Math.floor(start / week)} AND ${Math.floor(end / week)} AND ts >= ${start} AND ts < ${end}
    GROUP BY 1, 2`;
  const run = (table) => async () => {
    const began = performance.now();
    const { results, meta } = await place.sql(sql(table), [project.id, COLLECTION], { database: project.database });
    const total = results.reduce((sum, { count }) => sum + count, 0);
    return { milliseconds: performance.now() - began, database: meta.duration, total };
  };
  const asked = () => ask(place, project, project.read, dailyByProperty);
  const works = [asked, run("event"), run("event_with_body")];
  const [ours, onTable, onView] = await interleaved(works, { rounds: quick ? 5 : 11, milliseconds: 240_000 });
  const counted = JSON.parse(ours[0].result).flatMap(({ value }) => value).reduce((sum, { result }) => sum + result, 0);
  if (counted !== onTable[0].total) throw new Problem(`Counted ${counted}, by hand ${onTable[0].total}.`);
  const inside = (answers) => mean(answers.map(({ database }) => database));
  const outside = (answers) => p50(answers.map(({ milliseconds }) => milliseconds));
  return {
    ours: outside(ours),
    onTable: outside(onTable),
    onView: outside(onView),
    ratio: outside(ours) / outside(onTable),
    ratioOnView: outside(ours) / outside(onView),
    ratioInside: inside(ours) / inside(onTable),
  };
}

async function ask(place, project, key, { title, analysis, body }, headers = {}) {
  const began = performance.now();
  const response = await place.fetch(`/3.0/projects/${project.id}/queries/${analysis}`, {
    method: "POST",
    headers: { authorization: key, ...headers },
    database: project.database,
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const milliseconds = performance.now() - began;
  if (!response.ok) throw new Error(`${title}: ${response.status} ${text}`);
  const { result, execution_metadata: metadata } = JSON.parse(text);
  return {
    milliseconds,
    database: metadata.total_processing_time * 1000,
    rowsRead: metadata.events_scanned,
    // What is the same event is not received at the same moment in every database.
    result: JSON.stringify(result, (name, value) => (name === "created_at" ? undefined : value)),
    roundTrips: Number(response.headers.get("bench-round-trips")),
  };
}

function summary(answers) {
  const milliseconds = answers.map((answer) => answer.milliseconds);
  return {
    p50: p50(milliseconds),
    p95: p95(milliseconds),
    // D1 tells whole milliseconds: only their mean says more.
    database: mean(answers.map(({ database }) => database)),
    rowsRead: answers[0].rowsRead,
    samples: answers.length,
  };
}

function print(report) {
  const { machine, loading, storage, batches, roundTrips, queries, growth, byHand } = report;
  const bars = [
    ["scoped p50, 16× as many foreign events (mean of 12)", times(growth.mean), times(BARS.growth), verdict(growth.mean, BARS.growth)],
    ["the same, the question that grows most", times(growth.most), times(BARS.growth), verdict(growth.most, BARS.growth)],
    ["D1 round trips of a keyed query or a saved one, at most", roundTrips.most, BARS.roundTrips, verdict(roundTrips.most, BARS.roundTrips)],
    ["count by day and property, against SQL by hand", times(byHand.ratio), times(BARS.byHand), verdict(byHand.ratio, BARS.byHand)],
  ];
  const asked = queries.map(({ title, scoped, everyone }) => [
    title,
    time(scoped.p50),
    time(scoped.p95),
    time(scoped.database),
    whole(scoped.rowsRead),
    time(everyone.p50),
    time(everyone.p95),
    time(everyone.database),
    whole(everyone.rowsRead),
    times(everyone.p50 / scoped.p50),
  ]);
  const grown = growth.rows.map(({ title, p50, ratios }) => [title, ...p50.map(time), ...ratios.map(times)]);
  return [
    "",
    `${whole(report.events)} events, seed ${report.seed}; ${machine.cpus} × ${machine.model}, ${machine.gigabytes} GiB;`,
    `load ${machine.loadAtStart[0]} at the beginning, ${machine.loadAtEnd[0]} at the end`,
    table("Recording", ["events in a request", "events/s", "slowest round"], [
      ...batches.map(({ size, perSecond, slowest }) => [whole(size), whole(perSecond), whole(slowest)]),
      [`5,000, all ${whole(loading.events)}`, whole(loading.perSecond), ""],
    ]),
    `\n${whole(storage.bytes)} bytes of database, ${storage.perEvent.toFixed(0)} for each event`,
    `${time(report.floor)} ms for a request that asks nothing (p50): part of all that follows`,
    table(
      "Asking, in milliseconds: one customer with an access key, and the whole project with a read key",
      ["", "scoped p50", "p95", "in D1", "rows read", "whole p50", "p95", "in D1", "rows read", "whole/scoped"],
      asked,
    ),
    table("One customer among others, p50 in milliseconds", ["foreign events", "1×", "4×", "16×", "4×/1×", "16×/1×"], grown),
    table("Count by day and property over the whole project, p50 in milliseconds", ["", "ms", "ratio"], [
      ["asked over HTTP", time(byHand.ours), ""],
      ["by hand on the table", time(byHand.onTable), times(byHand.ratio)],
      ["by hand on the view", time(byHand.onView), times(byHand.ratioOnView)],
      ["the same on the table, time in D1 alone", "", times(byHand.ratioInside)],
    ]),
    table("Bars", ["", "measured", "bar", ""], bars),
    "",
  ].join("\n");
}
