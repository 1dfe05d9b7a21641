// Which attacks are in the table, and does one of them find more, or do more, than it may?

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { request } from "node:http";
import { isDeepStrictEqual } from "node:util";
import { always } from "./project.mjs";

const folder = new URL("../attacks/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, folder), "utf8"));

const REQUEST = ["as", "project", "analysis", "method", "path", "query", "headers", "body", "raw"];
const EXPECTED = ["result", "answer", "error_code", "text", "answer_headers", "at", "same_as", "then"];
const FIELDS = ["name", "narrowing", "fault", "status", ...REQUEST, ...EXPECTED];

/** Who may see everything: only their answers may hold what is marked in the world. */
const SEES_ALL = ["master", "read", "elsewhere_master", "elsewhere_read"];

export const world = read("world.json");

/** The files of the table; each with what is said for all of its attacks put into each. */
export function themes() {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json") && name !== "world.json");
  return names.sort().map((file) => {
    const { about, each = {}, attacks, ...others } = read(file);
    assert.deepEqual([typeof about, Object.keys(others)], ["string", []], file);
    unknown(file, each, REQUEST);
    return { file, about, attacks: attacks.map((attack) => checked(file, { ...each, ...attack, body: body(each, attack) })) };
  });
}

/** The parameters said for all, with the attack's own; a question in the address or as raw text stands alone. */
function body(each, attack) {
  const alone = Array.isArray(attack.body) || attack.raw !== undefined || attack.query !== undefined || attack.path !== undefined;
  return alone || each.body === undefined ? attack.body : { ...each.body, ...attack.body };
}

function checked(file, attack) {
  const what = `${file}: ${attack.name}`;
  assert.match(attack.name, /^[a-z0-9_]+$/, what);
  assert.equal(typeof attack.status, "number", `${what} states no status`);
  assert.ok(EXPECTED.some((field) => field in attack), `${what} tells nothing apart`);
  assert.ok(attack.body === undefined || attack.raw === undefined, `${what} has two bodies`);
  unknown(what, attack, FIELDS);
  return attack;
}

function unknown(what, object, known) {
  for (const field of Object.keys(object)) assert.ok(known.includes(field), `${what}: ${field} is not known`);
}

/** Makes the attack. Gives each way in which what came of it differs from what must; none when all is well. */
export async function attempt(worker, made, attack) {
  const filled = made.fill(attack);
  const answered = await send(worker.url, made, filled);
  const found = differences(filled, answered);
  if (!SEES_ALL.includes(filled.as)) {
    const told = Object.entries(made.credentials).filter(([, key]) => answered.whole.includes(key));
    for (const [name] of told) found.push(`the answer holds the key ${name}`);
    if (answered.whole.includes("canary")) found.push(`the answer holds what is marked: ${answered.text.slice(0, 500)}`);
  }
  if (filled.same_as) {
    const honest = await send(worker.url, made, { ...filled, ...filled.same_as });
    compare(found, "what the honest question answers", [answered.status, answered.text], [honest.status, honest.text]);
  }
  for (const { project = "home", analysis, body: asked, result } of filled.then ?? []) {
    const stored = await made[project].query(analysis, { timeframe: always, ...asked }, made[project].keys.master);
    compare(found, `then ${analysis} of ${asked.event_collection}`, stored.body?.result ?? stored.text, result);
  }
  return found;
}

function differences(attack, answered) {
  const found = [];
  const check = (field, value) => field in attack && compare(found, field, value(), attack[field]);
  compare(found, "status", answered.status, attack.status);
  check("text", () => answered.text);
  check("answer", () => withoutChance(answered.body));
  check("result", () => withoutChance(answered.body?.result));
  check("error_code", () => answered.body?.error_code);
  for (const [name, value] of Object.entries(attack.answer_headers ?? {})) {
    compare(found, `header ${name}`, answered.headers[name] ?? null, value);
  }
  for (const [pointer, value] of Object.entries(attack.at ?? {})) {
    const steps = pointer.split("/").slice(1);
    compare(found, pointer, steps.reduce((inside, step) => inside?.[step], answered.body) ?? null, value);
  }
  if (found.length > 0) found.push(`answered: ${answered.text.slice(0, 500)}`);
  return found;
}

function compare(found, what, value, expected) {
  if (!isDeepStrictEqual(value, expected)) found.push(`${what}: ${JSON.stringify(value)} instead of ${JSON.stringify(expected)}`);
}

/** Takes out of events what differs each time they are recorded. */
function withoutChance(value) {
  if (Array.isArray(value)) return value.map(withoutChance);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).map(([name, inner]) => [name, name === "keen" ? moment(inner) : withoutChance(inner)]);
  return Object.fromEntries(kept);
}

const moment = ({ id: _id, created_at: _createdAt, ...rest }) => rest;

/** One request, with its path and its headers as they stand: `fetch` would tidy them up. */
function send(origin, made, { as, project = "home", analysis, method = "POST", path, query, headers = {}, body, raw }) {
  const { hostname, port } = new URL(origin);
  const sent = bytes(body, raw);
  const target = (path ?? `/3.0/projects/${made[project].id}/queries/${analysis}`) + parameters(query);
  const all = { ...(as && { authorization: made.credentials[as] }), ...(sent && { "content-length": sent.length }), ...headers };
  assert.ok(!as || made.credentials[as], `there is no key called ${as}`);
  const arrived = new Promise((resolve, reject) => {
    const sending = request({ hostname, port, method, path: target, headers: all }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => resolve([response, Buffer.concat(parts).toString()]));
    });
    sending.on("error", reject);
    sending.end(sent);
  });
  return arrived.then(answer);
}

function answer([{ statusCode: status, headers }, text]) {
  const isJson = headers["content-type"]?.startsWith("application/json") && text !== "";
  return { status, headers, text, whole: JSON.stringify(headers) + text, body: isJson ? JSON.parse(text) : undefined };
}

/** `raw` is a text, or parts of one, each with how often it stands; else `body` is JSON. */
function bytes(body, raw) {
  if (raw === undefined) return body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const parts = Array.isArray(raw) ? raw : [raw];
  return Buffer.from(parts.map((part) => (Array.isArray(part) ? part[0].repeat(part[1]) : part)).join(""));
}

/** A text as it stands, or names with values; what is no text is sent as JSON. */
function parameters(query) {
  if (query === undefined || typeof query === "string") return query ? `?${query}` : "";
  const text = (value) => encodeURIComponent(typeof value === "string" ? value : JSON.stringify(value));
  const pairs = Array.isArray(query) ? query : Object.entries(query);
  return `?${pairs.map(([name, value]) => `${encodeURIComponent(name)}=${text(value)}`).join("&")}`;
}
