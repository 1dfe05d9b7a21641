// Are datasets kept, kept up and answered as their question would be, and does a key see of them what it may?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ago, counted, datasetsOf, DAY, encoded, events, pin, refused } from "../support/datasets.mjs";
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

test("a dataset is made once, read, listed and deleted", async () => {
  const { project, master, make } = await place();
  const definition = { display_name: "Per customer", index_by: "customer.id", query: { ...counted, timezone: "UTC", filters: [], group_by: ["s"], target_property: null } };
  const made = await make("first", definition);
  assert.equal(made.status, 201, made.text);
  const { last_scheduled_date, latest_subtimeframe_available, milliseconds_behind, ...fixed } = made.body;
  assert.deepEqual(fixed, {
    dataset_name: "first",
    display_name: "Per customer",
    project_id: project.id,
    query: { ...definition.query, project_id: project.id, order_by: null, limit: null },
    index_by: ["customer.id"],
    status: "OK",
  });
  assert.ok(Math.abs(Date.parse(last_scheduled_date) - Date.now()) < 60_000);
  assert.equal(latest_subtimeframe_available, new Date(Math.floor(Date.now() / DAY) * DAY).toISOString());
  assert.ok(Number.isInteger(milliseconds_behind) && milliseconds_behind < 60_000);

  // The same again, whatever the order and whatever else was answered, is the same dataset; another is none.
  const again = await make("first", { ...made.body, index_by: ["customer.id"], query: Object.fromEntries(Object.entries(made.body.query).reverse()) });
  assert.deepEqual([again.status, again.body.dataset_name], [200, "first"]);
  for (const other of [{ display_name: "Other" }, { index_by: "s2" }, { query: { ...definition.query, interval: "weekly" } }]) {
    refused(await make("first", { ...definition, ...other }), 409, "ConflictError");
  }
  const read = await master("GET", "/first");
  assert.deepEqual([read.status, read.body.query], [200, made.body.query]);
  const listed = await master("GET");
  assert.deepEqual([listed.body.datasets.length, listed.body.next_page_url, listed.body.count], [1, null, 1]);
  assert.equal((await master("DELETE", "/first")).status, 204);
  refused(await master("DELETE", "/first"), 404, "ResourceNotFoundError");
  for (const path of ["/first", "/first/results?index_by=a&timeframe=today"]) refused(await master("GET", path), 404, "ResourceNotFoundError");
  await strike();
  const left = await rows("SELECT (SELECT count(*) FROM dataset_row) + (SELECT count(*) FROM dataset_slice) + (SELECT count(*) FROM dataset_trash) AS n");
  assert.deepEqual(left, [{ n: 0 }], "rows of a deleted dataset are left behind");
});

test("datasets are listed by name, a page at a time", async () => {
  const { project, master, made, as } = await place([]);
  for (const name of ["d", "b", "e", "a", "c"]) await made(name, counted);
  const names = ({ body }) => body.datasets.map(({ dataset_name }) => dataset_name);
  const first = await master("GET", "?limit=2");
  assert.deepEqual([names(first), first.body.count], [["a", "b"], 5]);
  assert.ok(first.body.next_page_url.startsWith(`${worker.url}/3.0/projects/${project.id}/datasets?`), first.body.next_page_url);
  assert.ok(!first.body.next_page_url.includes("api_key"));
  const seen = [];
  for (let next = first.body.next_page_url; next; ) {
    const page = await call(worker, "GET", next.slice(worker.url.length), { key: project.keys.read });
    seen.push(...names(page));
    next = page.body.next_page_url;
  }
  assert.deepEqual(seen, ["c", "d", "e"]);
  assert.deepEqual(names(await master("GET", "?after_name=d")), ["e"]);
  for (const limit of ["0", "101", "-1", "x", "1.5", ""]) refused(await master("GET", `?limit=${limit}`), 400, "InvalidRequestError", "/limit");
  refused(await master("GET", "?after_name=a%20b"), 400, "DatasetDefinitionError", "/dataset_name");
  // A key sees those it reaches, and counts no others.
  const some = await project.key({ name: "k", permitted: ["datasets"], options: { datasets: { allowed: { b: {}, d: { index_by: { "customer.id": ["x"] } } }, blocked: ["d"] } } });
  const shown = await as(some.key)("GET");
  assert.deepEqual([names(shown), shown.body.count], [["b"], 1]);
});

test("a definition that means nothing is refused with its place", async () => {
  const { master, make } = await place([]);
  const query = (more) => ({ index_by: "customer.id", query: { ...counted, ...more } });
  const multi = { analysis_type: "multi_analysis", analyses: { a: { analysis_type: "count" } } };
  for (const [definition, code, pointer] of [
    [[], "DatasetDefinitionError"],
    [{}, "DatasetDefinitionError"],
    [{ query: counted }, "DatasetDefinitionError"],
    [{ index_by: "a" }, "DatasetDefinitionError"],
    [{ ...query(), display_name: 5 }, "DatasetDefinitionError", "/display_name"],
    [{ ...query(), display_name: "x".repeat(257) }, "DatasetDefinitionError", "/display_name"],
    [{ ...query(), index_by: [] }, "DatasetDefinitionError", "/index_by"],
    [{ ...query(), index_by: {} }, "DatasetDefinitionError", "/index_by"],
    [{ ...query(), index_by: 1 }, "DatasetDefinitionError", "/index_by"],
    [{ ...query(), index_by: ["a", "b", "c", "d"] }, "DatasetDefinitionError", "/index_by"],
    [{ ...query(), index_by: ["a", "a"] }, "DatasetDefinitionError", "/index_by/1"],
    [{ ...query(), index_by: ["a", "$b"] }, "DatasetDefinitionError", "/index_by/1"],
    [{ ...query({ group_by: ["s", "a"] }), index_by: ["b", "a"] }, "DatasetDefinitionError", "/index_by/1"],
    [{ ...query({ group_by: { property_name: "a", buckets: { size: 5 } } }), index_by: "a" }, "DatasetDefinitionError", "/index_by"],
    [{ ...query(), query: [] }, "DatasetDefinitionError", "/query"],
    [query({ analysis_type: undefined }), "DatasetDefinitionError", "/query"],
    [query({ analysis_type: "mode" }), "DatasetDefinitionError", "/query/analysis_type"],
    [query({ analysis_type: "extraction" }), "DatasetDefinitionError", "/query/analysis_type"],
    [query({ analysis_type: "funnel", steps: [] }), "DatasetDefinitionError", "/query/analysis_type"],
    [query({ analysis_type: "sum" }), "MissingRequiredRequestFieldError", "/query"],
    [query({ ...multi, analyses: {} }), "AnalysisDefinitionError", "/query/analyses"],
    [query({ ...multi, analyses: { a: { analysis_type: "funnel" } } }), "AnalysisDefinitionError", "/query/analyses/a"],
    [query({ event_collection: undefined }), "MissingRequiredRequestFieldError", "/query"],
    [query({ event_collection: "$c" }), "InvalidCollectionNameError", "/query/event_collection"],
    [query({ timeframe: undefined }), "DatasetDefinitionError", "/query"],
    [query({ timeframe: "previous_7_days" }), "TimeframeDefinitionError", "/query/timeframe"],
    [query({ timeframe: "yesterday" }), "TimeframeDefinitionError", "/query/timeframe"],
    [query({ timeframe: { start: "2026-01-01", end: "2026-02-01" } }), "TimeframeDefinitionError", "/query/timeframe"],
    [query({ interval: undefined }), "DatasetDefinitionError", "/query"],
    [query({ interval: "often" }), "IntervalDefinitionError", "/query/interval"],
    [query({ timeframe: "this_2001_days" }), "IntervalDefinitionError", "/query/interval"],
    [query({ timeframe: "this_84_days", interval: "hourly" }), "IntervalDefinitionError", "/query/interval"],
    [query({ timezone: "Mars/Olympus" }), "TimezoneDefinitionError", "/query/timezone"],
    [query({ filters: [{ operator: "eq" }] }), "FilterDefinitionError", "/query/filters/0"],
    [query({ group_by: ["s", "s"] }), "GroupByDefinitionError", "/query/group_by/1"],
    [query({ order_by: "result" }), "OrderByDefinitionError", "/query/order_by"],
    [{ ...query(), display_name: "x", padding: "x".repeat(100_000) }, "DatasetDefinitionError"],
  ]) {
    refused(await make("d", definition), 400, code, pointer);
  }
  for (const name of ["a%20b", "a.b", "%C5%BC", "x".repeat(257)]) {
    for (const [method, path] of [["PUT", ""], ["GET", ""], ["GET", "/results"], ["DELETE", ""]]) {
      refused(await master(method, `/${name}${path}`, method === "PUT" ? query() : undefined), 400, "DatasetDefinitionError", "/dataset_name");
    }
  }
  assert.deepEqual((await master("GET")).body.datasets, []);
  for (const [timeframe, interval] of [["this_2000_days", "daily"], ["this_83_days", "hourly"], ["this_1_day", "daily"], ["this_year", "every_2_months"]]) {
    const made = await make(`${timeframe}-${interval}`, query({ timeframe, interval }));
    assert.equal(made.status, 201, made.text);
  }
});

test("the longest definition there may be is made, read and listed", async () => {
  const { make, master } = await place([]);
  const definition = (length) => ({ index_by: "a", query: { ...counted, filters: [pin("p", "x".repeat(length))] } });
  const length = 100_000 - JSON.stringify(definition(0)).length;
  refused(await make("longer", definition(length + 1)), 400, "DatasetDefinitionError");
  for (const status of [201, 200]) assert.equal((await make("longest", definition(length))).status, status);
  assert.equal((await master("GET", "/longest")).status, 200);
  assert.equal((await master("GET")).body.count, 1);
});

test("parameters of a result that mean nothing are refused with their place", async () => {
  const { made, master } = await place([]);
  await made("one", counted);
  await made("two", counted, ["customer.id", "region"]);
  const today = "timeframe=today";
  for (const [name, parameters, code, pointer] of [
    ["one", today, "MissingRequiredRequestFieldError"],
    ["one", "index_by=a", "MissingRequiredRequestFieldError"],
    ["one", `index_by=a&index_by=b&${today}`, "InvalidRequestError", "/index_by"],
    ["one", `index_by=%5B&${today}`, "InvalidJSONError", "/index_by"],
    ["one", `index_by=${encoded(["a", "b"])}&${today}`, "InvalidRequestError", "/index_by"],
    ["one", `index_by=${encoded([["a"]])}&${today}`, "InvalidRequestError", "/index_by/0"],
    ["one", `index_by=${encoded({ "customer.id": { a: 1 } })}&${today}`, "InvalidRequestError", "/index_by/customer.id"],
    ["one", `index_by=${encoded({})}&${today}`, "InvalidRequestError", "/index_by"],
    ["one", `index_by=${encoded({ "customer.id": "a", region: "eu" })}&${today}`, "InvalidRequestError", "/index_by/region"],
    ["two", `index_by=a&${today}`, "InvalidRequestError", "/index_by"],
    ["two", `index_by=${encoded({ region: "a" })}&${today}`, "InvalidRequestError", "/index_by"],
    ["one", "index_by=a&timeframe=sometime", "TimeframeDefinitionError", "/timeframe"],
    ["one", "index_by=a&timeframe=today&timeframe=today", "TimeframeDefinitionError", "/timeframe"],
    ["one", "index_by=a&timeframe=this_31_days", "TimeframeDefinitionError", "/timeframe"],
    ["one", `index_by=a&timeframe=${encoded({ start: ago(40), end: ago(20) })}`, "TimeframeDefinitionError", "/timeframe"],
    ["one", `index_by=a&timeframe=${encoded({ start: ago(1), end: ago(-3) })}`, "TimeframeDefinitionError", "/timeframe"],
    ["one", `index_by=a&timeframe=${encoded({ start: ago(1), end: ago(2) })}`, "TimeframeDefinitionError", "/timeframe"],
    ["one", `index_by=a&timeframe=${encoded({ start: ago(1) })}`, "TimeframeDefinitionError", "/timeframe"],
  ]) {
    refused(await master("GET", `/${name}/results?${parameters}`), 400, code, pointer);
  }
});

test("every analysis answers for each value of the index what its question answers of its events, from rows alone", async () => {
  const { made, retrieve, direct } = await place();
  const target = { target_property: "n" };
  const asked = [
    {}, { group_by: "s" }, { filters: [pin("s", "x")] }, { interval: "hourly", timeframe: "this_28_days" }, { interval: "weekly", timeframe: "this_4_weeks" },
    { interval: "every_5_days", group_by: "s" }, { interval: "monthly", timeframe: "this_2_months", timezone: "US/Pacific" }, { timezone: "Europe/Warsaw", group_by: ["s", "n"] },
    { analysis_type: "sum", ...target, group_by: "s", order_by: { property_name: "result", direction: "DESC" }, limit: 1, zero_fill: false },
    { group_by: { property_name: "n", buckets: { size: 3 } } },
    ...["count_unique", "minimum", "maximum", "average", "median", "standard_deviation", "select_unique"].flatMap((analysis_type) => [
      { analysis_type, ...target }, { analysis_type, ...target, group_by: "s" },
    ]),
    { analysis_type: "percentile", ...target, percentile: 90 },
    { analysis_type: "multi_analysis", group_by: "s", analyses: { total: { analysis_type: "sum", ...target }, all: { analysis_type: "count" }, middle: { analysis_type: "median", ...target }, which: { analysis_type: "select_unique", ...target } } },
  ].map((more) => ({ ...counted, ...more }));
  for (const [at, query] of asked.entries()) {
    const { status } = await made(`d${at}`, query);
    assert.equal(status, "OK");
    for (const value of ["a", "b", 7, null, "nobody"]) {
      const { body, text } = await retrieve(`d${at}`, typeof value === "string" ? value : { "customer.id": value }, query.timeframe);
      const span = { start: body.result?.[0].timeframe.start, end: body.result?.at(-1).timeframe.end };
      assert.deepEqual(body.result, await direct(query, [pin("customer.id", value)], span), `${JSON.stringify(query)} ${value}: ${text}`);
    }
  }
  // From rows alone: what is not in the events, but in a row, is answered.
  await worker.db.prepare("UPDATE dataset_row SET vals = '[[4711]]' WHERE dataset = (SELECT max(number) - ? FROM dataset)").bind(asked.length - 1).run();
  const [...values] = (await retrieve("d0", "a")).body.result.map(({ value }) => value);
  assert.ok(values.includes(4711) && values.every((value) => value === 0 || value === 4711), "it was asked of the events");
});

test("an index is one to three properties; a value of each is asked for, as a string, an object or a list", async () => {
  const recorded = [1, 2, 3, 4].flatMap((n) => [
    { customer: { id: "a" }, region: true, plan: n % 2, n },
    { customer: { id: "a" }, region: "true", n },
    { customer: { id: ["a", "b"] }, region: [true, false, null], plan: 1, n },
  ]);
  const { made, retrieve, direct } = await place(recorded);
  const index = ["customer.id", "region", "plan"];
  await made("three", counted, index);
  for (const [values, sum] of [[["a", true, 1], 6], [["a", true, 0], 2], [["a", "true", null], 4], [["b", false, 1], 4], [["b", null, 1], 4], [["b", true, 0], 0], [["a", false, "1"], 0]]) {
    const object = Object.fromEntries(index.map((name, at) => [name, values[at]]));
    const [asList, asObject] = [await retrieve("three", values, "today"), await retrieve("three", object, "today")];
    assert.equal(asList.body.result[0].value, sum, asList.text);
    assert.deepEqual(asObject.body.result, asList.body.result);
    assert.deepEqual(asObject.body.metadata.request, { index_by: object, timeframe: "today" });
    assert.deepEqual(await direct(counted, index.map((name, at) => pin(name, values[at])), "today"), asList.body.result);
  }
  // A word in quotes is that word, and digits are a word: numbers are asked for in an object or a list.
  await made("plans", counted, "plan");
  for (const [sent, sum] of [["1", 0], ['"1"', 0], ["[1]", 6], ['{"plan":0}', 2], ["[null]", 4]]) {
    assert.equal((await retrieve("plans", sent, "today")).body.result[0].value, sum, sent);
  }
});

test("a timeframe is answered in whole sub-timeframes", async () => {
  const { made, retrieve, master } = await place();
  await made("weeks", { ...counted, timeframe: "this_8_weeks", interval: "weekly" });
  const weeks = (await retrieve("weeks", "a", "this_8_weeks")).body.result;
  assert.equal(weeks.length, 8);
  const inside = { start: new Date(Date.parse(weeks[5].timeframe.start) + DAY).toISOString(), end: new Date(Date.parse(weeks[6].timeframe.end) - DAY).toISOString() };
  assert.deepEqual((await retrieve("weeks", "a", inside)).body.result, weeks.slice(5, 7));
  assert.deepEqual((await retrieve("weeks", "a", "this_month")).body.result.at(-1), weeks.at(-1), "what is still to come is left out");
  const nothing = { start: weeks[3].timeframe.start, end: weeks[3].timeframe.start };
  assert.deepEqual((await retrieve("weeks", "a", nothing)).body.result, []);
  const bracketed = await master("GET", `/weeks/results?dataset_name=weeks&index_by=a&timeframe[start]=${weeks[0].timeframe.start}&timeframe[end]=${weeks[0].timeframe.end}`);
  assert.deepEqual(bracketed.body.result, weeks.slice(0, 1));
});

test("the clock adds what came: new events, late ones, and later ones than any refresh would find", async () => {
  const { project, made, retrieve, direct, tick, master } = await place();
  const query = { ...counted, analysis_type: "median", target_property: "n", group_by: "s" };
  await made("d", query);
  const [before] = [(await retrieve("d", "a")).body.result];
  const late = [0, 0.5, 1.9, 2.1, 9, 25].map((days) => ({ customer: { id: "a" }, n: 1_000 + days, s: "new", keen: { timestamp: ago(days) } }));
  await project.record({ c: late });
  assert.deepEqual((await retrieve("d", "a")).body.result, before, "it is answered from its rows");
  await tick();
  const after = (await retrieve("d", "a")).body.result;
  assert.deepEqual(after, await direct(query, [pin("customer.id", "a")]));
  assert.notDeepEqual(after, before);
  assert.ok((await master("GET", "/d")).body.milliseconds_behind < 60_000);
  // Three clocks at once run it once, and who has taken it is not disturbed.
  const version = () => rows("SELECT last_run_at, due_at FROM dataset WHERE project = ?", project.id);
  await tick();
  const [one] = await version();
  await Promise.all([strike(), strike(), strike()]);
  assert.deepEqual(await version(), [one], "it is not due");
  assert.ok(one.due_at - one.last_run_at >= 60_000);
});

test("what is not computed yet is asked of the events, and computed in bounded steps", async () => {
  const recorded = Array.from({ length: 80 }, (_, at) => ({ customer: { id: "a" }, n: at, keen: { timestamp: ago(at * 7) } }));
  const { made, retrieve, direct, tick, master } = await place(recorded);
  const query = { ...counted, timeframe: "this_90_weeks", interval: "weekly", analysis_type: "select_unique", target_property: "n" };
  assert.equal((await made("d", query)).status, "Bootstrapping");
  const slices = async () => (await rows("SELECT count(*) AS n FROM dataset_slice WHERE dataset = (SELECT max(number) FROM dataset)"))[0].n;
  assert.equal(await slices(), 20);
  const whole = await direct(query, [pin("customer.id", "a")]);
  assert.deepEqual((await retrieve("d", "a", "this_90_weeks")).body.result, whole);
  await tick();
  assert.equal((await master("GET", "/d")).body.status, "Bootstrapping");
  assert.deepEqual((await retrieve("d", "a", "this_90_weeks")).body.result, whole);
  await strike();
  assert.deepEqual([(await master("GET", "/d")).body.status, await slices()], ["OK", 90]);
  assert.deepEqual((await retrieve("d", "a", "this_90_weeks")).body.result, whole);
});

test("where no clock strikes, who asks has it refreshed", async () => {
  const { project, made, retrieve, wait } = await place();
  await made("d", counted);
  await project.record({ c: [{ customer: { id: "new" } }] });
  assert.equal((await retrieve("d", "new", "today")).body.result[0].value, 0);
  await wait();
  assert.equal((await retrieve("d", "new", "today")).body.result[0].value, 1);
});

test("no dataset of a project that is deactivated is run, and all of it is answered once it is restored", async () => {
  const { project, made, retrieve, tick } = await place([]);
  await made("d", counted);
  await project.record({ c: [{ customer: { id: "a" } }] });
  const path = `/3.0/organizations/${project.organization.id}/projects/${project.id}`;
  const activate = (is_active) => call(worker, "POST", path, { key: project.organization.key, body: { is_active } });
  const dueAt = async () => (await rows("SELECT due_at FROM dataset WHERE project = ?", project.id))[0].due_at;
  await activate(false);
  await tick();
  assert.equal(await dueAt(), 1);
  await activate(true);
  await strike();
  assert.ok((await dueAt()) > Date.now() - DAY);
  assert.equal((await retrieve("d", "a", "today")).body.result[0].value, 1);
});

test("a run that was broken off is gone on with, and rows of no computed slice are neither shown nor kept", async () => {
  const { project, made, retrieve, direct, master } = await place();
  await made("d", counted);
  const whole = await direct(counted, [pin("customer.id", "a")]);
  // As it would be if what was cut off had been no transaction: rows that are wrong, of slices that are not computed.
  const [{ number }] = await rows("SELECT number FROM dataset WHERE project = ?", project.id);
  await worker.db.prepare("UPDATE dataset_row SET vals = '[[4711]]' WHERE dataset = ?").bind(number).run();
  await worker.db.prepare("INSERT INTO dataset_row SELECT dataset, wk, key, start, part, '[9]', vals FROM dataset_row WHERE dataset = ?").bind(number).run();
  await worker.db.prepare("DELETE FROM dataset_slice WHERE dataset = ?").bind(number).run();
  await worker.db.prepare("UPDATE dataset SET due_at = ?, is_complete = 0, last_run_at = NULL WHERE number = ?").bind(Date.now() + 3_000, number).run();
  assert.equal((await master("GET", "/d")).body.status, "Created");
  await strike();
  const slices = async () => (await rows("SELECT count(*) AS n FROM dataset_slice WHERE dataset = ?", number))[0].n;
  assert.equal(await slices(), 0, "somebody else has taken it");
  assert.deepEqual((await retrieve("d", "a")).body.result, whole);
  await new Promise((resolve) => setTimeout(resolve, 3_100));
  await strike();
  assert.ok((await slices()) > 0);
  assert.deepEqual((await retrieve("d", "a")).body.result, whole);
  assert.deepEqual(await rows("SELECT grp FROM dataset_row WHERE dataset = ? AND (vals = '[[4711]]' OR grp = '[9]')", number), []);
});

test("sub-timeframes that have gone by are cleared away, and the newest is not waited for", async () => {
  const { project, made, retrieve, direct, tick } = await place();
  await made("d", counted);
  // As if it had been made, and computed last, nine weeks ago.
  const own = "dataset = (SELECT number FROM dataset WHERE project = ?)";
  await worker.db.prepare(`UPDATE dataset_slice SET wk = wk - 9, starts = starts - 9 * 604800000, ends = ends - 9 * 604800000 WHERE ${own}`).bind(project.id).run();
  await worker.db.prepare(`UPDATE dataset_row SET wk = wk - 9, start = start - 9 * 604800000 WHERE ${own}`).bind(project.id).run();
  const whole = await direct(counted, [pin("customer.id", "a")]);
  assert.deepEqual((await retrieve("d", "a")).body.result, whole);
  await tick();
  assert.deepEqual((await retrieve("d", "a")).body.result, whole);
  const first = Math.floor((Date.now() - 31 * DAY) / (7 * DAY));
  assert.deepEqual(await rows(`SELECT wk FROM dataset_row WHERE ${own} AND wk < ?`, project.id, first), []);
});

test("a key does with datasets what it may, and its pins are met or it is refused", async () => {
  const { project, made, retrieve, as } = await place();
  await made("sales", counted);
  await made("pair", counted, ["customer.id", "s"]);
  await made("secret", counted);
  const key = async (datasets, permitted = ["datasets"]) => (await project.key({ name: "k", permitted, options: datasets ? { datasets } : {} })).key;
  const acme = { sales: { index_by: { "customer.id": ["a", 7] } }, pair: { index_by: { "customer.id": ["a"] } } };
  const pinned = await key({ allowed: acme });
  const of = async (name, index, with_) => retrieve(name, index, "this_30_days", with_);
  assert.deepEqual((await of("sales", "a", pinned)).body.result, (await of("sales", "a")).body.result);
  assert.equal((await of("sales", { "customer.id": 7 }, pinned)).status, 200);
  assert.equal((await of("pair", ["a", "x"], pinned)).status, 200);
  for (const [name, index] of [["sales", "b"], ["sales", "7"], ["sales", [null]], ["sales", { "customer.id": "A" }], ["pair", ["b", "x"]], ["pair", ["x", "a"]], ["secret", "a"], ["missing", "a"]]) {
    refused(await of(name, index, pinned), 403, "RequestForbiddenError");
  }
  // A list of values is no value, and nothing is taken for a pin that was not asked.
  refused(await of("sales", [["a"]], pinned), 400, "InvalidRequestError");
  refused(await as(pinned)("GET", "/sales/results?timeframe=today"), 400, "MissingRequiredRequestFieldError");
  const [blocked, nothing] = [await of("secret", "a", await key({ blocked: ["secret"] })), await of("nothing", "a", await key({ blocked: ["nothing"] }))];
  refused(blocked, 403, "RequestForbiddenError");
  assert.equal(blocked.text.replace("secret", "nothing"), nothing.text, "a refusal tells whether there is such a dataset");
  for (const [operation, allowed] of [["read", "/sales"], ["list", ""], ["retrieve", "/sales/results?index_by=a&timeframe=today"]]) {
    const only = await key({ operations: [operation] });
    for (const path of ["/sales", "", "/sales/results?index_by=a&timeframe=today"]) {
      const answered = await as(only)("GET", path);
      if (path === allowed) assert.equal(answered.status, 200, answered.text);
      else refused(answered, 403, "RequestForbiddenError");
    }
  }
  // Who may retrieve but not read is not told what the dataset asks.
  const retriever = await of("sales", "a", await key({ operations: ["retrieve"] }));
  assert.deepEqual(retriever.body.metadata.dataset, { dataset_name: "sales" });
  assert.equal((await of("sales", "a", pinned)).body.metadata.dataset.query.analysis_type, "count");
  refused(await of("sales", "a", await key(undefined, ["queries", "saved_queries", "cached_queries"])), 403, "RequestForbiddenError");
  for (const method of ["PUT", "DELETE"]) refused(await as(await key())(method, "/sales", method === "PUT" ? { index_by: "a", query: counted } : undefined), 401, "AdminOnlyEndpointError");
  // What a key's maker may not have, it may not have either.
  const maker = await project.key({ name: "m", permitted: ["keys", "datasets"], options: { datasets: { allowed: { sales: { index_by: { "customer.id": ["a", "b"] } } } } } });
  const child = await project.call("POST", "/keys", { key: maker.key, body: { name: "c", permitted: ["datasets"], options: { datasets: { allowed: { sales: { index_by: { "customer.id": ["b"] } } } } } } });
  assert.equal((await of("sales", "b", child.body.key)).status, 200);
  refused(await of("sales", "a", child.body.key), 403, "RequestForbiddenError");
  // A key's filters are none of a dataset's: who may ask for some customer's events only gets no dataset by that.
  const filtered = await project.key({ name: "f", permitted: ["queries"], options: { queries: { filters: [pin("customer.id", "a")] } } });
  refused(await of("sales", "a", filtered.key), 403, "RequestForbiddenError");
});

test("a dataset whose question is too much for the store says so, answers as the question would, and holds up no other", async () => {
  const { project, made, make, master, retrieve, direct, tick, wait } = await place();
  await made("good", counted);
  // A regex is tried on 100,000 distinct strings at most.
  const [{ c }] = await rows("SELECT c FROM collection WHERE project = ?", project.id);
  await worker.db.prepare(
    `INSERT INTO event (c, wk, scope, ts, id, created_at, body)
     WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 100001)
     SELECT ?1, ?2 / 604800000, '', CAST(?2 AS INTEGER), printf('%024x', n), CAST(?2 AS INTEGER), jsonb_object('many', 'value ' || n) FROM number`.replaceAll("?2 / 604800000", "CAST(?2 AS INTEGER) / 604800000"),
  ).bind(c, Date.now() - 5 * DAY).run();
  const bad = { index_by: "customer.id", query: { ...counted, filters: [{ property_name: "many", operator: "regex", property_value: "1" }] } };
  assert.equal((await make("bad", bad)).body.status, "BootstrappingFailed");
  refused(await retrieve("bad", [null]), 400, "TooManyResultsError");
  assert.equal((await retrieve("bad", [null], "today")).status, 200, "other sub-timeframes are computed");
  assert.deepEqual((await retrieve("bad", "a")).body.result, await direct(bad.query, [pin("customer.id", "a")]));
  await project.record({ c: [{ customer: { id: "new" } }] });
  // Where no clock strikes either, who asks for other sub-timeframes is not told of it.
  await wait();
  assert.equal((await retrieve("bad", "new", "today")).body.result[0].value, 0);
  await tick();
  assert.equal((await retrieve("good", "new", "today")).body.result[0].value, 1);
  assert.deepEqual([(await master("GET", "/good")).body.status, (await master("GET", "/bad")).body.status], ["OK", "BootstrappingFailed"]);
});
