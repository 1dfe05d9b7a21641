// Is every answer one that browsers, proxies and Keen's clients can use, and does none give a key away?

import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { makeSecret } from "../../xtask/scripts/secret.mjs";
import { startWorker } from "../support/harness.mjs";
import { always, call, makeProject } from "../support/project.mjs";

let worker;
let project;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
});

after(() => worker?.close());

/** A request with its path as it stands: `fetch` would tidy it up. */
function raw(method, path, { headers = {}, chunks = [] } = {}) {
  const { hostname, port } = new URL(worker.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() }));
    });
    sent.on("error", reject);
    for (const chunk of chunks) sent.write(chunk);
    sent.end();
  });
}

const at = (path) => `/3.0/projects/${project.id}${path}`;
const asked = { event_collection: "c", timeframe: always };

/** One request for every kind of answer there is. */
const every = () => [
  ["200", 200, "POST", at("/queries/count"), { key: project.keys.read, body: asked }],
  ["201", 201, "POST", at("/events/c"), { key: project.keys.write, body: {} }],
  ["400 JSON", 400, "POST", at("/events/c"), { key: project.keys.write, body: "{" }],
  ["400", 400, "POST", at("/queries/count"), { key: project.keys.read, body: {} }],
  ["401 without a key", 401, "POST", at("/queries/count"), { body: asked }],
  ["401 with an unknown key", 401, "POST", at("/queries/count"), { key: makeSecret("read"), body: asked }],
  ["401 for a master", 401, "GET", at("/keys"), { key: project.keys.read }],
  ["403", 403, "POST", at("/queries/count"), { key: project.keys.write, body: asked }],
  ["404 project", 404, "POST", `/3.0/projects/${"0".repeat(24)}/events`, { key: project.keys.write, body: {} }],
  ["404 path", 404, "GET", "/3.0/nothing", {}],
  ["405", 405, "PATCH", at("/keys"), { key: project.keys.master }],
  ["413", 413, "POST", at("/events"), { key: project.keys.write, body: " ".repeat(10_000_001) }],
];

test("every answer, of success and of error, is JSON that any origin may read and nobody may cache", async () => {
  for (const [what, status, method, path, options] of every()) {
    const headers = { origin: "https://dashboards.example" };
    const answered = await call(worker, method, path, { ...options, headers });
    assert.equal(answered.status, status, `${what}: ${answered.text}`);
    assert.equal(answered.headers.get("access-control-allow-origin"), "*", what);
    assert.match(answered.headers.get("content-type"), /^application\/json/, what);
    assert.equal(answered.headers.get("cache-control"), "private, no-store", what);
    assert.equal(answered.headers.get("x-content-type-options"), "nosniff", what);
    assert.ok(!answered.headers.has("access-control-allow-credentials"), what);
    if (status < 300) continue;
    assert.deepEqual(Object.keys(answered.body), ["message", "error_code"], what);
    for (const text of Object.values(answered.body)) assert.ok(typeof text === "string" && text.length > 0, what);
  }
});

test("no answer to a refused request repeats a key", async () => {
  const secrets = [...Object.values(project.keys), project.organization.key];
  for (const [what, status, method, path, options] of every()) {
    if (status < 300) continue;
    const key = options.key ?? makeSecret("master");
    const inPath = await call(worker, method, `${path}?api_key=${key}`, { ...options, key: undefined });
    const inHeader = await call(worker, method, path, { ...options, key });
    for (const { text, headers } of [inPath, inHeader]) {
      const whole = text + JSON.stringify([...headers]);
      for (const secret of [...secrets, key]) assert.ok(!whole.includes(secret), what);
    }
  }
  for (const [method, path] of [["GET", `/3.0/${project.keys.master}`], ["GET", at(`/keys/${project.keys.master}`)], ["PATCH", at(`/keys/${project.keys.master}`)]]) {
    const answered = await call(worker, method, path, { key: project.keys.master });
    assert.ok(answered.status >= 400 && !answered.text.includes(project.keys.master), answered.text);
  }
});

test("a preflight of any path, also of one that does not exist, allows what Keen's clients send", async () => {
  for (const path of [at("/events/c"), at("/queries/count"), at("/keys"), "/3.0/nothing", "/health"]) {
    const headers = {
      origin: "https://dashboards.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type,keen-sdk",
    };
    const answered = await call(worker, "OPTIONS", path, { headers });
    assert.deepEqual([answered.status, answered.text], [204, ""]);
    assert.equal(answered.headers.get("access-control-allow-origin"), "*");
    const allowed = (name) => answered.headers.get(`access-control-allow-${name}`).split(/,\s*/);
    for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE"]) assert.ok(allowed("methods").includes(method), method);
    for (const header of ["authorization", "content-type", "keen-sdk"]) assert.ok(allowed("headers").includes(header), header);
    assert.ok(Number(answered.headers.get("access-control-max-age")) > 0);
  }
});

test("HEAD is answered as GET, without a body", async () => {
  const query = `/queries/count?event_collection=c&timeframe=today`;
  for (const [path, key] of [["/health", undefined], [at(query), project.keys.read], [at("/keys"), project.keys.read], ["/3.0/nothing", undefined]]) {
    const [got, headed] = [await call(worker, "GET", path, { key }), await call(worker, "HEAD", path, { key })];
    assert.equal(headed.status, got.status, path);
    assert.equal(headed.text, "", path);
    assert.equal(headed.headers.get("content-type"), got.headers.get("content-type"), path);
  }
});

test("a method that a path does not take is answered 405, with those it takes", async () => {
  for (const [method, path, allow] of [
    ["PATCH", "/events/c", "POST, GET, PUT, DELETE"],
    ["PATCH", "/events", "POST, GET, DELETE"],
    ["PATCH", "/keys", "POST, GET"],
    ["PUT", "/keys/k", "GET, POST, DELETE"],
    ["GET", "/keys/k/revoke", "POST"],
    ["DELETE", "/queries/count", "POST, GET"],
    ["PROPFIND", "/queries/count", "POST, GET"],
  ]) {
    const answered = await project.call(method, path, { key: project.keys.master });
    assert.deepEqual([answered.status, answered.body?.error_code], [405, "MethodNotAllowedError"], `${method} ${path}`);
    assert.equal(answered.headers.get("allow"), allow, `${method} ${path}`);
    assert.ok(answered.body.message.includes(allow));
  }
});

test("what is nearly a path is not found, and never answered by another", async () => {
  const { read, write } = project.keys;
  for (const [method, path, status] of [
    ["GET", "/3.0/", 404],
    ["GET", "/3.0/openapi.json/", 404],
    ["GET", "/3.0/openapi", 404],
    ["GET", "/3.0/projects/", 404],
    ["GET", "/4.0/projects", 404],
    ["POST", `/3.0//projects/${project.id}/events`, 404],
    ["POST", `/3.0/projects//${project.id}/events`, 404],
    ["POST", `/3.0/projects/${project.id}//events`, 404],
    ["POST", `/3.0/projects/${project.id}/events//c`, 404],
    ["POST", `/3.0/projects/${project.id}/events/`, 404],
    ["POST", `/3.0/projects/${project.id}/events/a/b`, 404],
    ["POST", `/3.0/Projects/${project.id}/events`, 404],
    ["POST", `/3%2e0/projects/${project.id}/events`, 404],
    ["POST", `/3.0%2Fprojects/${project.id}/events`, 404],
    ["POST", `/3.0/projects/${project.id}%2Fevents`, 405],
    ["POST", `/3.0/projects/${project.id}/events/%ff`, 404],
    ["POST", `/3.0/projects/${project.id}/events/%00`, 400],
    ["POST", `/3.0/projects/${project.id}/events/%24a`, 400],
    ["POST", `/3.0/projects/${project.id}/queries/`, 404],
    ["POST", `/3.0/projects/${project.id}/queries/Count`, 400],
    ["POST", `/3.0/projects/${project.id}/queries/count%00`, 400],
  ]) {
    const headers = { authorization: path.includes("queries") ? read : write, "content-length": "2" };
    const answered = await raw(method, path, { headers, chunks: ["{}"] });
    assert.equal(answered.status, status, `${path}: ${answered.text.slice(0, 200)}`);
    assert.deepEqual(Object.keys(JSON.parse(answered.text)), ["message", "error_code"], path);
  }
});

test("a path is told by its segments: a slash, a blank or a % in a collection's name stays in it", async () => {
  for (const [segment, name] of [["a%2Fb", "a/b"], ["a%20b", "a b"], ["a+b", "a+b"], ["100%25", "100%"], ["x%3Fy%23z", "x?y#z"], ["events", "events"], ["a%252Fb", "a%2Fb"], ["a;b=c", "a;b=c"]]) {
    const answered = await raw("POST", at(`/events/${segment}?ignored=1`), { headers: { authorization: project.keys.write }, chunks: ["{}"] });
    assert.equal(answered.status, 201, `${segment}: ${answered.text}`);
    const counted = await project.query("count", { event_collection: name, timeframe: always });
    assert.deepEqual(counted.body, { result: 1 }, name);
  }
});

test("a body over the limit is answered 413 whether its length is announced or not", async () => {
  const headers = { authorization: project.keys.write };
  const limit = Array(10).fill(" ".repeat(1_000_000));
  const chunked = await raw("POST", at("/events"), { headers: { ...headers, "transfer-encoding": "chunked" }, chunks: [...limit, " "] });
  assert.equal(chunked.status, 413, chunked.text.slice(0, 200));
  assert.equal(JSON.parse(chunked.text).error_code, "RequestTooLargeError");
  assert.match(JSON.parse(chunked.text).message, /more bytes than are read; the limit is 10000000/);
  const fine = await raw("POST", at("/events"), { headers: { ...headers, "transfer-encoding": "chunked" }, chunks: ['{"c":', "[{}", "]}"] });
  assert.deepEqual(JSON.parse(fine.text), { c: [{ success: true }] });
});

test("answers do not depend on headers that mean nothing here", async () => {
  const body = asked;
  for (const headers of [
    { accept: "text/html" },
    { "accept-encoding": "identity" },
    { "content-type": "application/xml" },
    { "keen-sdk": "javascript-5.0.1" },
    { "x-forwarded-for": "127.0.0.1", "x-http-method-override": "DELETE" },
    { "content-encoding": "identity" },
    { expect: "" },
  ]) {
    const answered = await project.call("POST", "/queries/count", { key: project.keys.read, body, headers });
    assert.equal(answered.status, 200, `${JSON.stringify(headers)}: ${answered.text}`);
  }
});

test("the log holds no key and no event", async () => {
  await project.call("POST", "/events/c", { key: project.keys.write, body: { private: "visit of Mallory" } });
  await project.call("POST", `/queries/count?api_key=${project.keys.read}`, { body: { ...asked, filters: "visit of Mallory" } });
  const log = JSON.stringify(worker.logs());
  for (const secret of [...Object.values(project.keys), project.organization.key, "Mallory", "5ea15ea1"]) {
    assert.ok(!log.includes(secret), log);
  }
});
