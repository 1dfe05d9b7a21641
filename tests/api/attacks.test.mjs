// Does any attack of the table find, do or leave behind more than it may?
//
// tests/attacks/README.md says what an attack is; `npm run attacks:without-narrowing` that the table can fail.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeWorld } from "../support/attack_world.mjs";
import { attempt, themes, world } from "../support/attacks.mjs";
import { startWorker } from "../support/harness.mjs";
import { always } from "../support/project.mjs";

const AT_LEAST = 200;

let worker;
let made;
let untouched;

before(async () => {
  worker = await startWorker({ vars: { QUERY_RATE_LIMIT: "off" } });
  made = await makeWorld(worker, world);
  untouched = await everything();
});

after(() => worker?.close());

test("every attack has a name of its own, and there are enough of them", () => {
  const names = themes().flatMap(({ attacks }) => attacks.map(({ name }) => name));
  assert.deepEqual(names.filter((name, at) => names.indexOf(name) !== at), []);
  assert.ok(names.length >= AT_LEAST, `${names.length} attacks`);
});

for (const { file, attacks } of themes()) {
  test(file, async (t) => {
    for (const attack of attacks) {
      await t.test(attack.name, { todo: attack.fault }, async () => {
        const found = await attempt(worker, made, attack);
        assert.ok(found.length === 0, `\n${found.join("\n")}`);
      });
    }
  });
}

test("after all attacks what was recorded, and every key, is as it was", async () => {
  assert.deepEqual(await everything(), untouched);
});

test("after all attacks the Worker has logged no fault of its own", () => {
  assert.deepEqual(worker.logs().filter(({ level }) => level === "error"), []);
});

const isToStay = (name) => !name.startsWith("in-");

/** All events of the world's collections, and all keys, of both projects, but for those that attacks may change. */
async function everything() {
  const found = {};
  for (const name of ["home", "elsewhere"]) {
    const project = made[name];
    const { master } = project.keys;
    const { body: keys } = await project.call("GET", "/keys?per_page=200", { key: master });
    const kept = keys.filter((key) => isToStay(key.name));
    found[`keys of ${name}`] = kept.map(({ last_used_at: _, ...key }) => key);
    for (const collection of Object.keys(world[name].events).filter(isToStay)) {
      const asked = { event_collection: collection, timeframe: always };
      found[`${collection} of ${name}`] = (await project.query("extraction", asked, master)).text;
    }
  }
  return found;
}
