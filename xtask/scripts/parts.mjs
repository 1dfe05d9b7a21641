// What is tested, with what, and in which order?

import { existsSync, mkdirSync, copyFileSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { requireBrowser } from "./browser.mjs";
import { complaints } from "./dependencies.mjs";
import { requirePython } from "./python.mjs";
import { attempt, recentNode, root, run, wrangler } from "./run.mjs";
import { Problem, step } from "./steps.mjs";

const WASM = ["--target", "wasm32-unknown-unknown"];
const PRODUCT = ["keyhole-policy", "keyhole-sdk", "keyhole-sdk-policy", "keyhole-sdk-track", "keyhole-worker"].flatMap((name) => [
  "--package",
  name,
]);

export const parts = [
  { name: "format", work: () => check("cargo", ["fmt", "--all", "--check"]) },
  { name: "dependencies", work: dependencies },
  { name: "lint", work: lint },
  { name: "native", work: () => cargoTest(["--workspace", "--exclude", "xtask"]) },
  { name: "wasm", needsBrowser: true, work: wasm },
  { name: "types", needsBuild: true, work: () => check("tsc", ["--project", "tests/sdk/types"]) },
  { name: "sdk", needsBuild: true, work: () => nodeTest("tests/sdk") },
  { name: "api", needsBuild: true, work: api },
  { name: "fuzz", needsBuild: true, work: fuzz },
  { name: "kills", needsBuild: true, work: () => nodeTest("tests/kills") },
  { name: "browser", needsBuild: true, needsBrowser: true, work: browser },
  { name: "packaging", needsBuild: true, needsBrowser: true, work: packaging },
  { name: "deploy", needsBuild: true, work: () => check(...wrangler("deploy", "--dry-run")) },
];

/** A tool that either agrees or does not counts as one test. */
async function check(command, parameters) {
  const { code, output, missing } = await attempt(command, parameters);
  if (missing) throw new Problem(`${command} is not installed, or not in PATH.`);
  if (code !== 0) throw new Problem(`${path.basename(command)} does not agree.`, output);
  return { passed: 1, failed: 0 };
}

async function dependencies() {
  const found = await complaints();
  if (found.length > 0) throw new Problem("Dependencies are not as they should be.", found.join("\n"));
  return { passed: 1, failed: 0 };
}

async function lint() {
  const strict = ["--", "-D", "warnings"];
  await check("cargo", ["clippy", "--locked", "--workspace", "--all-targets", ...strict]);
  await check("cargo", ["clippy", "--locked", ...WASM, ...PRODUCT, ...strict]);
  return { passed: 2, failed: 0 };
}

async function cargoTest(parameters, options) {
  const { code, output } = await shown("cargo", ["test", "--locked", ...parameters], options);
  const counts = [...output.matchAll(/test result: \w+\. (\d+) passed; (\d+) failed/g)];
  return count(code, counts);
}

async function nodeTest(folder, options) {
  const files = list(folder, ".test.mjs");
  if (files.length === 0) throw new Problem(`There is no test in ${folder}.`);
  const parameters = ["--test", "--test-concurrency=2", "--test-reporter=spec", ...files];
  const { code, output } = await shown(recentNode(), parameters, options);
  const pass = /^ℹ pass (\d+)$/m.exec(output);
  const fail = /^ℹ fail (\d+)$/m.exec(output);
  return count(code, pass && fail ? [[pass[0], pass[1], fail[1]]] : []);
}

/** One of these tests puts to D1 what a native one writes down. */
async function api() {
  await cargoTest(["--package", "keyhole-worker", "--test", "sample_for_the_worker"]);
  return nodeTest("tests/api");
}

/** Requests that nobody thought of, made from the description of the API. */
async function fuzz() {
  const KEYHOLE_PYTHON = await requirePython("tests/fuzz/requirements.txt");
  return nodeTest("tests/fuzz", { env: { KEYHOLE_PYTHON } });
}

async function browser() {
  const env = await requireBrowser();
  return nodeTest("tests/browser", { env });
}

/** The bundlers are installed by their own lock file, when they are first needed. */
async function packaging() {
  const folder = path.join(root, "tests/packaging");
  const changedAt = (file) => statSync(path.join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changedAt("node_modules/.package-lock.json") < changedAt("package-lock.json")) {
    await step("installing the bundlers", (report) => run("npm", ["ci"], { cwd: folder, report }));
  }
  const env = { ...(await requireBrowser()), KEYHOLE_NODE: process.env.npm_node_execpath ?? process.execPath };
  return nodeTest("tests/packaging/test", { env });
}

/** Test files that hold `wasm_bindgen_test` run inside wasm: in Node, or in a browser if they say so. */
async function wasm() {
  const total = { passed: 0, failed: 0 };
  for (const folder of ["policy", "sdk", "sdk/policy", "sdk/track"]) {
    for (const file of list(`${folder}/tests`, ".rs")) {
      const text = readFileSync(path.join(root, file), "utf8");
      if (!text.includes("wasm_bindgen_test")) continue;
      const inBrowser = /run_in_(browser|dedicated_worker|shared_worker|service_worker)/.test(text);
      const driver = inBrowser ? await requireBrowser() : {};
      const env = { ...driver, CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: `${await testRunner()} test-runner` };
      const test = ["--package", `keyhole-${folder.replace("/", "-")}`, "--test", path.basename(file, ".rs")];
      const { passed, failed } = await cargoTest([...WASM, ...test], { env });
      total.passed += passed;
      total.failed += failed;
    }
  }
  return total;
}

/** xtask with its test runner, aside, so that the plain xtask stays as it was built. */
async function testRunner() {
  const [from, to] = ["debug", "test-runner"].map((folder) => path.join(target(), folder, "xtask"));
  await check("cargo", ["build", "--locked", "--package", "xtask", "--features", "test-runner"]);
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
  return to;
}

function target() {
  return path.resolve(root, process.env.CARGO_TARGET_DIR ?? "target");
}

/** Runs a program whose words are worth seeing while it runs. */
function shown(command, parameters, options) {
  return attempt(command, parameters, { ...options, onText: (text) => process.stdout.write(text) });
}

function count(code, results) {
  const sum = (place) => results.reduce((total, result) => total + Number(result[place]), 0);
  const failed = sum(2);
  // A test that does not compile, or a runner that falls over, failed without saying a number.
  return { passed: sum(1), failed: code !== 0 && failed === 0 ? 1 : failed };
}

function list(folder, ending) {
  const place = path.join(root, folder);
  if (!existsSync(place)) return [];
  const names = readdirSync(place, { recursive: true }).map(String);
  return names.filter((name) => name.endsWith(ending)).map((name) => path.join(folder, name)).sort();
}
