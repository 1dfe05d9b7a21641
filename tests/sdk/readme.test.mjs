// Do the README's examples about keys answer what stands beneath them?

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inspect } from "node:util";
import { Keyhole } from "@keyhole/sdk";
import { createPolicy } from "@keyhole/sdk/policy";
import { KEY, PROJECT, startApi } from "./api.mjs";

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

test("Know what the key may do", async () => {
  const api = await startApi(() => ({ json: description, headers: { etag: '"1"' } }));
  let checked = 0;
  const check = (found, expected) => {
    const bare = (text) => text.replaceAll(/\s/g, "");
    assert.equal(bare(inspect(found, { depth: 9, breakLength: Infinity })), bare(expected));
    checked += 1;
  };
  const given = { Keyhole, createPolicy, description, check, url: api.url, PROJECT_ID: PROJECT, ACCESS_KEY: KEY };
  try {
    const run = new AsyncFunction(...Object.keys(given), program("Know what the key may do"));
    await run(...Object.values(given));
  } finally {
    await api.close();
  }
  assert.equal(checked, 7);
});
