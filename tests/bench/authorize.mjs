// How long does a decision take, natively and in wasm?
//
// npm run bench:authorize

import { readFileSync } from "node:fs";
import path from "node:path";
import { attempt, root, run } from "../../xtask/scripts/run.mjs";
import { main, Problem } from "../../xtask/scripts/steps.mjs";
import { p50 } from "./statistics.mjs";
import { table, time, times, verdict } from "./table.mjs";

const EXAMPLE = ["--release", "--package", "keyhole-policy", "--example", "authorize"];
const WASM = "wasm32-unknown-unknown";
const TIMES = 50;
const ROUNDS = 101;
const rows = [
  { name: "query", title: "a question to a key with ten filters", bar: 5 },
  { name: "query of a line of four", title: "the same to a line of four such keys" },
  { name: "admit", title: "an event of 400 bytes" },
  { name: "within", title: "is a key with ten filters within another?" },
  { name: "parse", title: "parsing the definition's JSON" },
  { name: "read a definition", title: "reading the definition" },
  { name: "read a question", title: "parsing and reading the question" },
  { name: "decide", title: "a question, from both JSON texts" },
  { name: "decide in wasm", title: "the same in wasm", bar: 60 },
];

main(async () => {
  const found = new Map([...(await native()), ["decide in wasm", await inWasm()]]);
  const whole = found.get("query").median;
  const cells = rows.map(({ name, title, bar }) => {
    const { median, least } = found.get(name);
    const kept = bar ? [`< ${bar}`, verdict(median, bar)] : ["", ""];
    return [title, time(median), time(least), times(median / whole), ...kept];
  });
  console.log(table("One decision, in µs", ["", "p50", "least", "ratio", "bar", ""], cells));
  return 0;
});

/** What the example prints: for each figure its name, the median and the least, in nanoseconds. */
async function native() {
  await run("cargo", ["build", ...EXAMPLE]);
  const { code, output } = await attempt("cargo", ["run", "--quiet", ...EXAMPLE]);
  if (code !== 0) throw new Problem("The example did not run to its end.", output);
  const lines = output.trim().split("\n").map((line) => line.split("\t"));
  return lines.map(([name, median, least]) => [name, { median: median / 1000, least: least / 1000 }]);
}

/** As cargo makes it: the built Worker is a little faster for `wasm-opt`, and pays for its binding to JavaScript. */
async function inWasm() {
  await run("cargo", ["build", ...EXAMPLE, "--target", WASM]);
  const folder = path.resolve(root, process.env.CARGO_TARGET_DIR ?? "target");
  const file = path.join(folder, WASM, "release", "examples", "authorize.wasm");
  const { instance } = await WebAssembly.instantiate(readFileSync(file), {});
  // V8 compiles once quickly, and then well; a Worker's isolate lives long enough for the second.
  const warm = performance.now() + 2000;
  while (performance.now() < warm) instance.exports.decide_often(TIMES);
  const micros = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    instance.exports.decide_often(TIMES);
    return ((performance.now() - start) * 1000) / TIMES;
  });
  return { median: p50(micros), least: Math.min(...micros) };
}
