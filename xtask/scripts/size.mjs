// How much does a page download for the SDK? Everything, bundled, minified and compressed.
//
// npm run size

import { gzipSync } from "node:zlib";
import path from "node:path";
import { buildEngine } from "./engine.mjs";
import { requireNode, requireRust } from "./requirements.mjs";
import { root, run } from "./run.mjs";
import { main, Problem, step } from "./steps.mjs";

/** What a page may import, and the most bytes it may cost when compressed. */
const ENTRIES = [
  { name: "@keyhole/sdk", file: "index.js", gzipMax: 34_000 },
  { name: "@keyhole/sdk/track", file: "track.js", gzipMax: 15_000 },
  { name: "@keyhole/sdk/policy", file: "policy.js" },
  { name: "@keyhole/sdk/elements", file: "elements.js" },
  { name: "@keyhole/sdk/queries", file: "queries.js" },
  { name: "@keyhole/sdk/live", file: "live.js" },
  { name: "@keyhole/sdk/server", file: "server.js" },
];

main(async () => {
  requireNode();
  await requireRust();
  const build = ["run", "--package", "xtask", "--", "sdk", "--release"];
  await step("compiling the SDK", (report) => run("cargo", build, { report }));
  await buildEngine();
  console.log("entry                                 raw     gzip    bound");
  const tooLarge = [];
  for (const { name, file, gzipMax } of ENTRIES) {
    const { first, later } = await sizes(path.join(root, "sdk/npm/dist", file));
    print(name, first, gzipMax);
    if (later) print("  loaded when it is first needed", later);
    if (first.gzip > gzipMax) tooLarge.push(name);
  }
  if (tooLarge.length > 0) throw new Problem(`Larger than they may be: ${tooLarge.join(", ")}.`);
});

/** What is loaded with the entry, and what by `import()` later on. */
async function sizes(entry) {
  const esbuild = await import("esbuild");
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    metafile: true,
    outdir: "out",
    absWorkingDir: root,
  });
  const texts = new Map(outputFiles.map((file) => [path.relative(root, file.path), file.contents]));
  const outputs = Object.entries(metafile.outputs);
  const [start] = outputs.find(([, output]) => path.resolve(root, output.entryPoint ?? "") === entry);
  const first = statically(start, metafile.outputs);
  const later = [...texts.keys()].filter((file) => !first.has(file));
  const sum = (files) => total([...files].map((file) => texts.get(file)));
  return { first: sum(first), later: later.length > 0 ? sum(later) : undefined };
}

function statically(file, outputs, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  const imports = outputs[file].imports.filter(({ kind }) => kind === "import-statement");
  for (const { path: imported } of imports) statically(imported, outputs, found);
  return found;
}

/** Each file is compressed by itself, as it travels. */
function total(files) {
  const sum = (size) => files.reduce((bytes, file) => bytes + size(file), 0);
  return { raw: sum((file) => file.length), gzip: sum((file) => gzipSync(file, { level: 9 }).length) };
}

function print(name, { raw, gzip }, bound = "") {
  const columns = [raw, gzip, bound].map((bytes) => bytes.toLocaleString("en-US").padStart(9));
  console.log(name.padEnd(32) + columns.join(""));
}
