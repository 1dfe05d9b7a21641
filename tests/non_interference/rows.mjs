// How does an event change, or go, behind the API's back? Rows in D1, as the Worker would have written them.

import { createHash } from "node:crypto";

const WEEK = 604_800_000;

/** The stored events of these collections: `[{c, collection, event}]`, each event as the API shows it. */
export async function stored(db, project, collections) {
  const statement = db.prepare(
    "SELECT e.c, name, ts, e.id, json(body) AS body FROM collection JOIN event_with_body e ON e.c = collection.c " +
      "WHERE project = ? AND name IN (SELECT value FROM json_each(?)) ORDER BY e.c, ts, e.id",
  );
  const { results } = await statement.bind(project, JSON.stringify(collections)).all();
  return results.map(({ c, name, ts, id, body }) => {
    const event = JSON.parse(body);
    event.keen = { ...event.keen, timestamp: new Date(ts).toISOString(), id };
    return { c, collection: name, event };
  });
}

/** The statements that delete stored events. */
export function remove(db, events) {
  const places = JSON.stringify(events.map(({ c, event }) => [c, event.keen.id]));
  return ["event", "event_body", "event_token"].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE (c, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`).bind(places),
  );
}

/** The statement that makes others of stored events: of `[{c, event, changed, scopeProperty}]`. */
export function change(db, changes) {
  const rows = changes.map(({ c, event, changed: { keen, ...body }, scopeProperty }) => {
    const at = Date.parse(keen.timestamp);
    const scope = scopeOf(scopeProperty.split(".").reduce(below, body));
    return [c, event.keen.id, Math.floor(at / WEEK), scope, at, body];
  });
  return db
    .prepare(
      "UPDATE event SET wk = new ->> 2, scope = new ->> 3, ts = new ->> 4, body = jsonb_extract(new, '$[5]') " +
        "FROM (SELECT value AS new FROM json_each(?)) WHERE c = new ->> 0 AND id = new ->> 1",
    )
    .bind(JSON.stringify(rows));
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const below = (value, name) => (isObject(value) ? value[name] : undefined);

/** Where an event lies, as `scope` in the migrations has it. */
function scopeOf(value) {
  if (value === undefined) return "";
  if (Array.isArray(value)) return "[";
  if (isObject(value)) return "{";
  const json = JSON.stringify(value);
  return Buffer.byteLength(json) <= 128 ? json : `#${createHash("sha256").update(json).digest("hex")}`;
}
