// Does the description of the API say what the Worker does?

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { Description, describedBy, escaped } from "../support/description.mjs";
import { startWorker } from "../support/harness.mjs";
import { call, makeProject } from "../support/project.mjs";

const root = new URL("../../", import.meta.url);

let worker;
let project;
let description;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
  description = await describedBy(worker);
  // What the paths of `there` name comes to be by the examples.
  for await (const { method, path, key, value } of examples()) await call(worker, method, path, { key, body: value });
});

after(() => worker?.close());

test("GET / and GET /3.0 say where to go on; a browser gets a page", async () => {
  const versions = await call(worker, "GET", "/");
  assert.deepEqual([versions.status, versions.body], [200, [{ is_public: true, url: "/3.0", version: "3.0" }]]);
  const resources = await call(worker, "GET", "/3.0", { headers: { accept: "text/html" } });
  assert.deepEqual(resources.body, { projects_resource_url: "/3.0/projects", description_url: "/3.0/openapi.json" });
  for (const [accept, type] of [
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"],
    ["application/json", "application/json"],
    ["*/*", "application/json"],
  ]) {
    const answered = await worker.fetch("/", { headers: { accept } });
    assert.deepEqual([answered.status, answered.headers.get("content-type").split(";")[0]], [200, type]);
    const isPage = answered.headers.get("content-security-policy") !== null;
    assert.equal(isPage, type === "text/html", "the page has no policy");
    await answered.arrayBuffer();
  }
});

test("the document is there for everyone, from anywhere, and is kept by who has it", async () => {
  const first = await worker.fetch("/3.0/openapi.json");
  await first.arrayBuffer();
  const etag = first.headers.get("etag");
  assert.match(etag, /^"[0-9a-f]{64}"$/);
  assert.deepEqual([first.headers.get("access-control-allow-origin"), first.headers.get("cache-control")], ["*", "public, max-age=3600"]);
  const again = await worker.fetch("/3.0/openapi.json", { headers: { "if-none-match": etag } });
  assert.deepEqual([again.status, await again.text()], [304, ""]);
});

/** A file of Rust without its tests. */
const product = (file) => readFileSync(new URL(file, root), "utf8").split("#[cfg(test)]")[0];

/** Those of a folder. */
const sources = (folder) => {
  const names = readdirSync(new URL(folder, root), { recursive: true }).map(String);
  return names.filter((name) => name.endsWith(".rs")).map((name) => product(`${folder}/${name}`));
};

test("every error_code there is stands in the document, and no other", () => {
  const files = ["worker/src/reply.rs", "policy/src/wire/problem.rs", "policy/src/wire/denied.rs"];
  const text = files.map(product).join("\n");
  const said = new Set([...text.matchAll(/"([A-Z]\w+(?:Error|Property))"/g)].map(([, code]) => code));
  assert.ok(said.size > 30, "the codes are not read");
  assert.deepEqual(description.document.components.schemas.ErrorCode.enum.toSorted(), [...said].sort());
});

/** Every name that the document gives to a field or a parameter. */
function namesIn(value, found = new Set()) {
  if (typeof value !== "object" || value === null) return found;
  if (value.in && value.name) found.add(value.name);
  for (const name of Object.keys(value.properties ?? {})) found.add(name);
  for (const inner of Object.values(value)) namesIn(inner, found);
  return found;
}

/** How the sources ask for a field of a body, or a parameter. */
const READS = [
  /\.(?:get|get_even_null|require)\(\s*"(\w+)"/g,
  /\b(?:parameter|filled|once|flag|get|bound|patterns|instant|count)\((?:call, |pairs, )?"(\w+)"/g,
];

test("every field and every parameter that is read stands in the document", () => {
  const described = namesIn(description.document);
  const texts = [...sources("policy/src/wire"), ...sources("worker/src/handle"), product("policy/src/enrich/addon.rs")];
  const matched = (pattern) => texts.flatMap((text) => [...text.matchAll(pattern)].map(([, found]) => found));
  const listed = matched(/&\[([^\]]*)\]/g).flatMap((list) => [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name));
  const read = new Set([...READS.flatMap(matched), ...listed]);
  assert.ok(read.size > 80, `only ${read.size} names are read`);
  const missing = [...read].filter((name) => !described.has(name));
  assert.deepEqual(missing, [], "read by the Worker, and in no file of worker/openapi");
});

const there = () => ({ project: project.id, organization: project.organization.id, collection: "purchases", analysis: "count", property: "price", name: "revenue", kind: "read" });

/** The path with what is there, and the key that opens it. */
async function target({ template, method }) {
  const isOfOrganization = template.startsWith("/3.0/organizations");
  const parts = there();
  if (template.includes("{key}")) parts.key = (await project.key({ name: "target", permitted: [] })).id;
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name) => parts[name]);
  return { path, key: isOfOrganization ? project.organization.key : project.keys.master, method: method.toUpperCase() };
}

test("every parameter that is described is read: two of it are refused", async () => {
  const ignored = [];
  let tried = 0;
  for (const endpoint of description.endpoints()) {
    for (const [at] of (endpoint.operation.parameters ?? []).entries()) {
      const { value: parameter } = description.resolve(`${endpoint.pointer}/parameters/${at}`);
      if (parameter.in !== "query") continue;
      const { path, key, method } = await target(endpoint);
      const data = endpoint.operation.operationId === "getCollection" && parameter.name !== "data" ? "data=e30&" : "";
      const value = parameter.content ? encodeURIComponent("[]") : "1";
      const answered = await call(worker, method, `${path}?${data}${parameter.name}=${value}&${parameter.name}=${value}`, { key });
      tried += 1;
      if (answered.status !== 400 || !answered.body.message.startsWith(`At /${parameter.name}: `)) {
        ignored.push(`${method} ${endpoint.template}: ${parameter.name} (${answered.status} ${answered.text.slice(0, 100)})`);
      }
    }
  }
  assert.ok(tried > 30, "the parameters are not found");
  assert.deepEqual(ignored, [], "described, and not read");
});

/** The analysis that an example is a question of. */
const ANALYSES = { percentile: "percentile", multi_analysis: "multi_analysis", extraction: "extraction", funnel: "funnel" };

/** Every example of a request's body, with the path it is sent to. */
async function* examples() {
  for (const endpoint of description.endpoints()) {
    const content = endpoint.operation.requestBody?.content["application/json"];
    // A definition is replaced by one like those that are made.
    const made = content && description.endpoints().find(({ operation }) => operation.operationId === "makeKey");
    const own = content?.examples ?? (endpoint.operation.operationId === "replaceKey" ? made.operation.requestBody.content["application/json"].examples : undefined);
    if (!content) continue;
    assert.ok(own, `${endpoint.method} ${endpoint.template} has no examples: add some to its requestBody`);
    for (const [name, { value }] of Object.entries(own)) {
      const sent = await target(endpoint);
      const path = endpoint.operation.operationId === "postQuery" ? sent.path.replace(/count$/, ANALYSES[name] ?? "count") : sent.path;
      const schema = `${endpoint.pointer}/requestBody/content/${escaped("application/json")}/schema`;
      yield { name, value, schema, ...sent, path };
    }
  }
}

test("every example of a body fits its schema, and is taken", async () => {
  await project.record({ purchases: [{ price: 1 }], visits: [{ user: { id: "u" } }] });
  let tried = 0;
  for await (const { name, value, schema, method, path, key } of examples()) {
    assert.deepEqual(description.complaints(schema, value), [], `${method} ${path}: ${name}`);
    const answered = await call(worker, method, path, { key, body: value });
    assert.ok(answered.status < 300, `${method} ${path}: ${name}: ${answered.text}`);
    tried += 1;
  }
  assert.ok(tried >= 15, "the examples are not read");
});

/** What no field takes: for each, the first that its schema refuses is sent. */
const WRONG = [{ "no such thing": [[]] }, [[{}]], -7.5, "\u0001", true];

/** The fields of an object, with their schemas: those of `allOf` and of the branch that fits counted in. */
function fields(pointer, value) {
  const { value: schema, pointer: at } = description.resolve(pointer);
  const found = Object.keys(schema?.properties ?? {}).map((name) => [name, `${at}/properties/${escaped(name)}`]);
  for (const [index] of (schema?.allOf ?? []).entries()) found.push(...fields(`${at}/allOf/${index}`, value));
  // Beside a reference may stand more.
  for (const word of ["anyOf", "oneOf"]) {
    for (const [index] of (schema?.[word] ?? []).entries()) {
      const branch = `${at}/${word}/${index}`;
      if (description.complaints(branch, value).length === 0) found.push(...fields(branch, value));
    }
  }
  return found;
}

/** The schema of a list's items, or of an object's values that have no names of their own. */
function inner(pointer, value, word) {
  const { value: schema, pointer: at } = description.resolve(pointer);
  if (schema?.[word] && typeof schema[word] === "object") return `${at}/${word}`;
  for (const choice of ["anyOf", "oneOf", "allOf"]) {
    for (const [index] of (schema?.[choice] ?? []).entries()) {
      const branch = `${at}/${choice}/${index}`;
      const found = description.complaints(branch, value).length === 0 && inner(branch, value, word);
      if (found) return found;
    }
  }
  return undefined;
}

/** Every field that a value could have by its schema, `{place, steps, schema}`: `place` is where the schema stands. */
function* places(pointer, value, steps = []) {
  if (Array.isArray(value)) {
    const schema = inner(pointer, value, "items");
    if (schema && value.length > 0) yield* places(schema, value[0], [...steps, 0]);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const known = fields(pointer, value);
  for (const [name, schema] of known) {
    yield { place: schema, steps: [...steps, name], schema };
    if (name in value) yield* places(schema, value[name], [...steps, name]);
  }
  const others = inner(pointer, value, "additionalProperties");
  for (const name of Object.keys(value)) {
    if (others && !known.some(([other]) => other === name)) yield* places(others, value[name], [...steps, name]);
  }
}

/** A copy with something else at a place. */
function changed(value, [step, ...rest], other) {
  if (step === undefined) return other;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  copy[step] = changed(copy[step], rest, other);
  return copy;
}

/** Fields of which nothing is said take anything: what is yours, and what only answers have and requests may bring back. */
function takesAnything(pointer) {
  const { description: _said, ...rest } = description.resolve(pointer).value;
  return Object.keys(rest).length === 0;
}

test("every field of a body that is described is read: what its schema refuses, the Worker refuses there", async () => {
  const outcomes = new Map();
  let sent = 0;
  for await (const { name, value, schema, method, path, key } of examples()) {
    for (const { place, steps, schema: at } of places(schema, value)) {
      if (outcomes.get(place) === "read" || takesAnything(at)) continue;
      const wrong = WRONG.find((candidate) => description.complaints(at, candidate).length > 0);
      if (wrong === undefined) {
        outcomes.set(place, "its schema takes anything");
        continue;
      }
      const answered = await call(worker, method, path, { key, body: changed(value, steps, wrong) });
      sent += 1;
      const pointers = [steps, steps.slice(0, -1)].map((steps) => `At /${steps.map((step) => escaped(String(step))).join("/")}`);
      const said = answered.body?.message ?? "";
      const isThere = pointers.some((pointer) => said.startsWith(`${pointer}:`) || said.startsWith(`${pointer}/`));
      const isUnknown = said.startsWith(`${pointers[0]}: The field`);
      const isRead = answered.status === 400 && isThere && !isUnknown;
      outcomes.set(place, isRead ? "read" : `${method} ${path} with ${JSON.stringify(wrong)} in ${name}: ${answered.status} ${said}`);
    }
  }
  const unread = [...outcomes].filter(([, outcome]) => outcome !== "read").map((entry) => entry.join(": "));
  assert.ok(sent > 120, `only ${sent} fields were tried`);
  assert.deepEqual(unread, []);
});

test("an answer that is not as described is found", () => {
  const headers = new Headers({ "content-type": "application/json" });
  const answer = (status, body) => ({ status, headers, text: JSON.stringify(body), body });
  const differences = (status, body) => description.differences("POST", "/3.0/projects/p/events/c", answer(status, body)).length;
  assert.equal(differences(201, { created: true }), 0);
  assert.equal(differences(201, { created: false }), 1);
  assert.equal(differences(201, { created: true, id: "x" }), 1);
  assert.equal(differences(202, { created: true }), 1);
  assert.equal(differences(400, { message: "no", error_code: "SomeError" }), 1);
  assert.ok(description instanceof Description);
});
