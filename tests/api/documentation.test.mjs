// Do the examples of the documentation answer what stands beneath them?

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { startWorker } from "../support/harness.mjs";
import { call, makeProject } from "../support/project.mjs";

let worker;
let variables;

before(async () => {
  worker = await startWorker();
  const { id, keys, organization } = await makeProject(worker);
  variables = {
    URL: "", PROJECT: id, MASTER_KEY: keys.master, WRITE_KEY: keys.write, READ_KEY: keys.read,
    ORGANIZATION: organization.id, ORGANIZATION_KEY: organization.key,
  };
});

after(() => worker?.close());

/** Every command of the file's shell blocks, with the answer in the comment beneath it. */
function examples(file) {
  const text = readFileSync(new URL(`../../docs/${file}`, import.meta.url), "utf8");
  const blocks = [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block);
  const commands = blocks.flatMap((block) => block.split(/^(?=curl )/m));
  return commands.map((command) => {
    const [, path] = /^curl (?:-X \w+ )?"(\$URL[^"]*)"/.exec(command);
    const headers = [...command.matchAll(/ -H "([^:]+): ([^"]+)"/g)].map(([, name, value]) => [name, value]);
    const [, body] = /-d '([^']*)'/.exec(command) ?? [];
    const method = / -X ([A-Z]+)/.exec(command)?.[1] ?? (body === undefined ? "GET" : "POST");
    const answer = [...command.matchAll(/^# ?(.*)$/gm)].map(([, line]) => line).join("\n");
    return { method, path, headers, body, answer };
  });
}

const filled = (text) => text.replaceAll(/\$([A-Z_]+)/g, (_, name) => variables[name]);
const escaped = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

for (const [file, atLeast] of [["query-language.md", 10], ["recording.md", 4], ["projects.md", 4], ["updates.md", 1], ["api.md", 3], ["datasets.md", 2]]) {
  test(`docs/${file}`, async (t) => {
    const found = examples(file);
    assert.ok(found.length >= atLeast, "the examples are not read");
    for (const { method, path, headers, body, answer } of found) {
      await t.test(`${method} ${answer}`, async () => {
        const filledHeaders = Object.fromEntries(headers.map(([name, value]) => [name, filled(value)]));
        const answered = await call(worker, method, filled(path), { headers: filledHeaders, body });
        assert.ok(answered.status < 300, answered.text);
        const shown = new RegExp(`^${escaped(answer).replaceAll("…", "[^]*")}$`);
        assert.match(answered.text.trimEnd().replaceAll("\r\n", "\n"), shown);
      });
    }
  });
}

test("docs/from-keen.md: the script moves a project's events, however often it is run", async () => {
  const text = readFileSync(new URL("../../docs/from-keen.md", import.meta.url), "utf8");
  const [, script] = /```js\n(\/\/ move\.mjs\n[^]*?)```/.exec(text);
  const [old, fresh] = [await makeProject(worker), await makeProject(worker)];
  const sold = { price: 7, keen: { timestamp: "2026-03-02T10:00:00.000Z", location: { coordinates: [1, 2] } } };
  const alsoSold = { price: 9, keen: { timestamp: "2026-03-03T10:00:00.000Z" } };
  await old.record({ sales: [sold, alsoSold] });
  const words = {
    "https://api.keen.io": worker.url, "https://analytics.example.com": worker.url,
    OLD_PROJECT: old.id, OLD_READ_KEY: old.keys.read, '"PROJECT"': `"${fresh.id}"`, '"WRITE_KEY"': `"${fresh.keys.write}"`,
  };
  const filled = Object.entries(words).reduce((so, [word, value]) => so.replace(word, value), script);
  const run = promisify(execFile);
  const days = ["sales", "2026-03-01", "2026-03-05"];
  for (const _ of [1, 2]) {
    const { stderr } = await run(process.execPath, ["--input-type=module", "-e", filled, "move.mjs", ...days]);
    assert.equal(stderr, "");
  }
  const asked = { event_collection: "sales", timeframe: { start: "2026-03-01", end: "2026-03-05" } };
  const { body } = await fresh.query("extraction", { ...asked, property_names: ["price", "keen.timestamp", "keen.location"] });
  assert.deepEqual(body.result, [sold, alsoSold]);
});
