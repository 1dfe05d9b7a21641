// How do events get in? As a customer's server would send them: in batches, over HTTP.

import { newOrganization } from "../../xtask/scripts/organization.mjs";
import { COLLECTION, TYPICAL } from "./events.mjs";

/** What the typical customer's key narrows every question to. */
const filters = [{ property_name: "customer.id", operator: "eq", property_value: TYPICAL }];

/** The question that the typical customer's key makes of one: whoever is told what was read may ask it. */
export function narrowed({ title, analysis, body }) {
  const narrow = (asked) => ({ ...asked, filters: [...filters, ...(asked.filters ?? [])] });
  return { title, analysis, body: body.steps ? { ...body, steps: body.steps.map(narrow) } : narrow(body) };
}

/** Makes a project with one access key for the typical customer. Gives `{id, write, read, master, scoped, database}`. */
export async function makeProject(place, database) {
  const { id, key, sql } = newOrganization("Benchmark");
  for (const statement of sql) await place.sql(statement, [], { database });
  const made = await post(place, database, key, `/3.0/organizations/${id}/projects`, { name: "Benchmark" });
  const { write_key: write, read_key: read, master_key: master } = made.api_keys;
  const definition = { name: TYPICAL, is_active: true, permitted: ["queries"], options: { queries: { filters } } };
  const scoped = await post(place, database, master, `/3.0/projects/${made.id}/keys`, definition);
  return { id: made.id, write, read, master, scoped: scoped.key, database };
}

/** Gathers events of one project and sends them when a batch is full. */
export function recorder(place, project, batch = 5_000) {
  let waiting = [];
  const done = { events: 0, milliseconds: 0 };
  const send = async () => {
    if (waiting.length === 0) return;
    const { events, milliseconds } = await record(place, project, waiting);
    done.events += events;
    done.milliseconds += milliseconds;
    waiting = [];
  };
  return {
    done,
    send,
    add: async (event) => {
      waiting.push(event);
      if (waiting.length === batch) await send();
    },
  };
}

/** Sends one batch. The time is that of the request alone. */
export async function record(place, project, events) {
  const body = JSON.stringify({ [COLLECTION]: events });
  const began = performance.now();
  const response = await place.fetch(`/3.0/projects/${project.id}/events`, {
    method: "POST",
    headers: { authorization: project.write },
    database: project.database,
    body,
  });
  const text = await response.text();
  const milliseconds = performance.now() - began;
  const stored = response.ok ? JSON.parse(text)[COLLECTION].filter(({ success }) => success).length : 0;
  if (stored !== events.length) throw new Error(`a batch was refused: ${response.status} ${text.slice(0, 1000)}`);
  return { events: stored, milliseconds };
}

async function post(place, database, key, path, body) {
  const options = { method: "POST", headers: { authorization: key }, database, body: JSON.stringify(body) };
  const response = await place.fetch(path, options);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}
