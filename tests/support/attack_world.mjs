// What does the world look like that is attacked, and what stands for `{{…}}` in the table of attacks?

import assert from "node:assert/strict";
import { hashOf, makeSecret } from "../../xtask/scripts/secret.mjs";
import { makeProject } from "./project.mjs";

const DAY_MILLISECONDS = 86_400_000;

/**
 * Makes the two projects of world.json, with what was recorded in them and their keys.
 *
 * Gives `{home, elsewhere, credentials, fill}`: the projects, every key by its name (those of the second
 * project begin with `elsewhere_`; `unknown` is nobody's), and what puts values in the place of `{{…}}`.
 */
export async function makeWorld(worker, definition) {
  const home = await makeProject(worker, { name: "Home", scope_property: "customer.id" });
  const elsewhere = await makeProject(worker, { name: "Elsewhere", scope_property: "customer.id" });
  const unknown = makeSecret("access");
  const values = { "key.unknown": unknown, project: home.id, elsewhere: elsewhere.id };
  const world = { home, elsewhere, credentials: { unknown }, fill: (template) => fill(template, values) };
  await populate(world, "", home, definition.home, values);
  await populate(world, "elsewhere_", elsewhere, definition.elsewhere, values);
  for (const [name, { as, project = "home", body }] of Object.entries(definition.cursors)) {
    const page = await world[project].query("extraction", body, world.credentials[as]);
    assert.equal(typeof page.body.cursor, "string", `${name}: ${page.text}`);
    values[`cursor.${name}`] = page.body.cursor;
  }
  await changeKeys(home, definition.home, values);
  return world;
}

/** One project's events and keys; `prefix` tells its keys from another's. */
async function populate(world, prefix, project, definition, values) {
  const { events, keys } = world.fill({ events: definition.events, keys: definition.keys });
  await record(project, events);
  for (const [name, body] of Object.entries(definition.datasets)) {
    const made = await project.call("PUT", `/datasets/${name}`, { key: project.keys.master, body });
    assert.equal(made.status, 201, made.text);
  }
  values[`${prefix}organization`] = project.organization.id;
  const credentials = { ...project.keys, organization: project.organization.key };
  for (const [name, key] of Object.entries(keys)) {
    const made = await project.key({ name, ...key });
    credentials[name] = made.key;
    values[`id.${prefix}${name}`] = made.id;
  }
  for (const [name, key] of Object.entries(credentials)) {
    world.credentials[prefix + name] = key;
    values[`key.${prefix}${name}`] = key;
  }
}

async function record(project, events) {
  const answered = await project.record(events);
  assert.equal(answered.status, 200, answered.text);
  for (const outcome of Object.values(answered.body).flat()) assert.deepEqual(outcome, { success: true });
}

/** What happens to keys after their first pages were read. */
async function changeKeys(project, definition, values) {
  const change = async (method, name, path, body) => {
    const answered = await project.call(method, `/keys/${values[`id.${name}`]}${path}`, { key: project.keys.master, body });
    assert.ok(answered.status < 300, `${name}: ${answered.text}`);
  };
  for (const [name, key] of Object.entries(definition.then_replaced)) await change("POST", name, "", { name, ...key });
  for (const name of definition.then_revoked) await change("POST", name, "/revoke");
  for (const name of definition.then_restored) await change("POST", name, "/unrevoke");
  for (const name of definition.then_deleted) await change("DELETE", name, "");
}

/** What stands before a value's name in `{{…}}`. */
const FUNCTIONS = {
  hash: hashOf,
  upper: (text) => text.toUpperCase(),
  cut: (text) => text.slice(0, -1),
  changed: (text) => text.slice(0, -1) + (text.endsWith("0") ? "1" : "0"),
  base64: (text) => Buffer.from(text).toString("base64"),
};

/** The template with each `{{…}}` in its texts filled in; one that means nothing is a mistake of the table. */
function fill(template, values) {
  if (Array.isArray(template)) return template.map((item) => fill(item, values));
  if (typeof template === "object" && template !== null) {
    const entries = Object.entries(template);
    return Object.fromEntries(entries.map(([name, value]) => [fill(name, values), fill(value, values)]));
  }
  return typeof template === "string" ? template.replaceAll(/\{\{(.*?)\}\}/g, (_, words) => valueOf(words, values)) : template;
}

function valueOf(words, values) {
  const [, first, rest] = /^(?:(\w+) )?(.+)$/.exec(words);
  if (first === "days") return new Date(Date.now() + Number(rest) * DAY_MILLISECONDS).toISOString();
  const value = values[rest];
  assert.ok(value !== undefined, `{{${words}}}: there is no ${rest} in the world`);
  if (first === undefined) return value;
  assert.ok(first in FUNCTIONS, `{{${words}}}: ${first} is not known`);
  return FUNCTIONS[first](value);
}
