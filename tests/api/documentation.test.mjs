// Do the examples of the documentation answer what stands beneath them?

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
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
