// What must be fetched and built before anything can run?

import { statSync } from "node:fs";
import path from "node:path";
import { buildEngine } from "./engine.mjs";
import { buildPages } from "./pages.mjs";
import { requireNode, requireRust } from "./requirements.mjs";
import { root, run } from "./run.mjs";
import { step } from "./steps.mjs";

/** Packages, Worker, SDK and pages. Each part does nothing when nothing changed. */
export async function setUp() {
  requireNode();
  await requireRust();
  await bothOrNeither(installPackages(), buildRust());
  await buildEngine();
  await step("bundling the pages", () => buildPages({ minify: false, keep: ["demo.json"] }));
}

/** The same, small and fast to run, for a deployment. */
export async function setUpRelease() {
  requireNode();
  await requireRust();
  await installPackages();
  await buildRust("--release");
  await buildEngine();
  await step("bundling the pages", () => buildPages({ minify: true }));
}

/** A failure must not leave the other half running behind the message, nor hide behind it. */
async function bothOrNeither(...works) {
  for (const result of await Promise.allSettled(works)) {
    if (result.status === "rejected") throw result.reason;
  }
}

async function installPackages() {
  const installed = changedAt("node_modules/.package-lock.json");
  if (installed > 0 && installed >= changedAt("package-lock.json")) return;
  await step("installing the npm packages", (report) => run("npm", ["ci"], { report }));
}

async function buildRust(...flags) {
  await step("compiling the Worker and the SDK", (report) =>
    run("cargo", ["run", "--package", "xtask", "--", "worker", "sdk", ...flags], { report }),
  );
}

function changedAt(file) {
  return statSync(path.join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
