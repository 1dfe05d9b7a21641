// How do the sources of the pages become the files that are served?
//
// A page is an HTML file in www/src; the scripts and style sheets it names are bundled, everything
// in www/static is copied.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./run.mjs";
import { Problem } from "./steps.mjs";

const source = path.join(root, "www", "src");
const fixed = path.join(root, "www", "static");
const served = path.join(root, "build", "www");
const REFERENCE = /\b(?:src|href)="(?:\.?\/)?([^":?#]+\.(?:js|css))"/g;

/** `keep` names files of the result that others put there. */
export async function buildPages({ minify, keep = [] }) {
  mkdirSync(served, { recursive: true });
  const pages = existsSync(source) ? readdirSync(source).filter((name) => name.endsWith(".html")) : [];
  const written = new Set(keep);
  const entries = new Set();
  for (const page of pages) {
    const text = readFileSync(path.join(source, page), "utf8");
    for (const [, name] of text.matchAll(REFERENCE)) entries.add(path.join(source, name));
    writeFileSync(path.join(served, page), text);
    written.add(page);
  }
  for (const output of await bundle([...entries], minify)) written.add(output);
  if (existsSync(fixed)) {
    cpSync(fixed, served, { recursive: true });
    for (const name of list(fixed)) written.add(name);
  }
  // Last, and only what is left over: a running server never misses a file.
  for (const name of list(served)) {
    if (!written.has(name)) rmSync(path.join(served, name));
  }
}

async function bundle(entryPoints, minify) {
  if (entryPoints.length === 0) return [];
  const esbuild = await import("esbuild");
  const options = {
    entryPoints,
    minify,
    // What a page loads when it first asks stays apart from what every page loads.
    splitting: true,
    bundle: true,
    format: "esm",
    target: "es2022",
    outbase: source,
    outdir: served,
    loader: { ".svg": "dataurl", ".woff2": "file" },
    sourcemap: !minify,
    metafile: true,
    absWorkingDir: root,
    logLevel: "silent",
  };
  try {
    const { metafile } = await esbuild.build(options);
    return Object.keys(metafile.outputs).map((file) => path.relative(served, path.join(root, file)));
  } catch (error) {
    if (!error.errors) throw error;
    const found = await esbuild.formatMessages(error.errors, { kind: "error" });
    throw new Problem("The pages do not bundle.", found.join("\n"));
  }
}

function list(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
}
