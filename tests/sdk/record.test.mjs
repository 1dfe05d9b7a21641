// Does `record` store an event once, whatever happens on the way?

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { Keyhole, KeyholeError } from "@keyhole/sdk";
import { created, KEY, PROJECT, startApi, withApi } from "./api.mjs";

test("an event is posted with its time and token, the key in the header, and the object unchanged", () =>
  withApi(
    () => created,
    async (keyhole, { requests }) => {
      const event = Object.freeze({ species: "Rock pigeon", cost: 1e21 });
      assert.equal(await keyhole.record("bird strikes", event), undefined);
      const [{ method, path, headers, json }] = requests;
      assert.equal(method, "POST");
      assert.equal(path, `/3.0/projects/${PROJECT}/events/bird%20strikes`);
      assert.equal(headers.authorization, KEY);
      const { keen, ...rest } = json;
      assert.deepEqual(rest, event);
      assert.match(keen.uniqueness_token, /^[0-9a-f]{32}$/);
      assert.ok(Math.abs(Date.parse(keen.timestamp) - Date.now()) < 5_000);
    },
  ));

test("retries carry the same token, so that the event is stored once", () =>
  withApi(
    (request, count) => [{ cut: true }, { status: 503, json: {} }, created][count - 1],
    async (keyhole, { requests }) => {
      await keyhole.record("a", {});
      assert.equal(requests.length, 3);
      assert.equal(new Set(requests.map(({ text }) => text)).size, 1);
    },
  ));

test("two events never share a token", () =>
  withApi(
    () => created,
    async (keyhole, { requests }) => {
      await Promise.all(Array.from({ length: 200 }, () => keyhole.record("a", {})));
      assert.equal(new Set(requests.map(({ json }) => json.keen.uniqueness_token)).size, 200);
    },
  ));

test("Retry-After is honoured, in seconds and as a date", () =>
  withApi(
    (request, count) =>
      [
        { status: 429, headers: { "retry-after": "1" }, json: {} },
        { status: 429, headers: { "retry-after": new Date(Date.now() + 2_000).toUTCString() }, json: {} },
        created,
      ][count - 1],
    async (keyhole, { requests }) => {
      await keyhole.record("a", {});
      const [first, second, third] = requests.map(({ at }) => at);
      assert.ok(second - first >= 990, `${second - first} ms`);
      assert.ok(third - second >= 500, `${third - second} ms`);
    },
  ));

test("a server that stays down is tried five times, then the promise rejects", () =>
  withApi(
    () => ({ status: 503, text: "<html>down</html>" }),
    async (keyhole, { requests }) => {
      await assert.rejects(keyhole.record("a", {}), {
        name: "KeyholeError",
        status: 503,
        errorCode: "UnexpectedAnswerError",
      });
      assert.equal(requests.length, 5);
    },
  ));

test("what the server refuses is not tried again, and its words arrive without the key", () =>
  withApi(
    () => ({ status: 401, json: { message: `The key ${KEY} is unknown.`, error_code: "InvalidApiKeyError" } }),
    async (keyhole, { requests }) => {
      const error = await keyhole.record("a", {}).catch((reason) => reason);
      assert.ok(error instanceof KeyholeError);
      assert.equal(error.status, 401);
      assert.equal(error.errorCode, "InvalidApiKeyError");
      assert.equal(error.message, "The key [key] is unknown.");
      assert.ok(!inspect(error, { depth: 9 }).includes(KEY));
      assert.equal(requests.length, 1);
    },
  ));

test("an unreachable server is a KeyholeError without the key", async () => {
  const api = await startApi(() => created);
  await api.close();
  const keyhole = new Keyhole({ url: api.url, projectId: PROJECT, key: KEY });
  const error = await keyhole.record("a", {}).catch((reason) => reason);
  assert.equal(error.errorCode, "NetworkError");
  assert.equal(error.status, 0);
  assert.ok(!inspect(error, { depth: 9 }).includes(KEY));
});

test("an event that the server would refuse is refused before it is sent", () =>
  withApi(
    () => created,
    async (keyhole, { requests }) => {
      const circular = {};
      circular.self = circular;
      const cases = [
        ["a", { "x.y": 1 }, "InvalidPropertyNameError"],
        ["a", { deep: [{ $x: 1 }] }, "InvalidPropertyNameError"],
        ["a", { keen: "x" }, "NamespaceTypeError"],
        ["a", [], "InvalidEventError"],
        ["a", undefined, "InvalidEventError"],
        ["a", circular, "InvalidEventError"],
        ["a", { n: 1n }, "InvalidEventError"],
        ["a", { text: "x".repeat(900_000) }, "InvalidEventError"],
        ["a", { text: "\ud83d" }, "InvalidPropertyValueError"],
        ["_a", {}, "InvalidCollectionNameError"],
      ];
      for (const [collection, event, errorCode] of cases) {
        await assert.rejects(keyhole.record(collection, event), { name: "KeyholeError", errorCode, status: 0 });
      }
      assert.equal(requests.length, 0);
    },
  ));

test("abort ends the waiting between attempts with the reason given", () =>
  withApi(
    () => ({ status: 503, headers: { "retry-after": "30" }, json: {} }),
    async (keyhole) => {
      const controller = new AbortController();
      const recorded = keyhole.record("a", {}, { signal: controller.signal });
      setTimeout(() => controller.abort(new Error("left the page")), 100);
      await assert.rejects(recorded, { message: "left the page" });
    },
  ));

test("an unusable option is a TypeError that names it and not its value", () => {
  const good = { url: "https://a.example", projectId: PROJECT, key: KEY };
  assert.doesNotThrow(() => new Keyhole(good));
  for (const field of ["url", "projectId", "key"]) {
    for (const value of ["", undefined, 7, "\n"]) {
      assert.throws(() => new Keyhole({ ...good, [field]: value }), {
        name: "TypeError",
        message: new RegExp(`^Keyhole: ${field} must`),
      });
    }
  }
  assert.throws(() => new Keyhole(), TypeError);
  assert.throws(
    () => new Keyhole({ ...good, key: "se cret" }),
    (error) => !error.message.includes("se cret"),
  );
  assert.ok(!inspect(new Keyhole(good), { depth: 9, showHidden: true }).includes(KEY));
});
