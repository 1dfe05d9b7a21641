// Does the SDK know what its key may do, and does it ask the server no more than it must?

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createPolicy, serverRequest } from "@keyhole/sdk/policy";
import { KEY, PROJECT, withApi } from "./api.mjs";

const table = JSON.parse(readFileSync(new URL("decisions.json", import.meta.url), "utf8"));
const { now, keys, requests } = table;
const SELF = `/3.0/projects/${PROJECT}/keys/self`;
const EXPLAIN = `/3.0/projects/${PROJECT}/keys/explain`;

const described = (name) => keys[name].description;
const paths = (asked) => asked.map(({ method, path }) => `${method} ${path}`);

/** A server that describes the key by `descriptions`, one after another, and decides as `decision` says. */
const describing = (descriptions, decision) => {
  let at = 0;
  return ({ path, headers }) => {
    if (path === EXPLAIN) return { json: { decision, rules: [] } };
    const description = descriptions[Math.min(at, descriptions.length - 1)];
    at += 1;
    const etag = `"${JSON.stringify(description).length}"`;
    if (headers["if-none-match"] === etag) return { status: 304, headers: { etag } };
    return { json: description, headers: { etag } };
  };
};

for (const [name, decisions] of Object.entries(table.decisions)) {
  test(`${name}: every request is decided as the server decides it`, () => {
    const policy = createPolicy(described(name));
    for (const [expected, names] of Object.entries(decisions)) {
      for (const request of names) {
        const { certain, decision, error_code } = policy.explain(requests[request], { now });
        const found = certain ? (error_code ?? decision) : "uncertain";
        assert.equal(found, expected, request);
        assert.equal(policy.can(requests[request], { now }), expected === "allowed", request);
      }
    }
  });
}

test("an explanation is the server's to the letter", () => {
  for (const { key, request, now, explanation } of table.explanations) {
    assert.deepEqual(createPolicy(described(key)).explain(requests[request], { now }), explanation);
  }
});

test("now may be a Date, a number or text, and is the clock's when it is left out", () => {
  const policy = createPolicy({ ...described("expired"), expires_at: "2026-06-01T00:00:00Z" });
  for (const [late, early] of [
    ["2026-06-01T00:00:00Z", "2026-05-31T23:59:59.999Z"],
    [new Date("2026-06-01"), new Date("2026-05-31")],
    [Date.UTC(2026, 5), Date.UTC(2026, 4)],
  ]) {
    assert.equal(policy.can(requests.count, { now: late }), false);
    assert.equal(policy.can(requests.count, { now: early }), true);
  }
  const hour = 3_600_000;
  const expiring = (after) => ({ ...described("expired"), expires_at: new Date(Date.now() + after).toISOString() });
  assert.equal(createPolicy(expiring(hour)).can(requests.count), true);
  assert.equal(createPolicy(expiring(-hour)).can(requests.count), false);
});

test("the day is as long as the clocks of its zone make it", () => {
  const policy = createPolicy(described("23 hours at most"));
  const previousDay = (timezone, now) =>
    policy.can({ query: { ...requests.count.query, timeframe: "previous_1_days", timezone } }, { now });
  // Clocks go forward: on 29 March 2026 in Europe, on 8 March in New York, on 4 October in Adelaide.
  for (const [zone, day] of [
    ["Europe/Warsaw", "2026-03-30T12:00Z"],
    ["europe/WARSAW", "2026-03-30T12:00Z"],
    ["US/Eastern", "2026-03-09T12:00Z"],
    ["Australia/South", "2026-10-05T12:00Z"],
  ]) {
    assert.equal(previousDay(zone, day), true, zone);
    assert.equal(previousDay("UTC", day), false, zone);
    assert.equal(previousDay(zone, "2026-06-15T12:00Z"), false, zone);
  }
});

test("a zone that the server does not know is not known here", () => {
  const policy = createPolicy(described("read"));
  const asked = (timezone) => policy.can({ query: { ...requests.count.query, timezone } });
  for (const zone of ["Asia/Calcutta", "Asia/Kolkata", "EST", "GMT", "Etc/GMT+1", "ROC", "utc", "7200", 7200]) {
    assert.equal(asked(zone), true, zone);
  }
  for (const zone of ["Europe/Atlantis", "PST", "jst", "+01:00", "GMT+1", "SystemV/EST5", "Etc/Unknown", "x".repeat(99)]) {
    assert.throws(() => asked(zone), { name: "KeyholeError", errorCode: "TimezoneDefinitionError" }, zone);
  }
});

test("the key describes itself, and is not sent again when nothing changed", () =>
  withApi(
    describing([described("dashboard"), described("dashboard"), described("recorder"), described("recorder")]),
    async (keyhole, { requests: asked }) => {
      assert.deepEqual(await keyhole.self(), described("dashboard"));
      assert.deepEqual(await keyhole.self(), described("dashboard"));
      assert.deepEqual(await keyhole.self(), described("recorder"));
      assert.deepEqual(await keyhole.self(), described("recorder"));
      assert.deepEqual(new Set(paths(asked)), new Set([`GET ${SELF}`]));
      const tags = asked.map(({ headers }) => headers["if-none-match"]);
      assert.equal(tags[0], undefined);
      assert.equal(tags[1], tags[2]);
      assert.notEqual(tags[2], tags[3]);
      assert.ok(asked.every(({ headers, text }) => headers.authorization === KEY && text === ""));
    },
  ));

test("can asks once, however many ask at once, and never again", () =>
  withApi(describing([described("dashboard")]), async (keyhole, { requests: asked }) => {
    const first = await Promise.all([keyhole.can(requests.count), keyhole.can(requests.median)]);
    assert.deepEqual(first, [true, false]);
    assert.equal(await keyhole.can(requests["hidden property"]), false);
    assert.equal((await keyhole.explain(requests.count)).certain, true);
    assert.deepEqual(paths(asked), [`GET ${SELF}`]);
  }));

test("what self brings is what is decided by, whatever becomes of the answer", () =>
  withApi(
    describing([described("dashboard"), described("read")]),
    async (keyhole, { requests: asked }) => {
      const description = await keyhole.self();
      description.options.queries.analyses.push("median");
      assert.equal(await keyhole.can(requests.median), false);
      await keyhole.self();
      assert.equal(await keyhole.can(requests.median), true);
      assert.equal(asked.length, 2);
    },
  ));

test("an expired key is refused without asking", () =>
  withApi(describing([described("expired")]), async (keyhole, { requests: asked }) => {
    await keyhole.self();
    assert.equal(await keyhole.can(requests.count), false);
    const { status, error_code, rules } = await keyhole.explain(requests.count);
    assert.deepEqual([status, error_code, rules[0].pointer], [401, "ExpiredApiKeyError", "/expires_at"]);
    assert.deepEqual(paths(asked), [`GET ${SELF}`]);
  }));

for (const decision of ["allowed", "refused"]) {
  test(`where the description leaves out what matters, the server is asked: ${decision}`, () =>
    withApi(describing([described("kept in the dark")], decision), async (keyhole, { requests: asked }) => {
      assert.equal((await keyhole.explain(requests.record)).certain, false);
      assert.equal(await keyhole.can(requests["record a refund"]), false);
      assert.equal(await keyhole.can(requests.count), true);
      assert.deepEqual(paths(asked), [`GET ${SELF}`]);
      assert.equal(await keyhole.can(requests.record), decision === "allowed");
      assert.deepEqual(paths(asked), [`GET ${SELF}`, `POST ${EXPLAIN}`]);
      const sent = { record: { event_collection: "purchases", event: { price: 3 } } };
      assert.deepEqual(asked[1].json, { request: sent });
      assert.equal(createPolicy(described("kept in the dark")).can(requests.record), false);
    }));
}

test("the server explains when it is asked to, in its own spelling", () =>
  withApi(describing([], "allowed"), async (keyhole, { requests: asked }) => {
    const explanation = await keyhole.explain(requests["saved question"], { remote: true });
    assert.deepEqual(explanation, { decision: "allowed", rules: [], certain: true });
    assert.deepEqual(paths(asked), [`POST ${EXPLAIN}`]);
    const query = { analysis_type: "count", event_collection: "purchases", timeframe: "previous_30_days" };
    assert.deepEqual(asked[0].json, { request: { saved_query: { query_name: "sales", query } } });
    assert.deepEqual(serverRequest(requests["saved question"]), asked[0].json.request);
  }));

test("an aborted call rejects with the reason, and does not take the answer from others", () =>
  withApi(
    async ({ path }) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return path === SELF ? { json: described("dashboard") } : { json: {} };
    },
    async (keyhole, { requests: asked }) => {
      const controller = new AbortController();
      const { signal } = controller;
      const impatient = keyhole.can(requests.count, { signal });
      const patient = keyhole.can(requests.count);
      const remote = keyhole.explain(requests.count, { remote: true, signal });
      const self = keyhole.self({ signal });
      setTimeout(() => controller.abort(new Error("left the page")), 100);
      for (const call of [impatient, remote, self]) await assert.rejects(call, { message: "left the page" });
      assert.equal(await patient, true);
      const before = asked.length;
      for (const call of [
        keyhole.can(requests.count, { signal }),
        keyhole.explain(requests.count, { signal }),
        keyhole.explain(requests.count, { signal, remote: true }),
        keyhole.self({ signal }),
      ]) {
        await assert.rejects(call, { message: "left the page" });
      }
      assert.equal(asked.length, before);
    },
  ));

test("a key that the server refuses is an error, and is asked about again", () =>
  withApi(
    (request, count) =>
      count === 1
        ? { status: 401, json: { message: `The key ${KEY} was revoked.`, error_code: "InvalidApiKeyError" } }
        : { json: described("read") },
    async (keyhole, { requests: asked }) => {
      const refused = { name: "KeyholeError", status: 401, message: "The key [key] was revoked." };
      await assert.rejects(keyhole.can(requests.count), refused);
      assert.equal(await keyhole.can(requests.count), true);
      assert.equal(asked.length, 2);
    },
  ));

test("an answer that nothing changed, when nothing was known, is an error", () =>
  withApi(
    () => ({ status: 304 }),
    async (keyhole) => {
      await assert.rejects(keyhole.self(), { name: "KeyholeError", status: 304, errorCode: "UnexpectedAnswerError" });
    },
  ));

test("a request that means nothing is refused in the server's words, not decided", () =>
  withApi(describing([described("dashboard")]), async (keyhole, { requests: asked }) => {
    const circular = {};
    circular.self = circular;
    for (const [request, errorCode] of [
      [undefined, "InvalidRequestError"],
      [{}, "InvalidRequestError"],
      [{ query: {}, record: {} }, "InvalidRequestError"],
      [{ quarry: {} }, "InvalidRequestError"],
      [{ query: { analysisType: "count", analysis_type: "count" } }, "InvalidRequestError"],
      [{ query: circular }, "InvalidRequestError"],
      [{ query: { analysisType: "count", eventCollection: "a", timeframe: "soon" } }, "TimeframeDefinitionError"],
      [{ record: { eventCollection: "a", event: { "x.y": 1 } } }, "InvalidPropertyNameError"],
      [{ key: { permitted: [] } }, "AccessKeyDefinitionError"],
    ]) {
      await assert.rejects(keyhole.can(request), { name: "KeyholeError", status: 0, errorCode }, JSON.stringify(errorCode));
    }
    assert.equal(asked.length, 1);
  }));

test("what is no description, or no time, is a TypeError", () => {
  for (const description of [undefined, null, {}, [], "x", { kind: "guest" }, { ...described("read"), redacted: ["/x"] }]) {
    assert.throws(() => createPolicy(description), { name: "TypeError", message: /^Keyhole: the description must/ });
  }
  for (const now of ["soon", NaN, Infinity, -1e17]) {
    assert.throws(() => createPolicy(described("read")).can(requests.count, { now }), {
      name: "TypeError",
      message: /^Keyhole: now must/,
    });
  }
});
