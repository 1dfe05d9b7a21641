// How do the demo's events and access keys get into a project? Through the public API.

import { customersByStrikes, strikes } from "./strikes.mjs";

export const COLLECTION = "strikes";
const BATCH_EVENTS = 1_000;
const CUSTOMERS_WITH_KEY = 3;

/**
 * Records every strike with the write key, then makes an access key for each of the three airlines
 * with the most. Events that are there already are not stored again; keys are made anew each time.
 */
export async function loadDemo({ url, project, onProgress = () => {} }) {
  const api = `${url}/3.0/projects/${project.id}`;
  const events = strikes();
  onProgress(0, events.length);
  for (let done = 0; done < events.length; done += BATCH_EVENTS) {
    const batch = events.slice(done, done + BATCH_EVENTS);
    await record(api, project.write_key, batch);
    onProgress(done + batch.length, events.length);
  }
  const customers = customersByStrikes(events)
    .slice(0, CUSTOMERS_WITH_KEY)
    .map(({ id, name }) => ({ id, name }));
  const access_keys = {};
  for (const customer of customers) {
    access_keys[customer.id] = await makeAccessKey(api, project.master_key, customer);
  }
  return { access_keys, customers };
}

async function record(api, writeKey, events) {
  const answer = await post(`${api}/events`, writeKey, { [COLLECTION]: events });
  const outcomes = answer[COLLECTION] ?? [];
  if (outcomes.length !== events.length) {
    throw new Error(`${events.length} events were sent and ${outcomes.length} answered.`);
  }
  const refused = outcomes.find(({ success }) => !success);
  if (refused) throw new Error(`An event was refused: ${refused.error.name}: ${refused.error.description}`);
}

async function makeAccessKey(api, masterKey, { id, name }) {
  const filter = { property_name: "customer.id", operator: "eq", property_value: id };
  const { key } = await post(`${api}/keys`, masterKey, {
    name,
    is_active: true,
    permitted: ["queries"],
    options: { queries: { filters: [filter] } },
  });
  return key;
}

async function post(address, key, body) {
  const response = await fetch(address, {
    method: "POST",
    headers: { authorization: key, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${new URL(address).pathname} answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}
