// Do the README's examples answer what stands beneath them?

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inspect } from "node:util";
import { Keyhole } from "@keyhole/sdk";
import { poll } from "@keyhole/sdk/live";
import { createPolicy } from "@keyhole/sdk/policy";
import { anyOf, count, property, sum } from "@keyhole/sdk/queries";
import { Keys } from "@keyhole/sdk/server";
import { autotrack, Recorder } from "@keyhole/sdk/track";
import { allStored, KEY, PROJECT, startApi } from "./api.mjs";

const { keys } = JSON.parse(readFileSync(new URL("decisions.json", import.meta.url), "utf8"));
const { description } = keys.dashboard;
const AsyncFunction = (async () => {}).constructor;
const PACKAGE = { Keyhole, Keys, Recorder, anyOf, autotrack, count, createPolicy, poll, property, sum };

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

/** Runs a section against an API; `more` are names that its reader has. Gives how many answers were checked. */
async function runSection(section, answer, more = () => ({})) {
  const api = await startApi(answer);
  let checked = 0;
  const check = (found, expected) => {
    const bare = (text) => text.replaceAll(/\s/g, "");
    assert.equal(bare(inspect(found, { depth: 9, breakLength: Infinity })), bare(expected));
    checked += 1;
  };
  const keys = { ACCESS_KEY: KEY, MASTER_KEY: KEY, WRITE_KEY: KEY };
  const reader = { url: api.url, PROJECT_ID: PROJECT, ...keys, location: { pathname: "/" }, ...more(api) };
  const given = { ...PACKAGE, check, ...reader };
  try {
    const run = new AsyncFunction(...Object.keys(given), program(section));
    await run(...Object.values(given));
  } finally {
    await api.close();
  }
  return { checked, requests: api.requests };
}

const clientOf = ({ url }) => ({ keyhole: new Keyhole({ url, projectId: PROJECT, key: KEY }) });

test("Put a question together", async () => {
  const bucket = { value: 3, timeframe: { start: "2026-01-01T00:00:00.000Z", end: "2026-01-02T00:00:00.000Z" } };
  const answer = ({ path }) => {
    if (path.includes("/saved/")) return { json: { result: 1840 } };
    if (path.includes("/datasets/")) return { json: { result: [bucket] } };
    return {
      json: {
        result: [
          { plan: "pro", result: 12 },
          { plan: "team", result: 5 },
        ],
      },
    };
  };
  const { checked } = await runSection("Put a question together", answer, clientOf);
  assert.equal(checked, 4);
});

test("Stay fresh", async () => {
  const shown = [];
  const revenue = sum("purchases", "price").during("this_14_days");
  await runSection(
    "Stay fresh",
    () => ({ json: { result: 7 } }),
    () => ({ revenue, show: (result) => shown.push(result) }),
  );
});

test("Know what the key may do", async () => {
  const answer = () => ({ json: description, headers: { etag: '"1"' } });
  const { checked } = await runSection("Know what the key may do", answer, () => ({ description }));
  assert.equal(checked, 7);
});

test("Record without waiting", async () => {
  const { checked } = await runSection("Record without waiting", allStored);
  assert.equal(checked, 10);
});

test("Make keys on a server", async () => {
  const kept = { id: "0".repeat(24), name: "Acme", permitted: ["queries"], is_active: true };
  const answer = ({ path, json }) => {
    if (path.endsWith("/keys/revoke")) return { json: { active: 1, revoked: json.count ?? 0 } };
    if (path.includes("?")) return { json: [kept] };
    return { json: kept, headers: { etag: '"1"' } };
  };
  const console = { log: () => {} };
  const { checked, requests } = await runSection("Make keys on a server", answer, () => ({ console }));
  assert.equal(checked, 1);
  const changed = requests.find(({ headers }) => headers["if-match"]);
  assert.deepEqual(changed.json, {
    name: "Acme",
    permitted: ["queries"],
    is_active: true,
    expires_at: "2027-01-01T00:00:00Z",
  });
});
