// Which events does a GET record, or a beacon, what is answered, and where may a browser be sent on to?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, makeProject } from "../support/project.mjs";

let worker;
let project;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
});

after(() => worker?.close());

const base64 = (event) => Buffer.from(typeof event === "string" ? event : JSON.stringify(event)).toString("base64");

/** A GET that does not follow where it is sent. */
async function get(collection, parameters, { key = project.keys.write, method = "GET" } = {}) {
  const query = parameters instanceof Array ? parameters.join("&") : new URLSearchParams(parameters);
  const path = `/3.0/projects/${project.id}/events/${encodeURIComponent(collection)}?api_key=${key}&${query}`;
  const response = await fetch(new URL(path, worker.url), { method, redirect: "manual" });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, headers: response.headers, bytes, body: isJson && bytes.length ? JSON.parse(bytes) : undefined };
}

async function stored(collection) {
  const answered = await project.query("extraction", { event_collection: collection, timeframe: always });
  return answered.body.result.map(({ keen, ...event }) => event);
}

const refusal = ({ status, body }) => [status, body?.error_code];

test("an image's address records an event, and is answered by an image of one transparent pixel", async () => {
  const answered = await get("seen", { data: base64({ n: "ż" }), modified: "1795222258115", c: "clv1" });
  assert.deepEqual([answered.status, answered.headers.get("content-type")], [200, "image/gif"]);
  assert.equal(answered.headers.get("cache-control"), "private, no-store");
  assert.equal(answered.headers.get("access-control-allow-origin"), "*");
  assert.equal(answered.bytes.length, 43);
  assert.equal(answered.bytes.toString("latin1", 0, 6), "GIF89a");
  assert.deepEqual([answered.bytes.readUInt16LE(6), answered.bytes.readUInt16LE(8)], [1, 1]);
  assert.deepEqual(await stored("seen"), [{ n: "ż" }]);
});

test("both alphabets of base64 are read, with and without padding, and with blanks for plus signs", async () => {
  const event = { text: "???>>>~~~ż" };
  const standard = base64(event);
  assert.match(standard, /[+/]/);
  assert.match(standard, /=$/);
  const urlSafe = standard.replaceAll("+", "-").replaceAll("/", "_");
  for (const data of [standard, urlSafe].flatMap((text) => [text, text.replace(/=+$/, "")])) {
    assert.equal((await get("alphabets", { data })).status, 200, data);
  }
  assert.equal((await get("alphabets", [`data=${standard}`])).status, 200);
  assert.deepEqual(await stored("alphabets"), Array(5).fill(event));
});

test("HEAD is answered like GET and records nothing", async () => {
  const answered = await get("looked at", { data: base64({ n: 1 }) }, { method: "HEAD" });
  assert.deepEqual([answered.status, answered.headers.get("content-type"), answered.bytes.length], [200, "image/gif", 0]);
  const redirect = "https://shop.example/";
  assert.equal((await get("looked at", { data: base64({ n: 1 }), redirect }, { method: "HEAD" })).headers.get("location"), redirect);
  assert.deepEqual(await stored("looked at"), []);
});

test("a GET that means nothing is refused in JSON, and records nothing", async () => {
  for (const [parameters, code] of [
    [{ data: '{"a":1}' }, "InvalidRequestError"],
    [{ data: "e" }, "InvalidRequestError"],
    [{ data: "" }, "InvalidJSONError"],
    [{ data: base64("no json") }, "InvalidJSONError"],
    [{ data: base64([]) }, "InvalidEventError"],
    [{ data: base64({ "a.b": 1 }) }, "InvalidPropertyNameError"],
    [{ data: base64({ keen: { id: "x" } }) }, "InvalidKeenNamespaceProperty"],
    [["data=e30", "data=e30"], "InvalidRequestError"],
    [{ data: base64({}), jsonp: "callback" }, "InvalidRequestError"],
    [{ data: base64({}), jsonp: "" }, "InvalidRequestError"],
    [["data=%ff"], "InvalidRequestError"],
  ]) {
    const answered = await get("refused", parameters);
    assert.deepEqual(refusal(answered), [400, code], JSON.stringify(parameters));
    assert.deepEqual(Object.keys(answered.body), ["message", "error_code"]);
  }
  assert.match((await get("refused", { data: base64({}), jsonp: "f" })).body.message, /JSONP/);
  assert.deepEqual(refusal(await get("$refused", { data: base64({}) })), [400, "InvalidCollectionNameError"]);
  assert.deepEqual(await stored("refused"), []);
});

test("without data nothing is recorded, and what is not there is not described", async () => {
  assert.deepEqual(refusal(await get("not recorded", {}, { key: project.keys.master })), [404, "ResourceNotFoundError"]);
});

test("with redirect the event is stored and the browser sent on", async () => {
  for (const redirect of ["https://shop.example/a?b=c&d=%20#e", "HTTP://shop.example:8080", "http://[::1]/"]) {
    const answered = await get("passed", { data: base64({ redirect }), redirect });
    assert.deepEqual([answered.status, answered.headers.get("location"), answered.bytes.length], [302, redirect, 0]);
  }
  assert.equal((await stored("passed")).length, 3);
});

test("what is no plain address of the web is refused with 400, by every key, and nothing is stored", async () => {
  const anywhere = await project.key({ name: "k", permitted: ["writes"], options: { writes: { redirects: ["shop.example"] } } });
  for (const redirect of [
    "", "/", "//shop.example", "\\\\shop.example", "/\\shop.example", "shop.example", "javascript:alert(1)", "data:text/html,a",
    "vbscript:a", "file:///etc/passwd", "ftp://shop.example/", "https:shop.example", "https:/shop.example", "https:///shop.example",
    "https://user@shop.example/", "https://user:word@shop.example/", "https://shop.example\\@evil.example/",
    "https://shop.example/\r\nset-cookie: a=b", "https://shop.example/\n", "\thttps://shop.example/", "https://shop.example/\0",
    " https://shop.example/", "https://shop.example/ż", "https://shop.example/a b", "https://sh%6fp.example/", "https://shop.example:x/",
  ]) {
    for (const key of [project.keys.write, project.keys.master, anywhere.key]) {
      const answered = await get("mended", { data: base64({ redirect }), redirect }, { key });
      assert.deepEqual(refusal(answered), [400, "InvalidRequestError"], JSON.stringify(redirect));
      assert.match(answered.body.message, /^At \/redirect: /);
      assert.equal(answered.headers.get("location"), null);
    }
  }
  assert.deepEqual(refusal(await get("mended", ["data=e30", "redirect=https://a.example", "redirect=https://b.example"])), [400, "InvalidRequestError"]);
  assert.deepEqual(await stored("mended"), []);
});

test("an access key sends on to the hosts it lists and nowhere else, and no open redirect is made with it", async () => {
  const writer = async (writes, more = {}) => (await project.key({ name: "k", permitted: ["writes"], options: { writes }, ...more })).key;
  const hosts = ["shop.example", "*.app.example"];
  for (const [key, redirect, status] of [
    [await writer({}), "https://shop.example/", 403],
    [await writer({ redirects: [] }), "https://shop.example/", 403],
    [await writer({ redirects: hosts }), "https://shop.example/", 302],
    [await writer({ redirects: hosts }), "https://SHOP.example:444/a", 302],
    [await writer({ redirects: hosts }), "http://a.b.app.example", 302],
    [await writer({ redirects: hosts }), "https://app.example/", 403],
    [await writer({ redirects: hosts }), "https://www.shop.example/", 403],
    [await writer({ redirects: hosts }), "https://shop.example.evil.example/", 403],
    [await writer({ redirects: hosts }), "https://evilshop.example/", 403],
    [await writer({ redirects: hosts }), "https://evil.example/?https://shop.example", 403],
    [await writer({ redirects: hosts }), "https://evil.example/#.app.example", 403],
  ]) {
    const answered = await get("sent on", { data: base64({ redirect }), redirect }, { key });
    assert.equal(answered.status, status, `${redirect}: ${answered.bytes}`);
    if (status === 302) assert.equal(answered.headers.get("location"), redirect);
    else assert.deepEqual([answered.body.error_code, answered.headers.get("location")], ["RequestForbiddenError", null]);
    assert.equal((await get("seen too", { data: base64({}) }, { key })).status, 200, "without a redirect it records");
  }
  assert.equal((await stored("sent on")).length, 3);
});

test("a key that may not record in a collection sends nobody on either", async () => {
  const options = { writes: { redirects: ["shop.example"], collections: { allowed: ["other"] } } };
  const { key } = await project.key({ name: "k", permitted: ["writes"], options });
  const answered = await get("closed", { data: base64({}), redirect: "https://shop.example/" }, { key });
  assert.deepEqual([...refusal(answered), answered.headers.get("location")], [403, "RequestForbiddenError", null]);
});

test("redirects are refused where they are no hosts, are told by the key itself, and are handed on no wider", async () => {
  const define = (redirects, key = project.keys.master) =>
    project.call("POST", "/keys", { key, body: { name: "k", permitted: ["writes", "keys"], options: { writes: { redirects } } } });
  for (const redirects of [null, "shop.example", {}, ["*"], ["https://shop.example"], ["shop.example/a"], ["a.*"], ["*.1"], [3], Array(101).fill("a.example")]) {
    assert.deepEqual(refusal(await define(redirects)), [400, "AccessKeyDefinitionError"], JSON.stringify(redirects));
  }
  const maker = (await define(["shop.example", "*.app.example"])).body.key;
  const self = await project.call("GET", "/keys/self", { key: maker });
  assert.deepEqual(self.body.options.writes.redirects, ["shop.example", "*.app.example"]);
  for (const [redirects, status] of [
    [[], 201],
    [["shop.example"], 201],
    [["*.x.app.example", "y.app.example"], 201],
    [["app.example"], 403],
    [["*.example"], 403],
    [["other.example"], 403],
  ]) {
    const made = await define(redirects, maker);
    assert.equal(made.status, status, `${redirects}: ${made.text}`);
    if (status === 403) assert.match(made.body.message, /\/options\/writes\/redirects/);
  }
});

test("a beacon's body is read as JSON though it comes as plain text", async () => {
  const headers = { "content-type": "text/plain;charset=UTF-8" };
  const path = (collection) => `/events/${collection}?api_key=${project.keys.write}`;
  const answered = await project.call("POST", path("left"), { body: JSON.stringify({ n: 1 }), headers });
  assert.deepEqual([answered.status, answered.body], [201, { created: true }]);
  const batch = await project.call("POST", `/events?api_key=${project.keys.write}`, { body: JSON.stringify({ left: [{ n: 2 }] }), headers });
  assert.deepEqual([batch.status, batch.body], [200, { left: [{ success: true }] }]);
  assert.deepEqual((await stored("left")).map(({ n }) => n).sort(), [1, 2]);
});

test("an event with a token is stored once, however often its image is loaded", async () => {
  const data = base64({ keen: { uniqueness_token: "t" } });
  for (let sent = 0; sent < 3; sent += 1) assert.equal((await get("once", { data })).status, 200);
  assert.equal((await stored("once")).length, 1);
});
