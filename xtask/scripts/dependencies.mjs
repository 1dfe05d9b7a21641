// May we use, and do we know, everything we depend on?
//
// What `cargo deny` would check, without minutes of compiling it and a database from the network.

import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { root, run } from "./run.mjs";
import { main, Problem } from "./steps.mjs";

const LICENCES = new Set([
  "0BSD",
  "Apache-2.0",
  "Apache-2.0 WITH LLVM-exception",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BSL-1.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Unicode-3.0",
  "Unlicense",
  "Zlib",
]);

/** Two of these in one program would be two truths, or a size nobody asked for. */
const SINGLE = ["chrono", "js-sys", "serde", "serde_json", "sha2", "wasm-bindgen", "web-sys", "worker"];

/**
 * Never part of what is deployed or published: a native image library that wrangler and Next carry (LGPL), a table
 * of browsers' features (CC-BY), the CSS compiler of Vite (MPL) and a patch of file access (BlueOak), which only the packaging test installs.
 */
const NPM_EXCUSED = ["@img/sharp-", "caniuse-lite", "lightningcss", "graceful-fs"];

/** What everybody installs, and what the packaging test does. */
const NPM_LOCKS = ["package-lock.json", "tests/packaging/package-lock.json"];

/** Every complaint, as a sentence. */
export async function complaints() {
  return [...(await ofCargo()), ...NPM_LOCKS.flatMap(ofNpm)];
}

async function ofCargo() {
  const text = await run("cargo", ["metadata", "--locked", "--format-version", "1"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const { packages } = JSON.parse(text);
  const found = [];
  for (const { name, version, source, license } of packages) {
    const ours = source === null;
    if (!ours && source !== "registry+https://github.com/rust-lang/crates.io-index") {
      found.push(`${name} ${version} comes from ${source}, not from crates.io`);
    }
    if (!allowed(license)) found.push(`${name} ${version} has the licence ${license}`);
  }
  for (const name of SINGLE) {
    const versions = packages.filter((other) => other.name === name).map((other) => other.version);
    if (versions.length > 1) found.push(`${name} is there ${versions.length} times: ${versions.join(", ")}`);
  }
  return found;
}

function ofNpm(file) {
  const lock = JSON.parse(readFileSync(path.join(root, file), "utf8"));
  const found = [];
  for (const [place, entry] of Object.entries(lock.packages)) {
    if (!place.startsWith("node_modules/") || entry.link) continue;
    const name = place.split("node_modules/").at(-1);
    if (!entry.integrity) found.push(`npm: ${name} has no checksum in ${file}`);
    if (/^[a-z+]+:/.test(entry.resolved ?? "")) found.push(`npm: ${name} names the place it came from`);
    const isExcused = NPM_EXCUSED.some((excused) => name.startsWith(excused));
    if (!allowed(entry.license) && !isExcused) found.push(`npm: ${name} has the licence ${entry.license}`);
  }
  return found;
}

/** SPDX, as far as it is used: one name of an OR, every name of an AND. */
function allowed(expression) {
  if (!expression) return false;
  const plain = expression.replaceAll("/", " OR ").replaceAll(/[()]/g, "");
  const parts = plain.split(" AND ");
  if (parts.length > 1) return parts.every(allowed);
  return plain.split(" OR ").some((name) => LICENCES.has(name.trim()));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    const found = await complaints();
    if (found.length > 0) throw new Problem("Dependencies are not as they should be.", found.join("\n"));
  });
}
