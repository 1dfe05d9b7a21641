// Does the Worker answer thousands of generated requests, good and bad, as its description says, and never with a 5xx?

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { describedBy } from "../support/description.mjs";
import { startWorker } from "../support/harness.mjs";
import { call, makeProject } from "../support/project.mjs";

const SECONDS_MAX = 100;
/** The tool ends by itself; this is for one that does not. */
const PATIENCE_MILLISECONDS = 170_000;
const EXAMPLES_FOR_EACH = 15;
const LINE_CHARACTERS_MAX = 400;
/** On an idle machine some 100 are made for each; how many there is time for depends on what else runs. */
const REQUESTS_FOR_EACH_MIN = 5;

const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "unsupported_method",
  "allow_header_conformance",
  "ignored_auth",
];

const seed = process.env.KEYHOLE_SEED ?? String(Date.now() % 4_294_967_296);
const folder = mkdtempSync(path.join(tmpdir(), "keyhole-fuzz-"));
let worker;

before(async () => (worker = await startWorker({ vars: { QUERY_RATE_LIMIT: "off" } })));

after(async () => {
  await worker?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A project with something in it, and something to be deleted; what stands in paths, and the keys. */
async function world() {
  const project = await makeProject(worker);
  const { master } = project.keys;
  const purchases = [{ price: 1, customer: { id: "a" } }, { price: 2, user: { id: "x" }, age: 20 }];
  await project.record({ purchases, visits: [{ user: { id: "x" } }], doomed: purchases });
  const query = { analysis_type: "sum", event_collection: "purchases", target_property: "price", timeframe: "this_7_days" };
  for (const name of ["revenue", "doomed"]) {
    const kept = await project.call("PUT", `/queries/saved/${name}`, { key: master, body: { query } });
    assert.equal(kept.status, 201, kept.text);
  }
  for (const name of ["revenue", "doomed"]) {
    const definition = { index_by: "customer.id", query: { ...query, interval: "daily" } };
    const made = await project.call("PUT", `/datasets/${name}`, { key: master, body: definition });
    assert.equal(made.status, 201, made.text);
  }
  const [key, doomedKey] = await Promise.all([1, 2].map(async () => (await project.key({ name: "k", permitted: ["queries"] })).id));
  const parts = { project: project.id, organization: project.organization.id, collection: "purchases", property: "price", name: "revenue", key, kind: "read" };
  const doomed = { collection: "doomed", name: "doomed", key: doomedKey };
  // What its organization does to a project, such as to deactivate it, is done to another.
  const made = await call(worker, "POST", `/3.0/organizations/${parts.organization}/projects`, { key: project.organization.key, body: { name: "Other" } });
  return { parts, doomed, other: made.body.id, master, organization: project.organization.key };
}

/** What each endpoint is asked with; what deletes is given something of its own, so that the others still find theirs. */
function configuration({ parts, doomed, other, master, organization }) {
  const text = JSON.stringify;
  const lines = (place, values) => Object.entries(values).map(([name, value]) => `"${place}.${name}" = ${text(value)}`);
  const operations = [
    [
      'include-path-regex = "^/3.0/organizations"',
      `headers = { Authorization = ${text(organization)} }`,
      `parameters = { ${lines("path", { project: other })} }`,
    ],
    ['include-path-regex = "^/3.0/projects"', 'include-method = "DELETE"', `parameters = { ${lines("path", doomed).join(", ")} }`],
    // Few questions without these two mean anything.
    ['include-operation-id = "getQuery"', `parameters = { ${lines("query", { event_collection: "purchases", timeframe: "this_7_days" }).join(", ")} }`],
  ];
  return [
    `base-url = ${text(worker.url)}`,
    "[parameters]",
    ...lines("path", parts),
    "[headers]",
    `Authorization = ${text(master)}`,
    ...operations.flatMap((operation) => ["[[operations]]", ...operation]),
  ].join("\n");
}

test(`generated requests are answered as described (seed ${seed})`, { timeout: PATIENCE_MILLISECONDS + 30_000 }, async () => {
  const file = path.join(folder, "schemathesis.toml");
  writeFileSync(file, configuration(await world()));
  const bounds = ["--max-time", String(SECONDS_MAX), "--max-examples", String(EXAMPLES_FOR_EACH), "--seed", seed];
  const report = ["--report", "json", "--report-json-path", path.join(folder, "report.json"), "--no-color"];
  const checks = ["--checks", CHECKS.join(",")];
  const { code, output } = await schemathesis(["--config-file", file, "run", `${worker.url}/3.0/openapi.json`, ...bounds, ...checks, ...report]);
  const shown = output.split("\n").map((line) => line.slice(0, LINE_CHARACTERS_MAX)).join("\n");
  assert.equal(code, 0, shown);
  const { operations, test_cases, valid_rates } = JSON.parse(readFileSync(path.join(folder, "report.json"), "utf8"));
  console.log(`${test_cases.generated} generated requests to ${operations.tested} endpoints`);
  assert.equal(operations.errored, 0, shown);
  const described = (await describedBy(worker)).endpoints().map(({ method, template }) => `${method.toUpperCase()} ${template}`);
  // The document itself has been read: the tool leaves its endpoint out.
  const wanted = described.filter((endpoint) => endpoint !== "GET /3.0/openapi.json");
  assert.deepEqual(Object.keys(valid_rates).sort(), wanted.sort(), "not every endpoint was tried");
  assert.ok(test_cases.generated > REQUESTS_FOR_EACH_MIN * wanted.length, shown);
  // A generator whose requests are all refused would try nothing but refusals. Some find nothing left that another deleted.
  const isTaken = (phases) => Object.values(phases).some(({ accepted }) => accepted > 0);
  const refused = Object.entries(valid_rates).filter(([, phases]) => !isTaken(phases)).map(([endpoint]) => endpoint);
  assert.ok(refused.length < wanted.length / 4, `of these no generated request was taken:\n${refused.join("\n")}`);
  assert.equal((await call(worker, "GET", "/health")).status, 200);
});

/** Runs the tool, in the folder where it may leave things. */
function schemathesis(parameters) {
  const program = path.join(process.env.KEYHOLE_PYTHON ?? "build/python/bin", "st");
  const child = spawn(path.resolve(program), parameters, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], timeout: PATIENCE_MILLISECONDS });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
