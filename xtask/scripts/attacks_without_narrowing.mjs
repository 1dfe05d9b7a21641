// Can the table of attacks fail? Runs it against a Worker whose policy no longer narrows anything.
//
// npm run attacks:without-narrowing [-- --each]

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { themes } from "../../tests/support/attacks.mjs";
import { narrowing } from "./narrowing.mjs";
import { requireNode, requireRust } from "./requirements.mjs";
import { attempt, recentNode, root, run } from "./run.mjs";
import { main, Problem, say, step } from "./steps.mjs";

/** What is built, fetched or private, and is not copied. */
const LEFT_OUT = [".git", ".dev", ".dev.vars", ".wrangler", "build", "node_modules", "target", "sdk/npm/dist"];

const target = path.resolve(root, process.env.CARGO_TARGET_DIR ?? "target", "without-narrowing");

main(async () => {
  const words = process.argv.slice(2);
  if (words.some((word) => word !== "--each")) throw new Problem("npm run attacks:without-narrowing [-- --each]");
  requireNode();
  await requireRust();
  const copy = mkdtempSync(path.join(tmpdir(), "keyhole-without-narrowing-"));
  process.once("exit", () => rmSync(copy, { recursive: true, force: true }));
  copyTo(copy);
  return words.length > 0 ? oneByOne(copy) : allAtOnce(copy);
});

async function allAtOnce(copy) {
  const red = await attackWithout(narrowing, copy);
  const spared = [];
  console.log("\ntheme                     attacks     red  about narrowing     red");
  const rows = [...themes(), { file: "all", attacks: themes().flatMap(({ attacks }) => attacks) }];
  for (const { file, attacks } of rows) {
    const about = attacks.filter(({ narrowing }) => narrowing);
    const counts = [attacks, attacks.filter(isIn(red)), about, about.filter(isIn(red))].map(({ length }) => length);
    console.log(file.padEnd(25) + counts.map((count, at) => String(count).padStart(at === 2 ? 17 : 8)).join(""));
    if (file !== "all") spared.push(...about.filter((attack) => !isIn(red)(attack)));
  }
  if (spared.length === 0) return 0;
  const names = spared.map(({ name }) => name).join("\n");
  throw new Problem(`${spared.length} attacks about narrowing find no difference where nothing is narrowed.`, `\n${names}`);
}

/** Each edit alone: which part of the policy would be missed if it went? */
async function oneByOne(copy) {
  const unseen = [];
  const rows = [];
  for (const edit of narrowing) {
    const red = await attackWithout([edit], copy);
    rows.push(edit.what.padEnd(36) + String(red.size).padStart(5));
    if (red.size === 0) unseen.push(edit.what);
  }
  console.log(["\nwithout                               red", ...rows].join("\n"));
  if (unseen.length > 0) throw new Problem(`No attack notices that these are gone: ${unseen.join(", ")}.`);
}

const isIn = (names) => ({ name }) => names.has(name);

function copyTo(copy) {
  const isKept = (file) => !LEFT_OUT.includes(path.relative(root, file).replaceAll(path.sep, "/"));
  cpSync(root, copy, { recursive: true, filter: isKept });
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  mkdirSync(path.join(copy, "build", "www"), { recursive: true });
}

/** The names of the attacks that differ once these edits are made; the copy is as it was afterwards. */
async function attackWithout(edits, copy) {
  const without = edits.length === 1 ? edits[0].what : "all narrowing";
  const restore = edits.map((edit) => make(edit, copy)).reverse();
  try {
    const options = { cwd: copy, env: { CARGO_TARGET_DIR: target } };
    await step(`building without ${without}`, (report) =>
      run("cargo", ["run", "--locked", "--package", "xtask", "--", "worker"], { ...options, report }),
    );
    const parameters = ["--test", "--test-reporter=tap", "tests/api/attacks.test.mjs"];
    const { output } = await step(`attacking without ${without}`, () => attempt(recentNode(), parameters, options));
    return redOnes(output);
  } finally {
    for (const undo of restore) undo();
  }
}

function make({ what, file, from, to }, copy) {
  const place = path.join(copy, file);
  const text = readFileSync(place, "utf8");
  const found = text.split(from).length - 1;
  if (found !== 1) throw new Problem(`To take out ${what}, this must stand once in ${file}, and stands ${found} times: ${from}`);
  writeFileSync(place, text.replace(from, () => to));
  return () => writeFileSync(place, text);
}

function redOnes(output) {
  const outcomes = [...output.matchAll(/^\s+(not ok|ok) \d+ - (\w+)/gm)];
  const red = new Set(outcomes.filter(([, outcome]) => outcome === "not ok").map(([, , name]) => name));
  const tried = new Set(outcomes.map(([, , name]) => name));
  const missing = themes().flatMap(({ attacks }) => attacks.filter(({ name }) => !tried.has(name)));
  if (missing.length > 0) throw new Problem(`${missing.length} attacks were not made.`, output.slice(-3000));
  say(`${red.size} of ${tried.size} attacks go red`);
  return red;
}
