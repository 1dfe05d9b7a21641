// Do Keen's own JavaScript clients, unchanged, work when they are pointed here?

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import vm from "node:vm";
import { startWorker } from "../support/harness.mjs";
import { askAll, sales } from "../support/keen_analyses.mjs";
import { always, customerKey, makeProject } from "../support/project.mjs";

const require = createRequire(import.meta.url);
const KeenTracking = require("keen-tracking");

let worker;
let project;
let KeenAnalysis;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
  KeenAnalysis = loadKeenAnalysis();
});

after(() => worker?.close());

/** The browser bundle: the Node build asks port 443 whatever it is told. */
function loadKeenAnalysis() {
  const { fetch, setTimeout, clearTimeout, console, Promise, AbortController, URLSearchParams, Response, Request, Headers } = globalThis;
  const window = { fetch, setTimeout, clearTimeout, console, Promise, AbortController, URLSearchParams, Response, Request, Headers };
  Object.assign(window, { window, self: window, globalThis: window, location: { href: worker.url }, navigator: {} });
  const bundle = readFileSync(require.resolve("keen-analysis/dist/keen-analysis.js"), "utf8");
  vm.runInContext(bundle, vm.createContext(window));
  return window.KeenAnalysis;
}

function tracker(writeKey = project.keys.write) {
  const { hostname, port } = new URL(worker.url);
  return new KeenTracking({ projectId: project.id, writeKey, protocol: "http", host: hostname, nodeRequestConfig: { port: Number(port) } });
}

function analyst(readKey = project.keys.read) {
  const { host } = new URL(worker.url);
  return new KeenAnalysis({ projectId: project.id, readKey, masterKey: project.keys.master, protocol: "http", host });
}

const stored = async (collection) =>
  (await project.query("extraction", { event_collection: collection, timeframe: always })).body.result;

// What comes out of the other realm, as objects of this one.
const here = (value) => JSON.parse(JSON.stringify(value));

test("keen-tracking records one event, with what it extends events by", async () => {
  const client = tracker();
  client.extendEvents(() => ({ app: { version: "1.0" } }));
  assert.deepEqual(await client.recordEvent("one event", { n: 1, keen: { timestamp: "2026-01-01T00:00:00Z" } }), { created: true });
  const [{ keen, ...event }] = await stored("one event");
  assert.deepEqual(event, { n: 1, app: { version: "1.0" } });
  assert.equal(keen.timestamp, "2026-01-01T00:00:00.000Z");
});

test("keen-tracking records a batch and reads the outcomes", async () => {
  const outcomes = await tracker().recordEvents({ visits: [{ n: 1 }, { n: 2 }], sales: [{ n: 3 }] });
  assert.deepEqual(outcomes, { visits: [{ success: true }, { success: true }], sales: [{ success: true }] });
  assert.deepEqual([(await stored("visits")).length, (await stored("sales")).length], [2, 1]);
});

test("keen-tracking calls its callback, and rejects with our code", async () => {
  const called = new Promise((resolve) => tracker().recordEvent("called", { n: 1 }, (error, result) => resolve([error, result])));
  assert.deepEqual(await called, [null, { created: true }]);
  for (const [client, event, code] of [
    [tracker(project.keys.read), { n: 1 }, "RequestForbiddenError"],
    [tracker(), { "a.b": 1 }, "InvalidPropertyNameError"],
  ]) {
    await assert.rejects(client.recordEvent("refused", event), { code });
  }
  assert.deepEqual(await stored("refused"), []);
});

test("keen-tracking queues events and records them together", async () => {
  const client = tracker();
  client.queueCapacity(100);
  client.queueInterval(3_600);
  client.deferEvent("deferred", { n: 1 });
  client.deferEvents({ deferred: [{ n: 2 }, { n: 3 }], "deferred too": [{ n: 4 }] });
  assert.deepEqual(await stored("deferred"), []);
  const done = new Promise((resolve) => client.on("recordDeferredEvents", resolve));
  client.recordDeferredEvents();
  await done;
  const found = async () => [(await stored("deferred")).map(({ n }) => n).sort(), (await stored("deferred too")).map(({ n }) => n)];
  const until = Date.now() + 5_000;
  while ((await found())[1].length === 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(await found(), [[1, 2, 3], [4]]);
  client.queueInterval(0);
  clearInterval(client.queue?.timer);
});

test("keen-tracking writes with an access key, which fills in its customer", async () => {
  const writes = { autofill: { customer: { id: "acme" } } };
  const { key } = await project.key({ name: "browser of acme", permitted: ["writes"], options: { writes } });
  await tracker(key).recordEvent("filled", { customer: { id: "other" } });
  assert.deepEqual((await stored("filled")).map(({ customer }) => customer), [{ id: "acme" }]);
});

/** The add-ons that keen-tracking attaches to all that it tracks by itself, as they stand in its own source. */
function stockAddons() {
  const source = readFileSync(require.resolve("keen-tracking/lib/browser-auto-tracking.js"), "utf8");
  const [, list] = /const addons = (\[[\s\S]*?\n    \]);/.exec(source);
  const [, geo] = /addons\.push\((\{[\s\S]*?\n    \})\);/.exec(source);
  const addons = vm.runInNewContext(`[...${list}, ${geo}]`, { options: { collectIpAddress: true } });
  assert.equal(addons.length, 6);
  return here(addons);
}

test("keen-tracking's page views are enriched by its stock add-ons", async () => {
  const userAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
  const timestamp = "2026-03-15T09:08:07.006Z";
  const profile = { cookies: true, language: "en-US", screen: { height: 1080, width: 1920 } };
  const event = {
    tracked_by: "keen-tracking-5.0.1",
    local_time_full: timestamp,
    user: { uuid: "5eed" },
    page: { title: "Shop", description: null, scroll_state: {}, time_on_page: 0, time_on_page_ms: 3 },
    ip_address: "${keen.ip}",
    geo: {},
    user_agent: "${keen.user_agent}",
    tech: { profile },
    url: { full: "https://shop.example/cart?utm_source=mail#top", info: {} },
    referrer: { initial: null, full: "", info: {} },
    time: { local: {}, utc: {} },
    keen: { timestamp, addons: stockAddons() },
  };
  const recorded = await fetch(`${worker.url}/3.0/projects/${project.id}/events/pageviews?api_key=${project.keys.write}`, {
    method: "POST",
    headers: { "content-type": "text/plain;charset=UTF-8", "user-agent": userAgent },
    body: JSON.stringify(event),
  });
  assert.deepEqual([recorded.status, await recorded.json()], [201, { created: true }]);
  const [{ keen, tech, url, referrer, time, ...rest }] = await stored("pageviews");
  assert.equal(rest.user_agent, userAgent);
  assert.deepEqual(tech, {
    profile,
    device: { family: "Other", type: "desktop" },
    browser: { family: "Chrome", major: "131", minor: "0", patch: "0" },
    os: { family: "Windows", major: "10", minor: null, patch: null, patch_minor: null },
  });
  assert.deepEqual(url.info, { protocol: "https", domain: "shop.example", path: "/cart", anchor: "top", query_string: { utm_source: "mail" } });
  assert.deepEqual(referrer, event.referrer);
  assert.deepEqual(time.utc, time.local);
  assert.deepEqual([time.utc.day_of_week_string, time.utc.hour, time.utc.millisecond], ["Sunday", 9, 6]);
  assert.deepEqual(Object.keys(keen), ["timestamp", "created_at", "id"]);
});

test("keen-tracking's image beacon records", async () => {
  const data = encodeURIComponent(Buffer.from(JSON.stringify({ text: "???>>>" })).toString("base64"));
  const address = `${worker.url}/3.0/projects/${project.id}/events/foo%20bar?api_key=${project.keys.write}&data=${data}&modified=1795222258115&c=clv1`;
  const answered = await fetch(address);
  assert.deepEqual([answered.status, answered.headers.get("content-type")], [200, "image/gif"]);
  assert.deepEqual((await stored("foo bar")).map(({ text }) => text), ["???>>>"]);
});

test("keen-analysis asks every analysis and gets what it expects", async () => {
  await project.record({ sales });
  await askAll(async (question) => here(await analyst().query(question)));
});

test("keen-analysis asks with a customer's key and gets the customer's rows", async () => {
  await project.record({ orders: [{ customer: { id: "a" } }, { customer: { id: "b" } }, { customer: { id: "b" } }] });
  const { key } = await project.key(customerKey("b"));
  const asked = { analysis_type: "count", event_collection: "orders", timeframe: "this_2_days" };
  assert.equal((await analyst(key).query(asked)).result, 2);
  assert.equal((await analyst().query(asked)).result, 3);
});

test("keen-analysis rejects with our code and message", async () => {
  const refusal = async (client, asked) => {
    const error = await client.query(asked).then(() => assert.fail("answered"), (error) => error);
    return [error.status, error.error_code, typeof error.body];
  };
  const asked = { analysis_type: "count", event_collection: "sales", timeframe: "this_7_days" };
  assert.deepEqual(await refusal(analyst(), { ...asked, timeframe: "soon" }), [400, "TimeframeDefinitionError", "string"]);
  assert.deepEqual(await refusal(analyst(project.keys.write), asked), [403, "RequestForbiddenError", "string"]);
  assert.deepEqual(await refusal(analyst("nothing"), asked), [401, "InvalidApiKeyError", "string"]);
});

test("keen-analysis makes, reads, revokes and deletes access keys", async () => {
  const client = analyst();
  const api_key = project.keys.master;
  const definition = { name: "by keen-analysis", is_active: true, permitted: ["queries"], options: {} };
  const made = await client.post({ url: client.url("projectId", "keys"), api_key, params: definition });
  assert.match(made.key, /^kh_access_/);
  const read = await client.get({ url: client.url("projectId", "keys", made.key), api_key });
  assert.deepEqual(here(read), here(made));
  const revoked = await client.post({ url: client.url("projectId", "keys", made.key, "revoke"), api_key });
  assert.equal(revoked.is_active, false);
  await client.del({ url: client.url("projectId", "keys", made.key), api_key });
  const listed = await client.get({ url: client.url("projectId", "keys"), api_key, params: { name: definition.name } });
  assert.deepEqual(here(listed), []);
});

test("keen-analysis saves a query, runs it by its name, lists it, changes it and deletes it", async () => {
  const client = analyst();
  const api_key = project.keys.master;
  await project.record({ saved: [{ n: 1 }, { n: 2 }] });
  const query = { analysis_type: "sum", event_collection: "saved", target_property: "n", timeframe: "this_2_days" };
  const url = client.url("queries", "saved", "by-keen");
  const made = await client.put({ url, api_key, params: { refresh_rate: 0, query, metadata: { display_name: "By Keen" } } });
  assert.deepEqual([made.query_name, made.metadata.display_name], ["by-keen", "By Keen"]);
  const run = await client.query({ saved_query_name: "by-keen" });
  assert.equal(run.result, 3);
  const { result, ...definition } = here(run);
  const changed = await client.put({ url, api_key, params: { ...definition, query: { ...definition.query, analysis_type: "maximum" } } });
  assert.equal(changed.query.analysis_type, "maximum");
  assert.equal((await client.query({ saved_query_name: "by-keen" })).result, 2);
  const listed = here(await client.get({ url: client.url("queries", "saved"), api_key }));
  assert.deepEqual(listed.map(({ query_name }) => query_name), ["by-keen"]);
  await client.del({ url, api_key });
  assert.deepEqual(here(await client.get({ url: client.url("queries", "saved"), api_key })), []);
});

test("keen-analysis makes a dataset, asks it for a customer's rows by every form it has, lists it and deletes it", async () => {
  const client = analyst();
  const api_key = project.keys.master;
  await project.record({ kept: [{ customer: { id: "a" }, n: 1 }, { customer: { id: "a" }, n: 2 }, { customer: { id: "b" }, n: 3 }] });
  const query = { analysis_type: "sum", event_collection: "kept", target_property: "n", timeframe: "this_30_days", interval: "daily" };
  const url = client.url("datasets", "by-keen");
  const made = await client.put({ url, api_key, params: { display_name: "By Keen", index_by: "customer.id", query } });
  assert.deepEqual([made.dataset_name, here(made.index_by)], ["by-keen", ["customer.id"]]);
  for (const asked of [
    { datasetName: "by-keen", indexBy: { "customer.id": "a" }, timeframe: "this_2_days" },
    { dataset_name: "by-keen", index_by: "a", timeframe: "this_2_days" },
  ]) {
    assert.deepEqual(here(await client.query(asked)).result.map(({ value }) => value), [0, 3], JSON.stringify(asked));
  }
  const deprecated = await client.query("dataset", { name: "by-keen", index_by: "b", timeframe: { start: "2999-01-01", end: "2999-01-02" } }).catch((error) => error);
  assert.equal(deprecated.error_code, "TimeframeDefinitionError");
  const listed = here(await client.get({ url: client.url("datasets"), api_key: project.keys.read, params: { limit: 5 } }));
  assert.deepEqual([listed.datasets.map(({ dataset_name }) => dataset_name), listed.next_page_url, listed.count], [["by-keen"], null, 1]);
  await client.del({ url, api_key });
  const gone = await client.get({ url, api_key }).catch((error) => error);
  assert.equal(gone.error_code, "ResourceNotFoundError");
});

test("keen-analysis deletes events, a property and a collection", async () => {
  const client = analyst();
  const api_key = project.keys.master;
  await project.record({ taken: [{ n: 1, user: "x" }, { n: 2, user: "y" }, { n: 3, user: "y" }] });
  const url = client.url("projectId", "events", "taken");
  const left = async () => (await stored("taken")).map(({ n, user }) => [n, user]).sort();
  const filters = [{ property_name: "user", operator: "eq", property_value: "x" }];
  await client.del({ url, api_key, params: { filters, timeframe: "this_7_days" } });
  assert.deepEqual(await left(), [[2, "y"], [3, "y"]]);
  await client.del({ url, api_key, params: { timeframe: { start: "2001-01-01", end: "2002-01-01" }, timezone: "US/Pacific" } });
  await client.del({ url: client.url("projectId", "events", "taken", "properties", "user"), api_key });
  assert.deepEqual(await left(), [[2, undefined], [3, undefined]]);
  await client.del({ url, api_key });
  assert.deepEqual(await left(), []);
});
