// Is each question asked once, answered exactly, and never with what another key was told?

import assert from "node:assert/strict";
import { test } from "node:test";
import { Keyhole, Recorder } from "@keyhole/sdk";
import { KEY, PROJECT, startApi, withApi } from "./api.mjs";

const sleep = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));
const slowly = (result) => async () => {
  await sleep(50);
  return { json: { result } };
};

test("whoever asks the same meanwhile shares the request, and gets a copy of their own", () =>
  withApi(slowly([{ a: 1 }]), async (keyhole, { requests }) => {
    const [one, other] = await Promise.all([
      keyhole.query("count", { timeframe: "x" }),
      keyhole.query("count", { timeframe: "x" }),
    ]);
    await keyhole.query("count", { timeframe: "y" });
    assert.equal(requests.length, 2);
    assert.deepEqual(one, other);
    one.result[0].a = 2;
    assert.equal(other.result[0].a, 1);
    await keyhole.query("count", { timeframe: "x" });
    assert.equal(requests.length, 3);
  }));

test("who leaves does not take the answer from the others; when all have left, it is aborted", async () => {
  let closed = 0;
  const api = await startApi((request, count) =>
    count === 1 ? sleep(80).then(() => ({ json: { result: 1 } })) : sleep(5_000).then(() => ({ json: {} })),
  );
  try {
    const keyhole = new Keyhole({ url: api.url, projectId: PROJECT, key: KEY });
    const leaving = new AbortController();
    const asked = [keyhole.query("count", {}, { signal: leaving.signal }), keyhole.query("count", {})];
    leaving.abort(new Error("gone"));
    await assert.rejects(asked[0], /gone/);
    assert.deepEqual(await asked[1], { result: 1 });
    const all = new AbortController();
    const both = [keyhole.query("sum", {}, { signal: all.signal }), keyhole.query("sum", {}, { signal: all.signal })];
    for (const one of both) one.catch(() => (closed += 1));
    setTimeout(() => all.abort(), 50);
    await Promise.allSettled(both);
    assert.equal(closed, 2);
    // Nothing that was aborted is handed to who comes later.
    const late = keyhole.query("sum", {});
    late.catch(() => {});
    await sleep(50);
    assert.equal(api.requests.length, 3);
  } finally {
    await api.close();
  }
});

test("an answer is kept for as long as was said, and forgotten with its key", async () => {
  const api = await startApi(({ headers }, count) => ({ json: { result: `${headers.authorization} ${count}` } }));
  try {
    const keyhole = new Keyhole({ url: api.url, projectId: PROJECT, key: "kh_one", cacheSeconds: 60 });
    const ask = async (options) => (await keyhole.query("count", {}, options)).result;
    assert.equal(await ask(), "kh_one 1");
    assert.equal(await ask(), "kh_one 1");
    assert.equal(await ask({ cacheSeconds: 0 }), "kh_one 2");
    keyhole.setKey("kh_two");
    assert.equal(await ask(), "kh_two 3");
    assert.equal(await ask(), "kh_two 3");
    keyhole.setKey("kh_one");
    assert.equal(await ask(), "kh_one 4");
    await sleep(20);
    assert.equal(await ask(), "kh_one 4");
    assert.equal(await ask({ cacheSeconds: 0.01 }), "kh_one 5");
  } finally {
    await api.close();
  }
});

test("an answer is not kept for longer when the clock is put back", async (t) => {
  const { now } = Date;
  t.after(() => (Date.now = now));
  await withApi(
    (_, count) => ({ json: { result: count } }),
    async (client) => {
      const ask = async () => (await client.query("count", { eventCollection: "a" }, { cacheSeconds: 60 })).result;
      assert.deepEqual([await ask(), await ask()], [1, 1]);
      Date.now = () => now() - 86_400_000;
      assert.deepEqual([await ask(), await ask()], [2, 2]);
    },
  );
});

test("who shares the request of somebody whose answer is kept does not get what is kept", () =>
  withApi(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { json: { result: [{ n: 1 }] } };
    },
    async (client) => {
      const ask = (cacheSeconds) => client.query("count", { eventCollection: "a" }, { cacheSeconds });
      const [, other] = await Promise.all([ask(60), ask(0)]);
      other.result[0].n = 2;
      assert.deepEqual((await ask(60)).result, [{ n: 1 }]);
    },
  ));

test("an answer that a key's question brought after the key was changed is not kept for the new one", async () => {
  const api = await startApi(async ({ headers }) => {
    await sleep(40);
    return { json: { result: headers.authorization } };
  });
  try {
    const keyhole = new Keyhole({ url: api.url, projectId: PROJECT, key: "kh_one", cacheSeconds: 60 });
    const first = keyhole.query("count", {});
    await sleep(10);
    keyhole.setKey("kh_two");
    const second = keyhole.query("count", {});
    assert.equal((await first).result, "kh_one");
    assert.equal((await second).result, "kh_two");
    assert.equal((await keyhole.query("count", {})).result, "kh_two");
  } finally {
    await api.close();
  }
});

test("an expired key is replaced once for all who wait, and the requests are sent again", async () => {
  const expired = { status: 401, json: { message: "This key has expired.", error_code: "ExpiredApiKeyError" } };
  const api = await startApi(({ headers, path }) => {
    if (headers.authorization !== "kh_new") return expired;
    return { status: path.includes("/events/") ? 201 : 200, json: { result: 3, created: true } };
  });
  let asked = 0;
  const onKeyExpired = async () => {
    asked += 1;
    await sleep(20);
    return "kh_new";
  };
  try {
    const keyhole = new Keyhole({ url: api.url, projectId: PROJECT, key: "kh_old", onKeyExpired });
    const answers = await Promise.all([
      keyhole.query("count", {}),
      keyhole.query("sum", {}),
      keyhole.record("a", { b: 1 }),
    ]);
    assert.deepEqual([answers[0].result, answers[1].result], [3, 3]);
    assert.equal(asked, 1);
    assert.equal(api.requests.length, 6);
  } finally {
    await api.close();
  }
});

test("a fresh key that is none is a TypeError, and never said", async () => {
  const api = await startApi(() => ({ status: 401, json: { error_code: "ExpiredApiKeyError", message: "expired" } }));
  try {
    for (const bad of ["kh_fresh\n", "kh fresh", "", 7]) {
      const keyhole = new Keyhole({ url: api.url, projectId: PROJECT, key: KEY, onKeyExpired: () => bad });
      const recorder = new Recorder({ url: api.url, projectId: PROJECT, key: KEY });
      const unfit = ({ name, message, cause }) => name === "TypeError" && /^Keyhole: key must/.test(message) && cause === undefined && !/fresh/.test(message);
      await assert.rejects(keyhole.query("count", {}), unfit);
      assert.throws(() => keyhole.setKey(bad), unfit);
      assert.throws(() => (recorder.key = bad), unfit);
    }
  } finally {
    await api.close();
  }
});

test("where the hook has no other key the refusal is told, without asking for ever", async () => {
  const refused = { status: 401, json: { message: "No.", error_code: "InvalidApiKeyError" } };
  for (const onKeyExpired of [undefined, () => undefined, async () => KEY, async () => "kh_refused_too"]) {
    const api = await startApi(() => refused);
    try {
      const keyhole = new Keyhole({ url: api.url, projectId: PROJECT, key: KEY, onKeyExpired });
      await assert.rejects(keyhole.query("count", {}), { status: 401, errorCode: "InvalidApiKeyError" });
      assert.ok(api.requests.length <= 2, `${api.requests.length} requests`);
    } finally {
      await api.close();
    }
  }
});

test("what a key may do is asked anew for another key", async () => {
  const api = await startApi(({ headers }) => ({
    json: { kind: "write", project_id: PROJECT, permitted: ["writes"], key: headers.authorization },
    headers: { etag: `"${headers.authorization}"` },
  }));
  try {
    const keyhole = new Keyhole({ url: api.url, projectId: PROJECT, key: "kh_one" });
    assert.equal((await keyhole.self()).key, "kh_one");
    keyhole.setKey("kh_two");
    assert.equal((await keyhole.self()).key, "kh_two");
    assert.deepEqual(
      api.requests.map(({ headers }) => headers["if-none-match"]),
      [undefined, undefined],
    );
  } finally {
    await api.close();
  }
});

test("integers beyond 2^53 come exactly to who wants them, and texts stay texts", () =>
  withApi(
    () => ({
      text: '{"result":[9007199254740993,-12345678901234567890,1e21,1.5,12,"9007199254740993","int:9007199254740993"]}',
    }),
    async (keyhole) => {
      const { result } = await keyhole.query("extraction", {}, { exactIntegers: true });
      assert.deepEqual(result, [
        9007199254740993n,
        -12345678901234567890n,
        1e21,
        1.5,
        12,
        "9007199254740993",
        "int:9007199254740993",
      ]);
      const rounded = await keyhole.query("extraction", {});
      assert.equal(rounded.result[0], 9007199254740992);
    },
  ));

test("saved queries and datasets are asked for by name", () =>
  withApi(
    () => ({ json: { result: 1 } }),
    async (keyhole, { requests }) => {
      await keyhole.savedQuery("daily sales");
      await keyhole.dataset("per-customer", { indexBy: { "customer.id": "a&b", n: 1 }, timeframe: "this_7_days" });
      await keyhole.dataset("per-customer", { indexBy: "acme", timeframe: { start: "a", end: "b" } });
      const at = (path) => `/3.0/projects/${PROJECT}${path}`;
      const paths = requests.map(({ path, method }) => `${method} ${path}`);
      assert.deepEqual(paths, [
        `GET ${at("/queries/saved/daily%20sales/result")}`,
        `GET ${at("/datasets/per-customer/results?index_by=%7B%22customer.id%22%3A%22a%26b%22%2C%22n%22%3A1%7D&timeframe=%22this_7_days%22")}`,
        `GET ${at("/datasets/per-customer/results?index_by=%22acme%22&timeframe=%7B%22start%22%3A%22a%22%2C%22end%22%3A%22b%22%7D")}`,
      ]);
      await assert.rejects(keyhole.savedQuery(""), TypeError);
      await assert.rejects(keyhole.dataset(undefined), TypeError);
    },
  ));

test("a redirect is not followed: the key would go along", async () => {
  const other = await startApi(() => ({ json: { result: 1 } }));
  const location = `${other.url}/3.0/elsewhere`;
  try {
    await withApi(
      () => ({ status: 307, headers: { location }, json: {} }),
      async (keyhole) => assert.rejects(keyhole.query("count", {}), { name: "KeyholeError" }),
    );
    assert.equal(other.requests.length, 0);
  } finally {
    await other.close();
  }
});
