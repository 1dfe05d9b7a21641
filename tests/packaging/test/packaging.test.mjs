// Does the package that npm would publish work where people use it, without being configured?

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { launchBrowser } from "../../support/browser.mjs";
import { apps, built, folder, installed, installPackage, root, serve } from "./place.mjs";

const run = promisify(execFile);
const EXPECTED = { result: 1840, polled: 1840, can: true, decided: false, refused: "InvalidPropertyNameError" };
const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:";
let packed;
let browser;

before(async () => {
  packed = installPackage();
  rmSync(built, { recursive: true, force: true });
  mkdirSync(built, { recursive: true });
  browser = await launchBrowser();
});
after(() => browser?.close());

/** Opens the built site and gives what its program left, and what the console complained of. */
async function visit(site, { policy, address = "/" } = {}) {
  const server = await serve(site, policy);
  const page = await browser.newPage({ reducedMotion: "reduce" });
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  try {
    await page.goto(server.url + address);
    await page.waitForFunction(() => document.documentElement.dataset.result, undefined, { timeout: 20_000 });
    const result = JSON.parse(await page.evaluate(() => document.documentElement.dataset.result));
    return { result, complaints, text: await page.evaluate(() => document.body.textContent) };
  } finally {
    await page.close();
    await server.close();
  }
}

test("the tarball holds what its exports name, the types, the source map and the papers, and nothing of the kitchen", () => {
  const files = new Set(packed.files.map(({ path: file }) => file));
  const { exports } = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8"));
  const named = Object.values(exports).flatMap((target) =>
    typeof target === "string" ? [target] : Object.values(target),
  );
  for (const target of named) assert.ok(files.has(target.replace("./", "")), target);
  for (const name of ["README.md", "CHANGELOG.md", "LICENSE", "dist/elements/chart-engine.js.map"]) {
    assert.ok(files.has(name), name);
  }
  const strange = [...files].filter(
    (file) => !/^(dist\/[\w./-]+\.(js|d\.ts|wasm|map)|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/.test(file),
  );
  assert.deepEqual(strange, []);
});

test("Vite", async () => {
  const { build } = await import("vite");
  const outDir = path.join(built, "vite");
  await build({ root: path.join(apps, "vite"), base: "./", logLevel: "error", build: { outDir, emptyOutDir: true } });
  const { result, complaints } = await visit(outDir, { policy: STRICT });
  assert.deepEqual([result, complaints], [{ ...EXPECTED, drawn: true, sent: true }, []]);
});

test("webpack 5", async () => {
  const webpack = createRequire(import.meta.url)("webpack");
  const outDir = path.join(built, "webpack");
  const config = {
    mode: "production",
    context: apps,
    entry: "./page.js",
    output: { path: outDir, filename: "page.js" },
    performance: { hints: false },
  };
  const stats = await promisify(webpack)(config);
  assert.deepEqual(stats.toJson({ all: false, errors: true, warnings: true }), { errors: [], warnings: [] });
  writeFileSync(path.join(outDir, "index.html"), page("page.js", "<script defer"));
  const { result, complaints } = await visit(outDir, { policy: STRICT });
  assert.deepEqual([result, complaints], [{ ...EXPECTED, drawn: true, sent: true }, []]);
});

test("Next: imported by a component of the server and by one of the client", { timeout: 170_000 }, async () => {
  const next = path.join(folder, "node_modules", "next", "dist", "bin", "next");
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", CI: "1" };
  await run(process.execPath, [next, "build"], { cwd: path.join(apps, "next"), env }).catch((error) => {
    throw new Error(`${error.stdout}\n${error.stderr}`);
  });
  const { result, complaints, text } = await visit(path.join(apps, "next", "out"));
  assert.deepEqual(result, { ...EXPECTED, drawn: true, sent: true });
  assert.match(text, /on the server: count/);
  assert.deepEqual(
    complaints.filter((line) => !line.includes("404")),
    [],
  );
});

const page = (script, tag = '<script type="module"') =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,">${tag} src="${script}"></script><body></body></html>`;

/** The package as it is, served without a bundler: addresses in place of names. */
function plainSite() {
  const site = path.join(built, "plain");
  mkdirSync(site, { recursive: true });
  const program = readFileSync(path.join(apps, "program.js"), "utf8");
  const addressed = program.replace(/"@keyhole\/sdk(?:\/(\w+))?"/g, (_, entry = "index") => `"./dist/${entry}.js"`);
  writeFileSync(path.join(site, "program.js"), addressed);
  writeFileSync(path.join(site, "page.js"), readFileSync(path.join(apps, "page.js")));
  writeFileSync(path.join(site, "index.html"), page("page.js"));
  cpSync(path.join(installed, "dist"), path.join(site, "dist"), { recursive: true });
  return site;
}

test("a plain module script, under a policy that lets nothing but its own scripts and WebAssembly run", async () => {
  const site = plainSite();
  const { result, complaints } = await visit(site, { policy: STRICT });
  assert.deepEqual([result, complaints], [{ ...EXPECTED, drawn: true, sent: true }, []]);
  const without = await visit(site, { policy: STRICT.replace(" 'wasm-unsafe-eval'", "") });
  assert.match(without.result.error, /CompileError|Content Security Policy/);
});

// The one that runs these tests, and the one that runs npm, which may be older.
for (const node of new Set([process.execPath, process.env.KEYHOLE_NODE ?? process.execPath])) {
  test(`Node, by import and by require: ${node}`, async () => {
    const server = await serve();
    try {
      const { stdout } = await run(node, ["--no-warnings", path.join(apps, "node", "program.mjs"), server.url]);
      assert.deepEqual(JSON.parse(stdout), { ...EXPECTED, required: "function" });
    } finally {
      await server.close();
    }
  });
}

test("a Cloudflare Worker, bundled by wrangler", async () => {
  const { createTestHarness } = await import("wrangler");
  const server = await serve();
  const harness = createTestHarness({ root, workers: [{ configPath: path.join(apps, "worker", "wrangler.toml") }] });
  try {
    await harness.listen();
    const response = await harness.getWorker().fetch(`http://localhost/?api=${encodeURIComponent(server.url)}`);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    assert.deepEqual(JSON.parse(text), { ...EXPECTED, id: "made" });
  } finally {
    await harness.close();
    await server.close();
  }
});
