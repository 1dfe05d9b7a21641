// Do Keen's own two clients, unchanged and side by side on one page of another origin, do in a real browser all they offer?

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { describedBy } from "../support/description.mjs";
import { startWorker } from "../support/harness.mjs";
import { askAll, sales } from "../support/keen_analyses.mjs";
import { customerKey, makeProject, storedAtLast } from "../support/project.mjs";

const require = createRequire(import.meta.url);
// In this order: loaded after keen-tracking, keen-analysis has no addresses of datasets.
const BUNDLES = ["keen-analysis/dist/keen-analysis.js", "keen-tracking/dist/keen-tracking.js"];
const scripts = BUNDLES.map((bundle) => readFileSync(require.resolve(bundle), "utf8"));
const html = `<!doctype html><title>A shop</title>
  ${scripts.map((_, at) => `<script src="/${at}.js"></script>`).join("\n")}
  <p id="seen" class="track-element-view">Seen</p>`;

let worker;
let project;
let site;
let browser;
let page;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
  site = createServer((request, response) => {
    const script = scripts[Number(/^\/(\d)\.js/.exec(request.url)?.[1])];
    response.writeHead(200, { "content-type": script ? "text/javascript" : "text/html; charset=utf-8" });
    response.end(script ?? html);
  });
  await new Promise((resolve) => site.listen(0, "localhost", resolve));
  browser = await launchBrowser();
  page = await browser.newPage();
  await page.goto(`http://localhost:${site.address().port}/shop?utm_source=mail`);
  const config = { projectId: project.id, readKey: project.keys.read, masterKey: project.keys.master, writeKey: project.keys.write };
  await page.evaluate((config) => {
    window.tracker = new window.KeenTracking({ ...config, requestType: "fetch" });
    window.analyst = (more) => new window.KeenAnalysis({ ...config, ...more });
  }, { ...config, protocol: "http", host: new URL(worker.url).host });
});

after(async () => {
  await browser?.close();
  site?.close();
  await worker?.close();
});

const stored = (collection, count) => storedAtLast(project, collection, count);

const numbers = (events) => events.map(({ n }) => n).sort();

/** Runs something on the page: a refusal comes as `{status, error_code}`. */
const inPage = (work, given) =>
  page.evaluate(
    async ([work, given]) => {
      try {
        return await (0, eval)(`(${work})`)(given);
      } catch (error) {
        return { status: error.status, error_code: error.error_code ?? String(error) };
      }
    },
    [String(work), given],
  );

test("a single event is recorded, with what the client extends it by", async () => {
  await inPage(async () => {
    window.tracker.extendEvents(() => ({ app: { version: "1.0" } }));
    await window.tracker.recordEvent("single", { n: 1 });
  });
  assert.deepEqual((await stored("single", 1)).map(({ n, app }) => [n, app]), [[1, { version: "1.0" }]]);
});

test("a batch is recorded, and its callback is told each outcome", async () => {
  const told = await inPage(() => new Promise((resolve) => window.tracker.recordEvents({ one: [{ n: 1 }, { n: 2 }], two: [{ n: 3 }] }, (error, outcomes) => resolve({ error: error && String(error), outcomes }))));
  assert.deepEqual(told, { error: null, outcomes: { one: [{ success: true }, { success: true }], two: [{ success: true }] } });
  assert.deepEqual([numbers(await stored("one", 2)), numbers(await stored("two", 1))], [[1, 2], [3]]);
});

test("deferred events are recorded together when they are asked for, and by themselves when they are many", async () => {
  await inPage(async () => {
    window.tracker.queueCapacity(3);
    window.tracker.queueInterval(3_600);
    window.tracker.deferEvent("asked", { n: 1 });
    window.tracker.deferEvents({ asked: [{ n: 2 }] });
    window.tracker.recordDeferredEvents();
  });
  assert.deepEqual(numbers(await stored("asked", 2)), [1, 2]);
  await inPage(() => [1, 2, 3].forEach((n) => window.tracker.deferEvent("many", { n })));
  assert.deepEqual(numbers(await stored("many", 3)), [1, 2, 3]);
});

test("automatic tracking of a page and of what is seen on it is enriched by all its add-ons", async () => {
  const tab = await browser.newPage();
  await tab.goto(page.url());
  await tab.evaluate((config) => new window.KeenTracking(config).initAutoTracking({ collectIpAddress: false }), {
    projectId: project.id,
    writeKey: project.keys.write,
    protocol: "http",
    host: new URL(worker.url).host,
  });
  for (const [collection, count] of [["pageviews", 1], ["element_views", 1]]) {
    const [event] = await stored(collection, count);
    assert.match(event.tech.browser.family, /Chrom/, collection);
    assert.deepEqual([event.url.info.path, event.url.info.query_string], ["/shop", { utm_source: "mail" }]);
    assert.equal(event.time.utc.year, Number(event.keen.timestamp.slice(0, 4)));
    // Its own wish: the place is found, and the address forgotten.
    assert.equal("ip_address" in event, false);
    assert.equal(typeof event.geo, "object");
  }
  const [seen] = await stored("element_views", 1);
  assert.equal(seen.element.id, "seen");
  await tab.close();
});

test("every analysis is asked and answered", async () => {
  await project.record({ sales });
  const query = (question) => inPage((question) => window.analyst().query(question), question);
  await askAll(query);
  const inCamels = { analysisType: "sum", eventCollection: "sales", targetProperty: "price", timeframe: "this_2_years", groupBy: "shop" };
  const answered = await query(inCamels);
  assert.deepEqual(answered.result, [{ shop: "a", result: 4 }, { shop: "b", result: 6 }]);
});

test("a refusal reaches the page across origins, with our status and code", async () => {
  const query = { analysis_type: "count", event_collection: "sales", timeframe: "this_7_days" };
  for (const [more, question, refusal] of [
    [{ readKey: "nothing" }, query, { status: 401, error_code: "InvalidApiKeyError" }],
    [{ readKey: project.keys.write }, query, { status: 403, error_code: "RequestForbiddenError" }],
    [{}, { ...query, timeframe: "soon" }, { status: 400, error_code: "TimeframeDefinitionError" }],
  ]) {
    assert.deepEqual(await inPage(({ more, question }) => window.analyst(more).query(question), { more, question }), refusal);
  }
});

/**
 * Calls beyond questions, by what they are about: `[verb, path, params, expected]`, in this order. The verb is the
 * client's, or `query`; a `params` or `expected` that is a function gets what the calls before were answered. What is
 * in `expected` must be in the answer.
 */
const customer = customerKey("b", { is_active: true });
const CALLS = {
  "saved queries": {
    needs: "/3.0/projects/{project}/queries/saved/{name}",
    events: { kept: [{ n: 1 }, { n: 2 }] },
    calls: [
      ["put", ["queries", "saved", "by-keen"], { refresh_rate: 0, query: { analysis_type: "sum", event_collection: "kept", target_property: "n", timeframe: "this_2_days" }, metadata: { display_name: "By Keen" } }, { query_name: "by-keen", created: true }],
      ["query", [], { saved_query_name: "by-keen" }, { query_name: "by-keen", result: 3 }],
      ["get", ["queries", "saved", "by-keen"], undefined, { query_name: "by-keen", refresh_rate: 0 }],
      ["put", ["queries", "saved", "by-keen"], (told) => ({ ...told.at(-1), query: { ...told.at(-1).query, analysis_type: "maximum" } }), { query_name: "by-keen" }],
      ["query", [], { savedQueryName: "by-keen" }, { result: 2 }],
      ["get", ["queries", "saved"], undefined, { length: 1 }],
      ["del", ["queries", "saved", "by-keen"], undefined, undefined],
      ["get", ["queries", "saved", "by-keen"], undefined, { status: 404, error_code: "ResourceNotFoundError" }],
    ],
  },
  "cached queries": {
    needs: "/3.0/projects/{project}/queries/saved/{name}",
    events: { fresh: [{ n: 1 }] },
    calls: [
      ["put", ["queries", "saved", "fresh"], { refresh_rate: 14_400, query: { analysis_type: "count", event_collection: "fresh", timeframe: "this_2_days" } }, { refresh_rate: 14_400 }],
      ["query", [], { saved_query_name: "fresh" }, { result: 1 }],
      ["del", ["queries", "saved", "fresh"], undefined, undefined],
    ],
  },
  "access keys": {
    needs: "/3.0/projects/{project}/keys/{key}",
    events: { orders: [{ customer: { id: "a" } }, { customer: { id: "b" } }, { customer: { id: "b" } }] },
    calls: [
      ["post", ["keys"], customer, { name: customer.name, is_active: true }],
      ["get", (told) => ["keys", told[0].key], undefined, { name: customer.name }],
      ["query", (told) => ({ readKey: told[0].key }), { analysis_type: "count", event_collection: "orders", timeframe: "this_2_days" }, { result: 2 }],
      ["post", (told) => ["keys", told[0].key], { ...customer, name: "renamed" }, { name: "renamed" }],
      ["get", ["keys"], { name: "renamed" }, { length: 1 }],
      ["post", (told) => ["keys", told[0].key, "revoke"], undefined, { is_active: false }],
      ["query", (told) => ({ readKey: told[0].key }), { analysis_type: "count", event_collection: "orders", timeframe: "this_2_days" }, { status: 401, error_code: "InvalidApiKeyError" }],
      ["post", (told) => ["keys", told[0].key, "unrevoke"], undefined, { is_active: true }],
      ["del", (told) => ["keys", told[0].key], undefined, undefined],
      ["get", ["keys"], { name: "renamed" }, { length: 0 }],
    ],
  },
  "what there is": {
    needs: "/3.0/projects/{project}/events/{collection}",
    events: { described: [{ n: 1, word: "a" }] },
    calls: [
      ["get", [], undefined, { name: "Test project" }],
      ["get", ["events", "described"], undefined, { name: "described" }],
      ["get", ["events", "described", "properties", "word"], undefined, { property_name: "word", type: "string" }],
    ],
  },
  deletion: {
    needs: "/3.0/projects/{project}/events/{collection}",
    events: { taken: [{ n: 1, user: "x" }, { n: 2, user: "y" }, { n: 3, user: "y" }] },
    calls: [
      ["del", ["events", "taken"], { filters: [{ property_name: "user", operator: "eq", property_value: "x" }], timeframe: "this_7_days" }, undefined],
      ["query", [], { analysis_type: "select_unique", target_property: "n", event_collection: "taken", timeframe: "this_2_days" }, { result: [2, 3] }],
      ["del", ["events", "taken", "properties", "user"], undefined, undefined],
      ["query", [], { analysis_type: "select_unique", target_property: "user", event_collection: "taken", timeframe: "this_2_days" }, { result: [] }],
      ["del", ["events", "taken"], undefined, undefined],
      ["query", [], { analysis_type: "count", event_collection: "taken", timeframe: "this_2_days" }, { result: 0 }],
    ],
  },
  datasets: {
    needs: "/3.0/projects/{project}/datasets/{name}",
    events: { visits: [{ customer: { id: "a" } }, { customer: { id: "b" } }, { customer: { id: "b" } }] },
    calls: [
      ["put", ["datasets", "visits-by-customer"], { display_name: "Visits", index_by: ["customer.id"], query: { analysis_type: "count", event_collection: "visits", timeframe: "this_7_days", interval: "daily", timezone: "UTC" } }, { dataset_name: "visits-by-customer", index_by: ["customer.id"] }],
      ["get", ["datasets", "visits-by-customer"], undefined, { dataset_name: "visits-by-customer", display_name: "Visits" }],
      ["get", ["datasets"], { limit: 10 }, { count: 1 }],
      ["query", [], { dataset_name: "visits-by-customer", index_by: { "customer.id": "b" }, timeframe: "this_1_days" }, (answered) => assert.equal(answered.result.at(-1).value, 2)],
      ["del", ["datasets", "visits-by-customer"], undefined, undefined],
      ["get", ["datasets", "visits-by-customer"], undefined, { status: 404, error_code: "ResourceNotFoundError" }],
    ],
  },
};

/** One call of the client on the page; `place` is a path below the project, or for `query` more settings of the client. */
function ask([verb, place, params]) {
  return inPage(
    async ({ verb, place, params, masterKey }) => {
      if (verb === "query") return window.analyst(Array.isArray(place) ? {} : place).query(params);
      const client = window.analyst();
      return client[verb]({ url: client.url("projectId", ...place), api_key: masterKey, ...(params ? { params } : {}) });
    },
    { verb, place, params, masterKey: project.keys.master },
  );
}

function check(answered, expected, what) {
  if (expected === undefined) return assert.equal(answered?.error_code, undefined, what);
  if (typeof expected === "function") return expected(answered);
  for (const [name, value] of Object.entries(expected)) assert.deepEqual(answered?.[name], value, `${what}: ${JSON.stringify(answered)}`);
}

for (const [about, { needs, events, calls }] of Object.entries(CALLS)) {
  test(`${about}: every call does what the client expects`, async (t) => {
    if (!(needs in (await describedBy(worker)).document.paths)) return t.skip(`there is no ${needs}`);
    await project.record(events);
    const told = [];
    for (const [verb, place, params, expected] of calls) {
      const filled = [place, params].map((value) => (typeof value === "function" ? value(told) : value));
      const answered = await ask([verb, ...filled]);
      check(answered, expected, `${verb} ${JSON.stringify(filled[0])}`);
      told.push(answered);
    }
  });
}
