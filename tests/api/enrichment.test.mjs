// What does the built Worker put into events when it receives them?

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { startWorker } from "../support/harness.mjs";
import { always, makeProject } from "../support/project.mjs";

let worker;
let project;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
});

after(() => worker?.close());

const cf = {
  city: "Warsaw", region: "Mazovia", regionCode: "14", country: "PL", continent: "EU", postalCode: "00-001",
  longitude: "21.01222", latitude: "52.22977", timezone: "Europe/Warsaw",
};
const warsaw = {
  city: "Warsaw", province: "Mazovia", country: "Poland", country_code: "PL", continent: "Europe", postal_code: "00-001",
  coordinates: [21.01222, 52.22977], timezone: "Europe/Warsaw",
};

/** Records as Cloudflare hands a request over: with the caller's address in a header, and where it is beside it. */
async function recordFrom(address, path, body, { key = project.keys.write, agent = "keyhole-test/1", place = cf } = {}) {
  const headers = { authorization: key, "user-agent": agent, ...(address ? { "cf-connecting-ip": address } : {}) };
  const target = `https://keyhole.example/3.0/projects/${project.id}/events${path}`;
  const response = await worker.dispatch(target, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), cf: place });
  return { status: response.status, text: await response.text() };
}

async function stored(collection, from = project) {
  const answered = await from.query("extraction", { event_collection: collection, timeframe: always });
  return answered.body.result.map(({ keen, ...event }) => event);
}

const ipToGeo = (more = {}) => ({ addons: [{ name: "keen:ip_to_geo", input: { ip: "ip", ...more }, output: "geo" }] });
const urlTo = (output) => ({ addons: [{ name: "keen:url_parser", input: { url: "u" }, output }] });

test("placeholders are the caller's address and browser, in single events, batches and images", async () => {
  const event = { ip: "${keen.ip}", deep: [{ agent: "${keen.user_agent}" }] };
  await recordFrom("203.0.113.7", "/c", event);
  await recordFrom("203.0.113.7", "", { c: [event] });
  await recordFrom("203.0.113.7", `/c?data=${encodeURIComponent(Buffer.from(JSON.stringify(event)).toString("base64"))}`);
  assert.deepEqual(await stored("c"), Array(3).fill({ ip: "203.0.113.7", deep: [{ agent: "keyhole-test/1" }] }));
});

test("what is not known of the caller is null; on a machine of one's own the address is its own", async () => {
  await recordFrom(undefined, "/unknown", { ip: "${keen.ip}", agent: "${keen.user_agent}" }, { agent: "" });
  await recordFrom("nowhere", "/unknown", { ip: "${keen.ip}" });
  const found = await stored("unknown");
  assert.deepEqual(found.find(({ agent }) => agent !== undefined), { ip: "127.0.0.1", agent: null });
  assert.deepEqual(found.find(({ agent }) => agent === undefined), { ip: null });
});

test("a caller's address is where the network says, and another's address is nowhere", async () => {
  await recordFrom("203.0.113.7", "", { places: [
    { n: 1, ip: "${keen.ip}", keen: ipToGeo() },
    { n: 2, ip: "203.0.113.7", keen: ipToGeo({ remove_ip_property: true }) },
    { n: 3, ip: "198.51.100.1", keen: ipToGeo({ remove_ip_property: true }) },
    { n: 4, ip: "198.51.100.1", geo: { mine: true }, keen: ipToGeo() },
  ] });
  const found = (await stored("places")).sort((one, other) => one.n - other.n);
  assert.deepEqual(found, [
    { n: 1, ip: "203.0.113.7", geo: warsaw },
    { n: 2, geo: warsaw },
    { n: 3 },
    { n: 4, ip: "198.51.100.1", geo: { mine: true } },
  ]);
});

test("where the network knows nothing, or something else than it should, the event is stored without a place", async () => {
  const nothing = Object.fromEntries(Object.keys(cf).map((name) => [name, null]));
  for (const place of [nothing, { ...nothing, city: 3, country: {}, longitude: [], latitude: "north" }]) {
    const answered = await recordFrom("203.0.113.7", "/nowhere", { ip: "${keen.ip}", keen: ipToGeo() }, { place });
    assert.equal(answered.status, 201, answered.text);
  }
  const found = await stored("nowhere");
  assert.equal(found.length, 2);
  for (const { ip, geo } of found) assert.deepEqual([ip, geo?.coordinates, geo?.city], ["203.0.113.7", undefined, undefined]);
});

test("a wrong add-on refuses its event only, and says where", async () => {
  const answered = await project.record({ mixed: [
    { n: 1 },
    { n: 2, keen: { addons: [{ name: "keen:holiday_parser", input: {}, output: "a" }] } },
    { n: 3, u: "https://a.example/", keen: urlTo("keen.url") },
    { n: 4, u: "no url", keen: urlTo("url") },
  ] });
  assert.deepEqual(answered.body.mixed.map(({ success, error }) => success || error.name), [true, "InvalidPropertyValueError", "InvalidPropertyValueError", true]);
  assert.match(answered.body.mixed[1].error.description, /^At \/mixed\/1\/keen\/addons\/0\/name: Expected the name of an add-on.*'keen:holiday_parser'/);
  assert.match(answered.body.mixed[2].error.description, /^At \/mixed\/2\/keen\/addons\/0\/output: .*below `keen`/);
  assert.deepEqual((await stored("mixed")).map(({ n }) => n).sort(), [1, 4]);
  const single = await project.call("POST", "/events/mixed", { key: project.keys.write, body: { keen: { addons: 1 } } });
  assert.deepEqual([single.status, single.body.error_code], [400, "InvalidPropertyValueError"]);
  assert.match(single.body.message, /^At \/keen\/addons: /);
});

test("an event that would be too large with what is found is stored without it, and one that placeholders swell is refused", async () => {
  const filler = "x".repeat(899_900);
  const kept = await project.call("POST", "/events/large", { key: project.keys.write, body: { a: filler, u: "https://a.example/", keen: urlTo("found") } });
  assert.equal(kept.status, 201, kept.text.slice(0, 200));
  assert.deepEqual((await stored("large")).map((event) => Object.keys(event)), [["a", "u"]]);
  const agent = "y".repeat(2_000);
  const many = Array(10_000).fill("${keen.user_agent}");
  const swollen = await recordFrom("203.0.113.7", "/large", { many }, { agent });
  assert.equal(swollen.status, 400);
  assert.match(swollen.text, /InvalidPropertyValueError/);
  await recordFrom("203.0.113.7", "/cut", { agent: "${keen.user_agent}" }, { agent });
  assert.deepEqual(await stored("cut"), [{ agent: "y".repeat(1_000) }]);
});

test("attack: a small batch does not swell beyond all bounds, and what add-ons find does not either", async () => {
  const many = Array(100).fill("${keen.user_agent}");
  const swollen = await recordFrom("203.0.113.7", "", { swollen: Array(200).fill({ many }) }, { agent: "y".repeat(1_000) });
  const outcomes = JSON.parse(swollen.text).swollen.map(({ success, error }) => success || error.name);
  assert.deepEqual(outcomes, [...Array(100).fill(true), ...Array(100).fill("InvalidBatchError")]);
  const u = `https://a.example/${"x".repeat(8_000)}`;
  const addons = Array.from({ length: 10 }, (_, at) => ({ name: "keen:url_parser", input: { url: "u" }, output: `at${at}` }));
  const answered = await project.record({ found: Array(500).fill({ u, keen: { addons } }) });
  assert.ok(answered.body.found.every(({ success }) => success), "an event was lost");
  const outputs = addons.map(async ({ output }) => {
    const filters = [{ property_name: `${output}.domain`, operator: "exists", property_value: true }];
    return (await project.query("count", { event_collection: "found", timeframe: always, filters })).body.result;
  });
  const found = (await Promise.all(outputs)).reduce((sum, count) => sum + count, 0);
  assert.ok(found > 1_000 && found * 8_000 <= 10_000_000, `${found} outputs`);
});

test("attack: through an add-on nobody writes what their key may not", async () => {
  const writer = async (writes) => (await project.key({ name: "k", permitted: ["writes"], options: { writes } })).key;
  const u = "https://evil.example/";
  const pinned = await writer({ autofill: { customer: { domain: "acme", ip: "${keen.ip}" } } });
  await recordFrom("203.0.113.7", "/attacked", { u, keen: urlTo("customer") }, { key: pinned });
  const [{ customer }] = await stored("attacked");
  assert.deepEqual([customer.domain, customer.ip, customer.protocol], ["acme", "203.0.113.7", "https"]);
  for (const writes of [
    { properties: { only: ["u"] } },
    { properties: { except: ["customer.domain"] } },
    { filters: [{ property_name: "customer.domain", operator: "eq", property_value: "acme" }] },
  ]) {
    const answered = await recordFrom("203.0.113.7", "/attacked", { u, customer: { domain: "acme" }, keen: urlTo("customer") }, { key: await writer(writes) });
    assert.deepEqual([answered.status, JSON.parse(answered.text).error_code], [403, "RequestForbiddenError"], JSON.stringify(writes));
  }
  assert.equal((await stored("attacked")).length, 1);
});

test("a placeholder that a key and its maker both fill in is one address to both", async () => {
  const writes = { autofill: { ip: "${keen.ip}" }, properties: { only: ["n"] } };
  const maker = await project.key({ name: "maker", permitted: ["writes", "keys"], options: { writes } });
  const made = await project.call("POST", "/keys", { key: maker.key, body: { name: "made", permitted: ["writes"], options: { writes } } });
  assert.equal(made.status, 201, made.text);
  const { key } = made.body;
  assert.equal((await recordFrom("203.0.113.7", "/in a line", { n: 1 }, { key })).status, 201);
  assert.equal((await recordFrom("203.0.113.7", "/in a line", { n: 2, ip: "198.51.100.1" }, { key })).status, 403);
  assert.deepEqual(await stored("in a line"), [{ n: 1, ip: "203.0.113.7" }]);
});

test("attack: a placeholder that a key fills in proves nothing about its filters", async () => {
  const filters = [{ property_name: "ip", operator: "ne", property_value: "203.0.113.7" }];
  const maker = await project.key({ name: "maker", permitted: ["writes", "keys"], options: { writes: { filters } } });
  const body = { name: "made", permitted: ["writes"], options: { writes: { autofill: { ip: "${keen.ip}" } } } };
  const made = await project.call("POST", "/keys", { key: maker.key, body });
  assert.deepEqual([made.status, made.body.error_code], [403, "RequestForbiddenError"]);
  assert.match(made.body.message, /\/options\/writes\/filters/);
});

const folder = new URL("../vectors/enrichments/", import.meta.url);
for (const name of readdirSync(folder)) {
  const { about, addons, cases } = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  test(`vectors: ${about}`, async () => {
    const own = await makeProject(worker);
    const events = cases.map(({ event, surroundings, key }, n) => {
      if (surroundings || key || JSON.stringify(event).includes("${keen")) return undefined;
      return { n, ...event, ...(addons && !event.keen ? { keen: { addons } } : {}) };
    });
    const sent = events.filter(Boolean);
    const answered = await own.record({ c: sent });
    assert.equal(answered.status, 200, answered.text);
    const kept = new Map((await stored("c", own)).map((event) => [event.n, event]));
    for (const [at, { n }] of sent.entries()) {
      const { name, stored, found, error } = cases[n];
      const outcome = answered.body.c[at];
      if (error) {
        assert.equal(outcome.error?.name, error.error_code, name);
        assert.ok(outcome.error.description.startsWith(`At /c/${at}${error.pointer}: `), outcome.error.description);
        continue;
      }
      assert.deepEqual(outcome, { success: true }, name);
      if (stored) assert.deepEqual(kept.get(n), { n, ...stored }, name);
      else assert.deepEqual(kept.get(n).found ?? null, found, name);
    }
  });
}
