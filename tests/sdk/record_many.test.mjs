// Does `recordMany` tell the truth about each event, at the edges of its batches too?

import assert from "node:assert/strict";
import { test } from "node:test";
import { Keyhole } from "@keyhole/sdk";
import { allStored, KEY, PROJECT, withApi } from "./api.mjs";

const numbered = (count) => Array.from({ length: count }, (_, number) => ({ number }));
const sizes = (requests) => requests.map(({ json }) => Object.values(json).flat().length);

for (const [count, expected] of [
  [0, []],
  [1, [1]],
  [5_000, [5_000]],
  [5_001, [5_000, 1]],
]) {
  test(`${count} events are sent as ${expected.length} batches`, () =>
    withApi(allStored, async (keyhole, { requests }) => {
      const outcomes = await keyhole.recordMany("a", numbered(count));
      assert.equal(outcomes.length, count);
      assert.ok(outcomes.every(({ success }) => success));
      assert.deepEqual(sizes(requests), expected);
      const sent = requests.flatMap(({ json }) => json.a);
      assert.deepEqual(
        sent.map(({ number }) => number),
        numbered(count).map(({ number }) => number),
      );
    }));
}

test("no request passes 9,000,000 bytes, counted in UTF-8", () =>
  withApi(allStored, async (keyhole, { requests }) => {
    await keyhole.recordMany(
      "a",
      Array.from({ length: 25 }, () => ({ text: "ż".repeat(449_000) })),
    );
    assert.deepEqual(sizes(requests), [10, 10, 5]);
    assert.ok(requests.every(({ text }) => Buffer.byteLength(text) <= 9_000_000));
  }));

test("refused events are reported where they stand and the others are stored", () =>
  withApi(
    ({ json }) => ({
      json: {
        a: json.a.map(({ n }) =>
          n === 2 ? { success: false, error: { name: "X", description: "y" } } : { success: true },
        ),
        b: [{ success: true }],
      },
    }),
    async (keyhole, { requests }) => {
      const outcomes = await keyhole.recordMany({ a: [{ n: 0 }, { "b.c": 1 }, { n: 2 }, { n: 3 }], b: [{}], _c: [{}] });
      assert.deepEqual(Object.keys(outcomes), ["a", "b", "_c"]);
      assert.deepEqual(
        outcomes.a.map(({ success }) => success),
        [true, false, false, true],
      );
      assert.equal(outcomes.a[1].error.name, "InvalidPropertyNameError");
      assert.deepEqual(outcomes.a[2], { success: false, error: { name: "X", description: "y" } });
      assert.deepEqual(outcomes.b, [{ success: true }]);
      assert.equal(outcomes._c[0].error.name, "InvalidCollectionNameError");
      assert.deepEqual(
        requests[0].json.a.map(({ n }) => n),
        [0, 2, 3],
      );
    },
  ));

test("a batch is sent again as it was, tokens and all", () =>
  withApi(
    (request, count) => (count === 1 ? { cut: true } : allStored(request)),
    async (keyhole, { requests }) => {
      await keyhole.recordMany("a", numbered(3));
      assert.equal(requests.length, 2);
      assert.equal(requests[0].text, requests[1].text);
    },
  ));

test("when a request fails as a whole, the error tells what was stored", () =>
  withApi(
    (request, count) =>
      count === 1 ? allStored(request) : { status: 403, json: { message: "no", error_code: "RequestForbiddenError" } },
    async (keyhole) => {
      const error = await keyhole.recordMany("a", numbered(10_001)).catch((reason) => reason);
      assert.equal(error.errorCode, "RequestForbiddenError");
      const names = error.outcomes.map((outcome) => (outcome.success ? "stored" : outcome.error.name));
      assert.deepEqual(
        [names[0], names[4_999], names[5_000], names[9_999], names[10_000]],
        ["stored", "stored", "RequestForbiddenError", "RequestForbiddenError", "NotSentError"],
      );
    },
  ));

test("an answer that leaves out an event is not taken for success", () =>
  withApi(
    () => ({ json: { a: [{ success: true }] } }),
    async (keyhole) => {
      await assert.rejects(keyhole.recordMany("a", numbered(2)), { errorCode: "UnexpectedAnswerError" });
    },
  ));

test("what is not a list of events is a TypeError", async () => {
  const keyhole = new Keyhole({ url: "http://127.0.0.1:9", projectId: PROJECT, key: KEY });
  await assert.rejects(keyhole.recordMany("a", {}), TypeError);
  await assert.rejects(keyhole.recordMany({ a: "x" }), TypeError);
});
