// How does a test get a project of its own, and talk to it?

import assert from "node:assert/strict";
import { newOrganization } from "../../xtask/scripts/organization.mjs";
import { describedBy } from "./description.mjs";

/** A timeframe that holds every event there can be. */
export const always = { start: "0001-01-01T00:00:00Z", end: "9999-12-31T23:59:59.999Z" };

/** Makes an organization in the worker's database. Gives `{id, key}`. */
export async function makeOrganization(worker, name = "Test organization") {
  const { id, key, sql } = newOrganization(name);
  await worker.db.batch(sql.map((statement) => worker.db.prepare(statement)));
  return { id, key };
}

/**
 * Makes a project of its own. Gives `{id, keys: {master, write, read}, organization, call, record, query, key}`;
 * `call(method, path, {key, body, headers})` answers `{status, body, headers, text}`.
 */
export async function makeProject(worker, definition = { name: "Test project" }) {
  const organization = await makeOrganization(worker);
  const answered = await call(worker, "POST", `/3.0/organizations/${organization.id}/projects`, {
    key: organization.key,
    body: definition,
  });
  if (answered.status !== 201) throw new Error(`no project: ${answered.status} ${answered.text}`);
  const { id, api_keys } = answered.body;
  const keys = { master: api_keys.master_key, write: api_keys.write_key, read: api_keys.read_key };
  const at = (path) => `/3.0/projects/${id}${path}`;
  const project = {
    id,
    keys,
    organization,
    call: (method, path, options) => call(worker, method, at(path), options),
    record: (events, key = keys.write) => call(worker, "POST", at("/events"), { key, body: events }),
    query: (analysis, body, key = keys.read) => call(worker, "POST", at(`/queries/${analysis}`), { key, body }),
    key: async (definition) => {
      const made = await call(worker, "POST", at("/keys"), { key: keys.master, body: definition });
      if (made.status !== 201) throw new Error(`no key: ${made.status} ${made.text}`);
      return made.body;
    },
  };
  return project;
}

/** One request; a body that is no string is sent as JSON. Whatever is answered must be as the API is described. */
export async function call(worker, method, path, { key, body, headers = {} } = {}) {
  const response = await worker.fetch(path, {
    method,
    headers: { ...(key ? { authorization: key } : {}), ...headers },
    body: body === undefined || typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  const text = await response.text();
  let parsed;
  try {
    parsed = text === "" ? undefined : JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  const answered = { status: response.status, headers: response.headers, text, body: parsed };
  const differences = (await describedBy(worker)).differences(method, path, answered);
  assert.deepEqual(differences, [], "the answer is not as worker/openapi says");
  return answered;
}

/** The events of a collection once there are so many, the oldest first; those that there are after ten seconds. */
export async function storedAtLast(project, collection, count) {
  const until = Date.now() + 10_000;
  for (;;) {
    const { status, body } = await project.query("extraction", { event_collection: collection, timeframe: always });
    const events = status === 200 ? body.result : [];
    if (events.length >= count || Date.now() > until) return events;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A key that sees the events of one customer only. */
export function customerKey(customer, more = {}) {
  const filter = { property_name: "customer.id", operator: "eq", property_value: customer };
  return { name: `key of ${customer}`, permitted: ["queries"], options: { queries: { filters: [filter] } }, ...more };
}
