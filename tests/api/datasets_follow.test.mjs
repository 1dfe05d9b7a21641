// Does a dataset follow what is taken away from its events, or changed in them?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ago, counted, datasetsOf, encoded, events, pin, refused } from "../support/datasets.mjs";
import { startWorker } from "../support/harness.mjs";
import { call } from "../support/project.mjs";

let worker;
let rows;
let place;
let strike;

// What is deleted is hidden first and swept by the clock only: what a dataset shows meanwhile is looked at.
before(async () => {
  worker = await startWorker({ vars: { DELETION_STEPS: "0" } });
  ({ rows, place, strike } = datasetsOf(worker));
});
after(() => worker?.close());

/** What the dataset "d" shows of some values of its index, and what its question answers of their events. */
function sides({ retrieve, direct }, index, query) {
  const each = (ask) => () => Promise.all(["a", "b", 7, null].map(ask));
  return { all: each(async (value) => (await retrieve("d", [value])).body.result), asked: each((value) => direct(query, [pin(index, value)])) };
}

for (const [what, remove, property] of [
  ["some events", (project) => project.call("DELETE", `/events/c?filters=${encoded([pin("s", "x")])}`, { key: project.keys.master })],
  ["events of a week", (project) => project.call("DELETE", `/events/c?timeframe=${encoded({ start: ago(20), end: ago(13) })}`, { key: project.keys.master })],
  ["a person", (project) => project.call("DELETE", `/events?filters=${encoded([pin("customer.id", "b")])}`, { key: project.keys.master })],
  ["a property that is computed from", (project) => project.call("DELETE", "/events/c/properties/n", { key: project.keys.master })],
  ["the property that is grouped by", (project) => project.call("DELETE", "/events/c/properties/s", { key: project.keys.master })],
  ["the property that is indexed by", (project) => project.call("DELETE", "/events/c/properties/person", { key: project.keys.master }), "person"],
  ["a collection", (project) => project.call("DELETE", "/events/c", { key: project.keys.master })],
]) {
  test(`no dataset shows what was deleted: ${what}, hidden and swept`, async () => {
    const placed = await place(events().map((event) => ({ ...event, person: event.customer.id })));
    const { project, made, tick, runIt } = placed;
    const index = property ?? "customer.id";
    const query = { ...counted, analysis_type: "multi_analysis", group_by: "s", analyses: { sum: { analysis_type: "sum", target_property: "n" }, all: { analysis_type: "count" }, median: { analysis_type: "median", target_property: "n" } } };
    await made("d", query, index);
    await made("elsewhere", { ...query, event_collection: "e" }, index);
    const { all, asked } = sides(placed, index, query);
    const before = await all();
    assert.deepEqual(before, await asked());
    const removed = await remove(project);
    assert.equal(removed.status, 204, removed.text);
    const hidden = await all();
    assert.notDeepEqual(hidden, before, "nothing of it was deleted");
    assert.deepEqual(hidden, await asked());
    // What comes afterwards counts, and what is computed while the deletion is still being carried out leaves it out.
    await project.record({ c: [{ customer: { id: "b" }, person: "b", n: 5, s: "x" }] });
    await runIt();
    assert.deepEqual(await all(), await asked());
    const open = await rows("SELECT count(*) AS n FROM deletion WHERE project = ?", project.id);
    assert.deepEqual(open, [{ n: 1 }], "it was swept already");
    await tick();
    assert.deepEqual(await all(), await asked());
    const stale = await rows("SELECT count(*) AS n FROM dataset_slice WHERE stale AND dataset IN (SELECT number FROM dataset WHERE project = ?)", project.id);
    assert.deepEqual(stale, [{ n: 0 }], "it is not computed anew");
  });
}

for (const [what, change, property] of [
  ["what is computed from", { property_updates: [{ property_name: "n", property_value: 100 }] }],
  ["what is grouped by", { property_updates: [{ property_name: "s", property_value: "z" }] }],
  ["what is indexed by", { property_updates: [{ property_name: "person", property_value: "b" }], filters: [pin("person", "a")] }, "person"],
  ["what few of the events say", { property_updates: [{ property_name: "n", property_value: 100 }], timeframe: { start: ago(20), end: ago(13) } }],
]) {
  test(`no dataset shows what was there before an update: ${what}`, async () => {
    const placed = await place(events().map((event) => ({ ...event, person: event.customer.id })));
    const { project, made, tick } = placed;
    const index = property ?? "customer.id";
    const query = { ...counted, analysis_type: "sum", target_property: "n", group_by: "s" };
    await made("d", query, index);
    await made("elsewhere", { ...query, event_collection: "e" }, index);
    const { all, asked } = sides(placed, index, query);
    const before = await all();
    assert.deepEqual(before, await asked());
    const updated = await project.call("PUT", "/events/c", { key: project.keys.master, body: change });
    assert.equal(updated.status, 200, updated.text);
    const stale = "SELECT count(*) AS n FROM dataset_slice s JOIN dataset d ON d.number = s.dataset WHERE s.stale AND d.project = ?";
    const [{ n }] = await rows(`${stale} AND d.name = 'd'`, project.id);
    assert.ok(n > 0 && (n < 4 || !change.timeframe), `${n} slices are to be computed anew`);
    assert.deepEqual(await rows(`${stale} AND d.name = 'elsewhere'`, project.id), [{ n: 0 }]);
    assert.notDeepEqual(await all(), before);
    assert.deepEqual(await all(), await asked());
    await tick();
    assert.deepEqual(await rows(stale, project.id), [{ n: 0 }], "it is not computed anew");
    assert.deepEqual(await all(), await asked());
  });
}

test("a dataset does not show what its project no longer keeps, though rows were computed of it", async () => {
  const { project, made, retrieve, direct, tick } = await place();
  for (const [name, more] of [["daily", {}], ["weekly", { interval: "weekly", timeframe: "this_5_weeks" }]]) {
    const query = { ...counted, ...more };
    await made(name, query);
    const before = (await retrieve(name, "a", query.timeframe)).body.result;
    assert.deepEqual(before, await direct(query, [pin("customer.id", "a")]));
  }
  const path = `/3.0/organizations/${project.organization.id}/projects/${project.id}`;
  const keep = (retention_days) => call(worker, "POST", path, { key: project.organization.key, body: { preferences: { retention_days } } });
  assert.equal((await keep(10)).status, 200);
  // Ten days ago is in the middle of a day and of a week: of those, what is kept counts.
  const check = async () => {
    for (const [name, query] of [["daily", counted], ["weekly", { ...counted, interval: "weekly", timeframe: "this_5_weeks" }]]) {
      const shown = (await retrieve(name, "a", query.timeframe)).body.result;
      assert.deepEqual(shown, await direct(query, [pin("customer.id", "a")]));
      const total = shown.reduce((sum, { value }) => sum + value, 0);
      assert.ok(total > 0 && total < 10, `${total} events are counted of those that are kept`);
    }
  };
  await check();
  await tick();
  await check();
});

test("what a project no longer kept stays gone when it is told to keep its events longer again", async () => {
  const { project, made, retrieve, direct, tick } = await place();
  await made("daily", counted);
  const path = `/3.0/organizations/${project.organization.id}/projects/${project.id}`;
  const keep = (retention_days) => call(worker, "POST", path, { key: project.organization.key, body: { preferences: { retention_days } } });
  const check = async (most) => {
    const shown = (await retrieve("daily", "a")).body.result;
    assert.deepEqual(shown, await direct(counted, [pin("customer.id", "a")]));
    const total = shown.reduce((sum, { value }) => sum + value, 0);
    assert.ok(total > 0 && total <= most, `${total} events are counted`);
  };
  await check(20);
  for (const days of [20, 10]) {
    await keep(days);
    await tick();
    await check(10 + days / 2);
  }
  for (const days of [25, null]) {
    await keep(days);
    const [{ due_at }] = await rows("SELECT due_at FROM dataset WHERE project = ?", project.id);
    assert.ok(due_at <= Date.now(), "it is computed anew at once");
    await check(10);
    await tick();
    await check(10);
  }
});

test("a step that was planned before a deletion keeps nothing", async () => {
  const { project, made, retrieve, direct, tick } = await place();
  await made("d", counted);
  // The epoch a step was planned for is compared inside its transaction: as if all came between plan and step.
  for (let at = 0; at < 5; at += 1) {
    await project.record({ c: [{ customer: { id: "a" }, round: at }] });
    const remove = project.call("DELETE", `/events/c?filters=${encoded([pin("round", at)])}`, { key: project.keys.master });
    const [removed] = await Promise.all([remove, tick(), strike()]);
    assert.equal(removed.status, 204);
    assert.deepEqual((await retrieve("d", "a")).body.result, await direct(counted, [pin("customer.id", "a")]));
  }
  await tick();
  assert.deepEqual((await retrieve("d", "a")).body.result, await direct(counted, [pin("customer.id", "a")]));
});

test("a question that is too large beside what deletions hide is to be asked again, and answers once they are done", async () => {
  const { project, master, made, retrieve } = await place();
  const filters = (count, name) => Array.from({ length: count }, (_, at) => ({ property_name: `${name}${at}.x`, operator: "ne", property_value: at }));
  await made("heavy", { ...counted, filters: filters(200, "p") });
  for (let at = 0; at < 10; at += 1) {
    const which = encoded([pin("no", "such"), ...filters(80, `q${at}`)]);
    assert.equal((await project.call("DELETE", `/events/c?filters=${which}`, { key: project.keys.master })).status, 204);
  }
  refused(await retrieve("heavy", "a"), 503, "ServiceUnavailableError");
  await strike();
  assert.equal((await retrieve("heavy", "a")).status, 200);
  assert.equal((await master("GET", "/heavy")).status, 200);
});
