// How do the charts come with the npm package? The used parts of Chart.js, bundled into one module.
//
// Inside the package, so that a page without a bundler needs nothing else, and nobody has to install it.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./run.mjs";

const source = path.join(root, "sdk/npm/engine/chart-engine.js");
const made = path.join(root, "sdk/npm/dist/elements/chart-engine.js");

/** Writes `chart-engine.js` and its source map beside the elements. */
export async function buildEngine() {
  const esbuild = await import("esbuild");
  const { outputFiles } = await esbuild.build({
    entryPoints: [source],
    outfile: made,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    sourcemap: true,
    // Chart.js is MIT: its notice travels with it.
    legalComments: "inline",
    absWorkingDir: root,
    write: false,
  });
  for (const { path: file, contents } of outputFiles) {
    // An untouched file keeps its date, as the copied sources do.
    if (!existsSync(file) || !readFileSync(file).equals(contents)) writeFileSync(file, contents);
  }
}
