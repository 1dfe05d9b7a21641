// Does `query` ask what was meant, and give the answer as it was sent?

import assert from "node:assert/strict";
import { test } from "node:test";
import { Keyhole } from "@keyhole/sdk";
import { KEY, PROJECT, withApi } from "./api.mjs";

const answer = {
  result: [{ value: null, timeframe: { start: "a", end: "b" } }],
  execution_metadata: { events_scanned: 3 },
};

test("both forms and both spellings make the same request, and the answer is the server's", () =>
  withApi(
    () => ({ json: answer }),
    async (keyhole, { requests }) => {
      const filters = [{ property_name: "pageUrl", operator: "eq", property_value: { camelCase: 1 } }];
      const snake = { event_collection: "pageViews", target_property: "loadTime", timeframe: "this_7_days", filters };
      const camel = { eventCollection: "pageViews", targetProperty: "loadTime", timeframe: "this_7_days", filters };
      assert.deepEqual(await keyhole.query("sum", snake), answer);
      await keyhole.query("sum", camel);
      await keyhole.query({ analysisType: "sum", ...camel });
      await keyhole.query({ analysis_type: "sum", ...snake });
      for (const { path, json, headers } of requests) {
        assert.equal(path, `/3.0/projects/${PROJECT}/queries/sum`);
        assert.deepEqual(json, snake);
        assert.equal(headers.authorization, KEY);
      }
    },
  ));

test("a query is tried again after 500 and not after 400", () =>
  withApi(
    (request, count) =>
      [
        { status: 500, json: {} },
        { json: answer },
        { status: 400, json: { message: "m", error_code: "TimeframeDefinitionError" } },
      ][count - 1],
    async (keyhole, { requests }) => {
      assert.deepEqual(await keyhole.query("count", {}), answer);
      await assert.rejects(keyhole.query("count", {}), {
        status: 400,
        errorCode: "TimeframeDefinitionError",
        message: "m",
      });
      assert.equal(requests.length, 3);
    },
  ));

test("a dataset is asked for by its name, with typed values of its index", () =>
  withApi(
    () => ({ json: answer }),
    async (keyhole, { requests }) => {
      const timeframe = { start: "2026-01-01", end: "2026-02-01" };
      for (const [indexBy, asked] of [["a&b", "this_2_days"], [{ "customer.id": 7 }, timeframe], [[true, null], "today"]]) {
        assert.deepEqual(await keyhole.dataset("sales 1", { indexBy, timeframe: asked }), answer);
        const { method, path, headers } = requests.at(-1);
        const url = new URL(path, "http://localhost");
        assert.deepEqual([method, url.pathname], ["GET", `/3.0/projects/${PROJECT}/datasets/sales%201/results`]);
        assert.deepEqual([...url.searchParams].map(([name, value]) => [name, JSON.parse(value)]), [["index_by", indexBy], ["timeframe", asked]]);
        assert.equal(headers.authorization, KEY);
      }
      await assert.rejects(keyhole.dataset(), TypeError);
      await assert.rejects(keyhole.dataset("", { indexBy: "a", timeframe: "today" }), TypeError);
      assert.equal(requests.length, 3);
    },
  ));

test("an aborted query rejects with the reason and sends nothing more", () =>
  withApi(
    () => new Promise(() => {}),
    async (keyhole, { requests }) => {
      const controller = new AbortController();
      const asked = keyhole.query("count", {}, { signal: controller.signal });
      setTimeout(() => controller.abort(), 100);
      await assert.rejects(asked, { name: "AbortError" });
      await assert.rejects(keyhole.query({ analysisType: "count" }, { signal: controller.signal }), {
        name: "AbortError",
      });
      assert.equal(requests.length, 1);
    },
  ));

test("what is no query is a TypeError", async () => {
  const keyhole = new Keyhole({ url: "http://127.0.0.1:9", projectId: PROJECT, key: KEY });
  for (const given of [
    [],
    ["count", []],
    ["../keys", {}],
    [{ timeframe: "x" }],
    [{ analysisType: "count", groupBy: "a", group_by: "b" }],
  ]) {
    await assert.rejects(keyhole.query(...given), TypeError, JSON.stringify(given));
  }
});

test("a success that is not JSON is an error", () =>
  withApi(
    () => ({ text: "<html>" }),
    async (keyhole) => {
      await assert.rejects(keyhole.query("count", {}), { status: 200, errorCode: "UnexpectedAnswerError" });
    },
  ));
