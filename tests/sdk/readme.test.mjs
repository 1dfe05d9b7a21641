// Do the README's examples answer what stands beneath them?

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inspect } from "node:util";
import { Keyhole } from "@keyhole/sdk";
import { createPolicy } from "@keyhole/sdk/policy";
import { autotrack, Recorder } from "@keyhole/sdk/track";
import { allStored, KEY, PROJECT, startApi } from "./api.mjs";

const { keys } = JSON.parse(readFileSync(new URL("decisions.json", import.meta.url), "utf8"));
const { description } = keys.dashboard;
const AsyncFunction = (async () => {}).constructor;

/** The code blocks of one section, as one program in which each answer is checked. */
function program(section) {
  const text = readFileSync(new URL("../../sdk/npm/README.md", import.meta.url), "utf8");
  const [, found] = new RegExp(`^## ${section}\\n([^]*?)^## `, "m").exec(text);
  const blocks = [...found.matchAll(/```js\n([^]*?)```/g)].map(([, block]) => block);
  const parts = blocks.flatMap((block) => block.split(/\n\n/));
  const lines = parts.map((part) => {
    if (part.startsWith("import ")) return "";
    const [code, ...answer] = part.trim().split(/^\/\/ ?/m);
    if (answer.length === 0) return code;
    return `check(${code.trim().replace(/;$/, "")}, ${JSON.stringify(answer.join(""))});`;
  });
  return lines.join("\n").replaceAll("'https://analytics.example.com'", "url");
}

/** Runs the examples of a section with an API that answers so; answers how many answers were checked. */
async function runSection(section, answer) {
  const api = await startApi(answer);
  let checked = 0;
  const check = (found, expected) => {
    const bare = (text) => text.replaceAll(/\s/g, "");
    assert.equal(bare(inspect(found, { depth: 9, breakLength: Infinity })), bare(expected));
    checked += 1;
  };
  const names = { url: api.url, PROJECT_ID: PROJECT, ACCESS_KEY: KEY, WRITE_KEY: KEY, location: { pathname: "/" } };
  const given = { Keyhole, Recorder, autotrack, createPolicy, description, check, ...names };
  try {
    const run = new AsyncFunction(...Object.keys(given), program(section));
    await run(...Object.values(given));
  } finally {
    await api.close();
  }
  return checked;
}

test("Know what the key may do", async () => {
  assert.equal(await runSection("Know what the key may do", () => ({ json: description, headers: { etag: '"1"' } })), 7);
});

test("Record without waiting", async () => {
  assert.equal(await runSection("Record without waiting", allStored), 10);
});
