// Is an access key's answer the same, byte by byte, whatever events outside its scope there are?
//
// KEYHOLE_SEED runs the worlds of a seed again, KEYHOLE_WORLDS makes more or fewer of them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { TEMPLATES } from "../non_interference/questions.mjs";
import { Random } from "../non_interference/random.mjs";
import { change, remove, stored } from "../non_interference/rows.mjs";
import { makeWorld } from "../non_interference/worlds.mjs";
import { startWorker } from "../support/harness.mjs";
import { always, makeProject } from "../support/project.mjs";

const SEED = process.env.KEYHOLE_SEED ?? String(Math.floor(Math.random() * 2 ** 32));
const WORLDS = Number(process.env.KEYHOLE_WORLDS ?? 500);
const QUESTIONS = 8;
/** So many worlds lie in one project, as collections of their own, and are recorded together. */
const TOGETHER = 10;
/** Each Worker takes one core. */
const WORKERS = 2;
const SCOPE_PROPERTIES = ["customer.id", "customer.id", "team"];
const titles = Object.keys(TEMPLATES);

/** A Worker that passes on many questions of one request, see there: most of a request's time is before ours. */
const RELAY = {
  name: "relay",
  main: fileURLToPath(new URL("../non_interference/relay.mjs", import.meta.url)),
  compatibility_date: "2026-10-20",
  services: [{ binding: "KEYHOLE", service: "keyhole" }],
};

const workers = [];

before(async () => {
  for (let at = 0; at < WORKERS; at += 1) workers.push(await startWorker({ vars: { QUERY_RATE_LIMIT: "off" }, beside: [RELAY] }));
});

after(() => Promise.all(workers.map((worker) => worker.close())));

/** Which questions a world is asked: dealt like cards, so that each comes as often as any other. */
function dealt(index) {
  const card = (at) => new Random(SEED, "deck", Math.floor(at / titles.length)).shuffled(titles)[at % titles.length];
  return Array.from({ length: QUESTIONS }, (_, at) => card(index * QUESTIONS + at));
}

/** All that is answered to each `{by, analysis, body}`: statuses, headers and bytes, of pages all of them. */
async function ask({ worker, project }, questions) {
  const asked = questions.map(({ by, analysis, body }) => ({ path: `/3.0/projects/${project.id}/queries/${analysis}`, key: by, body }));
  const answered = await worker.fetchFrom("relay", "/", { method: "POST", body: JSON.stringify(asked) });
  assert.equal(answered.status, 200);
  return answered.json();
}

/** Does an answer hold more than nulls, zeros and empty lists? */
function isFull([[status, , text]]) {
  if (status !== 200) return false;
  if (!text.startsWith("{")) return text.split("\n").length > 2;
  const isObject = (value) => value !== null && typeof value === "object";
  const holds = (value) =>
    isObject(value) ? Object.entries(value).some(([name, inner]) => name !== "timeframe" && holds(inner)) : Boolean(value);
  return holds(JSON.parse(text).result);
}

/** Worlds in one project, step by step all at once. */
async function explore(worker, indices) {
  const scopeProperty = SCOPE_PROPERTIES[(indices[0] / TOGETHER) % SCOPE_PROPERTIES.length];
  const project = await makeProject(worker, { name: "Worlds", scope_property: scopeProperty });
  const place = { worker, project };
  const worlds = indices.map((index) => makeWorld(SEED, index));
  for (const world of worlds) {
    world.key = (await project.key(world.definition)).key;
    world.questions = dealt(world.index).map((title) => ({ title, by: world.key, ...TEMPLATES[title](world.random, world.names) }));
  }
  const questions = worlds.flatMap(({ questions }) => questions);
  const controls = worlds.map(({ questions: [{ analysis, body }] }) => ({ by: project.keys.read, analysis, body: withoutMetadata(body) }));

  await record(project, worlds.map(({ first }) => first));
  const [own, all] = [await ask(place, questions), await ask(place, controls)];
  await record(project, worlds.map(({ more }) => more));
  assertSame(worlds, own, await ask(place, questions), "when others had recorded events");
  await changeForeign(place, worlds, scopeProperty);
  assertSame(worlds, own, await ask(place, questions), "when events of others had been changed and deleted");
  const now = await ask(place, controls);
  const noticed = now.filter((answer, at) => JSON.stringify(answer) !== JSON.stringify(all[at])).length;
  return { full: own.filter(isFull).length, noticed, titles: questions.map(({ title }) => title) };
}

/** What it took is another time each time, to whom that is told. */
const withoutMetadata = (body) => (typeof body === "string" ? body : { ...body, include_metadata: false });

async function record(project, batches) {
  const { status, text } = await project.record(Object.assign({}, ...batches));
  assert.equal(status, 200, text);
  assert.ok(!text.includes('"success":false'), text);
}

function assertSame(worlds, own, now, when) {
  const asked = worlds.flatMap((world) => world.questions.map((question) => ({ world, ...question })));
  for (const [at, { world, title, analysis, body }] of asked.entries()) {
    if (JSON.stringify(now[at]) === JSON.stringify(own[at])) continue;
    const place = `seed ${SEED}, world ${world.index}: "${title}" was answered otherwise ${when}`;
    const options = JSON.stringify(world.definition.options);
    assert.deepEqual(now[at], own[at], `${place}\nkey ${options}\nasked ${analysis} ${JSON.stringify(body)}`);
  }
}

/** Of the events outside each key's scope, by a predicate of our own, some are deleted and the others changed. */
async function changeForeign(place, worlds, scopeProperty) {
  const { worker, project } = place;
  const [deleted, changed] = [[], []];
  const events = await stored(worker.db, project.id, worlds.flatMap(({ names }) => Object.values(names)));
  const counts = await ask(place, worlds.map(({ key, names }) => ({ by: key, analysis: "count", body: { event_collection: names.main, timeframe: always } })));
  for (const [at, world] of worlds.entries()) {
    const inWorld = events.filter(({ collection }) => Object.values(world.names).includes(collection));
    const foreign = inWorld.filter(({ collection, event }) => world.foreignTo(collection, event));
    assert.ok(foreign.length > 0, `nobody is foreign in world ${world.index}`);
    const inMain = ({ collection }) => collection === world.names.main;
    assertCounted(world, counts[at], inWorld.filter(inMain).length - foreign.filter(inMain).length);
    for (const one of foreign) {
      const other = world.random.oneIn(2) && world.foreignEvent(one.collection);
      if (other) changed.push({ ...one, changed: other, scopeProperty });
      else deleted.push(one);
    }
  }
  await worker.db.batch([...remove(worker.db, deleted), change(worker.db, changed)]);
}

/** The predicate and the key must mean the same events, unless the key may not ask of all times at once. */
function assertCounted(world, [[status, , text]], expected) {
  const { timeframe } = world.definition.options.queries;
  if (timeframe?.max_span || timeframe?.mode === "deny") return;
  assert.deepEqual([status, text], [200, `{"result":${expected}}`], `world ${world.index} of seed ${SEED} ${JSON.stringify(world.definition.options)}`);
}

test(`no byte of an answer depends on events outside the key's scope: ${WORLDS} worlds of seed ${SEED}`, async () => {
  const left = Array.from({ length: Math.ceil(WORLDS / TOGETHER) }, (_, at) =>
    Array.from({ length: Math.min(TOGETHER, WORLDS - at * TOGETHER) }, (_, index) => at * TOGETHER + index));
  const explored = [];
  const walk = async (worker) => {
    while (left.length > 0) explored.push(await explore(worker, left.shift()));
  };
  await Promise.all(workers.map(walk));

  const sum = (of) => explored.map(of).reduce((one, other) => one + other, 0);
  const [full, noticed] = [sum(({ full }) => full) / (QUESTIONS * WORLDS), sum(({ noticed }) => noticed) / WORLDS];
  const share = (part) => `${(100 * part).toFixed(0)} %`;
  console.log(`${share(full)} of the answers hold something; ${share(noticed)} of the same questions asked with the read key were answered otherwise`);
  // Of a few worlds all may be poor.
  if (WORLDS < 100) return;
  assert.ok(full >= 0.5, `only ${share(full)} of the answers hold anything`);
  assert.ok(noticed >= 0.5, `only in ${share(noticed)} of the worlds there was anything to notice`);
  const asked = explored.flatMap(({ titles }) => titles);
  const least = Math.floor((QUESTIONS * WORLDS) / titles.length);
  for (const title of titles) {
    const times = asked.filter((other) => other === title).length;
    assert.ok(times >= least, `"${title}" was asked ${times} times`);
  }
});
