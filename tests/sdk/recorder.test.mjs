// Does a recorder see to it that events are stored, whatever the server says? In Node, where there is no disk.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Recorder as CheckedRecorder } from "@keyhole/sdk";
import { Recorder } from "@keyhole/sdk/track";
import { allStored, KEY, PROJECT, startApi } from "./api.mjs";

/** Hands `use` a recorder, the API it sends to, and all that it told, and closes both. */
async function withRecorder(answer, options, use, Kind = Recorder) {
  const api = await startApi(answer);
  const recorder = new Kind({ url: api.url, projectId: PROJECT, key: KEY, queue: { interval: 0.05 }, ...options });
  const told = { sent: [], failed: [], queue: [], delayed: [] };
  for (const type of Object.keys(told)) recorder.addEventListener(type, ({ detail }) => told[type].push(detail));
  try {
    await use(recorder, api, told);
  } finally {
    await recorder.close().catch(() => {});
    await api.close();
  }
}

async function until(what) {
  for (let waited = 0; !what(); waited += 5) {
    assert.ok(waited < 10_000, "it does not come about");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const eventsOf = ({ requests }) => requests.flatMap(({ json }) => Object.values(json).flat());
const bare = (events) => events.map(({ keen, ...rest }) => rest);

for (const [name, Kind] of [
  ["track", Recorder],
  ["client", CheckedRecorder],
]) {
  test(`${name}: events go together, dated, each with a token, after the interval`, () =>
    withRecorder(
      allStored,
      {},
      async (recorder, api, told) => {
        const event = Object.freeze({ n: 1 });
        assert.equal(recorder.record("visits", event), true);
        assert.equal(recorder.record("clicks", { n: 2 }), true);
        assert.equal(recorder.recordMany("visits", [{ n: 3 }, { n: 4 }]), 2);
        assert.equal(recorder.size, 4);
        assert.equal(api.requests.length, 0);
        await until(() => recorder.size === 0);
        const [{ method, path, headers, json }, ...others] = api.requests;
        assert.equal(others.length, 0);
        assert.deepEqual([method, path, headers.authorization], ["POST", `/3.0/projects/${PROJECT}/events`, KEY]);
        assert.deepEqual([bare(json.visits), bare(json.clicks)], [[{ n: 1 }, { n: 3 }, { n: 4 }], [{ n: 2 }]]);
        const stamps = eventsOf(api).map(({ keen }) => keen);
        assert.equal(new Set(stamps.map((keen) => keen.uniqueness_token)).size, 4);
        for (const { timestamp, uniqueness_token } of stamps) {
          assert.match(uniqueness_token, /^[0-9a-f]{32}$/);
          assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
          assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 5_000);
        }
        assert.deepEqual([told.sent, told.failed, told.queue.at(-1)], [[{ events: 4 }], [], { events: 0 }]);
      },
      Kind,
    ));

  test(`${name}: record never throws: what cannot be recorded is told with its reason`, () =>
    withRecorder(
      allStored,
      {},
      async (recorder, api, told) => {
        const circular = {};
        circular.self = circular;
        const cases = [
          ["a", [], "InvalidEventError"],
          ["a", undefined, "InvalidEventError"],
          ["a", "x", "InvalidEventError"],
          ["a", circular, "InvalidEventError"],
          ["a", { n: 1n }, "InvalidEventError"],
          ["a", { keen: "x" }, "NamespaceTypeError"],
          ["a", { keen: null }, "NamespaceTypeError"],
          ["_a", {}, "InvalidCollectionNameError"],
          ["a\nb", {}, "InvalidCollectionNameError"],
          ["..", {}, "InvalidCollectionNameError"],
          ["", {}, "InvalidCollectionNameError"],
        ];
        for (const [collection, event] of cases) assert.equal(recorder.record(collection, event), false);
        assert.deepEqual(
          told.failed.map(({ error }) => error.name),
          cases.map(([, , name]) => name),
        );
        assert.ok(told.failed.every(({ error }) => error.description.length > 10));
        assert.equal(recorder.size, 0);
        recorder.record("a", { good: true });
        await recorder.flush();
        assert.deepEqual(bare(eventsOf(api)), [{ good: true }]);
      },
      Kind,
    ));
}

test("the client's recorder says at once what the server would refuse", () =>
  withRecorder(
    allStored,
    {},
    async (recorder, api, told) => {
      for (const event of [{ "a.b": 1 }, { text: "\ud83d" }, { text: "x".repeat(900_000) }]) recorder.record("a", event);
      const names = ["InvalidPropertyNameError", "InvalidPropertyValueError", "InvalidEventError"];
      assert.deepEqual(told.failed.map(({ error }) => error.name), names);
      assert.equal(api.requests.length, 0);
    },
    CheckedRecorder,
  ));

test("as many events as the capacity are sent without waiting for the interval", () =>
  withRecorder(allStored, { queue: { capacity: 3, interval: 1_000 } }, async (recorder, api) => {
    recorder.recordMany("a", [{}, {}]);
    await recorder.saved();
    assert.equal(api.requests.length, 0);
    recorder.record("a", {});
    await until(() => recorder.size === 0);
    assert.equal(eventsOf(api).length, 3);
  }));

test("what an event brings itself is kept, and what it has of toJSON is used", () =>
  withRecorder(allStored, {}, async (recorder, api) => {
    recorder.record("a", { keen: { timestamp: "1999-12-31T00:00:00Z", addons: [] } });
    recorder.record("a", { keen: { uniqueness_token: "mine" } });
    recorder.record("a", { toJSON: () => ({ keen: { location: {} }, x: 1 }) });
    await recorder.flush();
    const [dated, own, made] = eventsOf(api);
    assert.deepEqual([dated.keen.timestamp, dated.keen.addons], ["1999-12-31T00:00:00Z", []]);
    assert.match(dated.keen.uniqueness_token, /^[0-9a-f]{32}$/);
    assert.deepEqual(own, { keen: { uniqueness_token: "mine" } });
    assert.deepEqual([made.x, Object.keys(made.keen)], [1, ["location", "timestamp", "uniqueness_token"]]);
  }));

for (const [why, first] of [
  ["a connection that breaks", { cut: true }],
  ["408", { status: 408, json: { error_code: "X", message: "late" } }],
  ["429", { status: 429, json: { error_code: "X", message: "slow" } }],
  ["503", { status: 503, json: { error_code: "X", message: "busy" } }],
  ["a page that is not our server's", { status: 200, text: "<html>Log in</html>" }],
  ["another's 403", { status: 403, text: "<html>no</html>" }],
  ["an answer that leaves events out", { json: { a: [{ success: true }] } }],
  ["an answer that says nothing of an event", { json: { a: [{ success: true }, null] } }],
  ["an answer that is nobody's", { json: { a: ["ok", { success: "yes" }] } }],
  ["a refusal without a reason", { json: { a: [{ success: true }, { success: false }] } }],
]) {
  test(`${why} is tried again, with the same tokens, and nothing is told to have failed`, () =>
    withRecorder(
      (request, count) => (count === 1 ? first : allStored(request)),
      {},
      async (recorder, api, told) => {
        recorder.recordMany("a", [{}, {}]);
        await until(() => recorder.size === 0);
        assert.equal(api.requests.length, 2);
        assert.equal(api.requests[0].text, api.requests[1].text);
        assert.equal(told.failed.length, 0);
        const [{ error, milliseconds }] = told.delayed;
        assert.equal(error.name, "KeyholeError");
        assert.ok(milliseconds >= 250 && milliseconds <= 500);
      },
    ));
}

test("Retry-After is honoured, and pauses grow", () =>
  withRecorder(
    (request, count) =>
      count === 1 ? { status: 503, headers: { "retry-after": "1" }, json: { error_code: "X" } } : count === 2 ? { cut: true } : allStored(request),
    {},
    async (recorder, { requests }, told) => {
      recorder.record("a", {});
      await until(() => recorder.size === 0);
      assert.ok(requests[1].at - requests[0].at >= 990);
      assert.ok(requests[2].at - requests[1].at >= 490);
      assert.equal(told.delayed.length, 2);
    },
  ));

test("what is recorded meanwhile does not make a server impatiently asked that asked for patience", () =>
  withRecorder(
    (request, count) => (count === 1 ? { status: 429, headers: { "retry-after": "1" }, json: { error_code: "X" } } : allStored(request)),
    { queue: { interval: 0.02 } },
    async (recorder, { requests }) => {
      recorder.record("a", {});
      await until(() => requests.length === 1);
      for (let at = 0; at < 10; at += 1) {
        recorder.record("a", {});
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      await until(() => recorder.size === 0);
      assert.equal(requests.length, 2);
      assert.ok(requests[1].at - requests[0].at >= 990);
    },
  ));

test("what is recorded while a request is under way is sent by the flush that follows", () =>
  withRecorder(
    async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return allStored(request);
    },
    { queue: { interval: 1_000 } },
    async (recorder, api) => {
      recorder.record("a", { n: 1 });
      const first = recorder.flush();
      await until(() => api.requests.length === 1);
      recorder.record("a", { n: 2 });
      await recorder.flush();
      assert.deepEqual(bare(eventsOf(api)), [{ n: 1 }, { n: 2 }]);
      await first;
    },
  ));

test("each event that the server refuses is told with its own reason, and the others are stored", () =>
  withRecorder(
    ({ json }) => {
      const outcome = ({ n }) => (n === 2 ? { success: false, error: { name: "InvalidPropertyValueError", description: "At /a/1" } } : { success: true });
      return { json: { a: json.a.map(outcome), b: [{ success: true }] } };
    },
    {},
    async (recorder, api, told) => {
      recorder.recordMany("a", [{ n: 1 }, { n: 2 }, { n: 3 }]);
      recorder.record("b", {});
      await recorder.flush();
      const [{ collection, event, error }, ...others] = told.failed;
      assert.deepEqual([collection, event.n, error, others.length], ["a", 2, { name: "InvalidPropertyValueError", description: "At /a/1" }, 0]);
      assert.deepEqual(told.sent, [{ events: 3 }]);
      assert.equal(recorder.size, 0);
    },
  ));

test("of a body that is refused as a whole, only the guilty event is lost", () =>
  withRecorder(
    (request) => {
      const guilty = Object.values(request.json).flat().some(({ n }) => n === 5);
      return guilty ? { status: 400, json: { error_code: "InvalidBatchError", message: "no" } } : allStored(request);
    },
    {},
    async (recorder, api, told) => {
      recorder.recordMany("a", Array.from({ length: 4 }, (_, n) => ({ n })));
      recorder.recordMany("b", Array.from({ length: 7 }, (_, n) => ({ n: n + 4 })));
      await recorder.flush();
      assert.deepEqual(told.failed.map(({ event, error }) => [event.n, error.name]), [[5, "InvalidBatchError"]]);
      assert.deepEqual(told.sent, [{ events: 10 }]);
    },
  ));

for (const [why, refusal] of [
  ["a line that is too slow", { cut: true }],
  ["a proxy that takes little", { status: 413, text: "<html>Request Entity Too Large</html>" }],
]) {
  test(`a backlog gets through ${why} for all of it at once`, () =>
    withRecorder(
      (request) => (request.text.length > 300_000 ? refusal : allStored(request)),
      {},
      async (recorder, { requests }, told) => {
        recorder.recordMany("a", Array(1_000).fill({ text: "x".repeat(900) }));
        await until(() => recorder.size === 0);
        assert.deepEqual([told.failed, told.sent.reduce((sum, { events }) => sum + events, 0)], [[], 1_000]);
        const tokens = requests.filter(({ text }) => text.length <= 300_000).flatMap(({ json }) => json.a.map(({ keen }) => keen.uniqueness_token));
        assert.equal(new Set(tokens).size, tokens.length);
      },
    ));
}

test("a key that is refused loses nothing: a new one goes on", () =>
  withRecorder(
    (request) => (request.headers.authorization === KEY ? { status: 401, json: { error_code: "ExpiredApiKeyError", message: `${KEY} expired` } } : allStored(request)),
    {},
    async (recorder, api, told) => {
      recorder.record("a", {});
      await assert.rejects(recorder.flush(), { status: 401, errorCode: "ExpiredApiKeyError", message: "[key] expired" });
      assert.deepEqual([told.delayed[0].milliseconds, recorder.size, told.failed.length], [undefined, 1, 0]);
      recorder.key = "kh_new";
      await until(() => recorder.size === 0);
      assert.deepEqual(told.sent, [{ events: 1 }]);
    },
  ));

test("what the key may not record is told, and not tried again", () =>
  withRecorder(
    () => ({ status: 403, json: { error_code: "RequestForbiddenError", message: "no" } }),
    {},
    async (recorder, api, told) => {
      recorder.recordMany("a", [{}, {}]);
      await recorder.flush();
      assert.deepEqual([told.failed.length, told.failed[1].error], [2, { name: "RequestForbiddenError", description: "no" }]);
      assert.equal(api.requests.length, 1);
    },
  ));

test("extensions are merged below the event, those of its collection above those of all", () =>
  withRecorder(allStored, {}, async (recorder, api) => {
    let count = 0;
    recorder.extend({ app: { version: "1", name: "shop" }, tags: ["all"], keen: { addons: [1] } });
    recorder.extend("a", () => ({ app: { name: "a" }, count: (count += 1) }));
    const event = Object.freeze({ app: Object.freeze({ view: "cart" }), tags: Object.freeze(["own", "all"]), when: new Date(0), keen: { addons: [2] } });
    recorder.record("a", event);
    recorder.record("a", { count: "own" });
    recorder.record("b", {});
    await recorder.flush();
    const { a, b } = api.requests[0].json;
    const app = { version: "1", name: "a", view: "cart" };
    assert.deepEqual(bare(a), [
      { app, tags: ["all", "own"], count: 1, when: "1970-01-01T00:00:00.000Z" },
      { app: { version: "1", name: "a" }, tags: ["all"], count: "own" },
    ]);
    assert.deepEqual(a[0].keen.addons, [1, 2]);
    assert.deepEqual(bare(b), [{ app: { version: "1", name: "shop" }, tags: ["all"] }]);
  }));

test("an event of any class is extended, and what is no event stays none", () =>
  withRecorder(allStored, {}, async (recorder, api, told) => {
    recorder.extend({ customer: { id: "c" } });
    class Sale {
      n = 1;
      customer = { name: "C" };
    }
    recorder.record("a", new Sale());
    recorder.record("a", { toJSON: () => ({ n: 2 }) });
    recorder.record("a", Object.assign(Object.create({ inherited: 1 }), { n: 3 }));
    for (const none of [undefined, null, [1], "x", new Date(), () => ({})]) assert.equal(recorder.record("a", none), false);
    await recorder.flush();
    assert.deepEqual(bare(eventsOf(api)), [
      { customer: { id: "c", name: "C" }, n: 1 },
      { customer: { id: "c" }, n: 2 },
      { customer: { id: "c" }, n: 3 },
    ]);
    assert.deepEqual(new Set(told.failed.map(({ error }) => error.name)), new Set(["InvalidEventError"]));
  }));

test("an extension that throws loses its event only, with the reason", () =>
  withRecorder(allStored, {}, async (recorder, api, told) => {
    recorder.extend("a", () => {
      throw new RangeError("too far");
    });
    assert.equal(recorder.record("a", { n: 1 }), false);
    assert.deepEqual(told.failed, [{ collection: "a", event: { n: 1 }, error: { name: "RangeError", description: "too far" } }]);
    assert.equal(recorder.record("b", {}), true);
  }));

test("asked to wait for consent, it sends nothing; then all that was recorded, or nothing ever", () =>
  withRecorder(allStored, { consent: false }, async (recorder, api) => {
    assert.equal(recorder.permission, "waiting");
    assert.equal(recorder.record("a", { n: 1 }), true);
    await recorder.flush();
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.equal(api.requests.length, 0);
    await recorder.consent(true);
    recorder.record("a", { n: 2 });
    await until(() => recorder.size === 0);
    assert.deepEqual(bare(eventsOf(api)), [{ n: 1 }, { n: 2 }]);
    await recorder.consent(false);
    assert.deepEqual([recorder.record("a", { n: 3 }), recorder.permission], [false, "denied"]);
    await recorder.flush();
    assert.equal(eventsOf(api).length, 2);
  }));

test("consent that is refused throws away what waits", () =>
  withRecorder(allStored, { consent: false }, async (recorder, api) => {
    recorder.recordMany("a", [{}, {}]);
    await recorder.consent(false);
    assert.equal(recorder.size, 0);
    await recorder.consent(true);
    await recorder.flush();
    assert.equal(api.requests.length, 0);
  }));

test("more than may be held before consent, and more than may be kept, is refused by name", async () => {
  await withRecorder(allStored, { consent: false }, async (recorder, api, told) => {
    assert.equal(recorder.recordMany("a", Array(1_001).fill({})), 1_000);
    assert.equal(told.failed[0].error.name, "QueueFullError");
  });
  await withRecorder(() => ({ cut: true }), { storage: { bytesMax: 52_000 } }, async (recorder, api, told) => {
    const event = { text: "x".repeat(900) };
    for (let at = 0; at < 10; at += 1) {
      recorder.recordMany("a", Array(10).fill(event));
      await recorder.saved();
    }
    assert.equal(recorder.size, 50);
    assert.equal(told.failed.length, 50);
    assert.deepEqual([told.failed[0].error.name, told.failed[0].event.text], ["QueueFullError", event.text]);
  });
});

test("what is left when a recorder is closed is sent before", async () => {
  const api = await startApi(allStored);
  const recorder = new Recorder({ url: api.url, projectId: PROJECT, key: KEY });
  recorder.record("a", {});
  await recorder.close();
  assert.equal(eventsOf(api).length, 1);
  await api.close();
});

test("options that cannot be used are a TypeError", () => {
  const good = { url: "https://a.example", projectId: PROJECT, key: KEY };
  for (const bad of [{ url: "a" }, { projectId: "" }, { key: "a b" }, { queue: { capacity: 0 } }, { queue: { interval: "5" } }]) {
    assert.throws(() => new Recorder({ ...good, ...bad }), { name: "TypeError", message: /^Keyhole: \S+ must/ });
  }
});
