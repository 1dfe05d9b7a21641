// What is a world? A key with a scope, events inside and outside of it, and who may become what.

import { Random } from "./random.mjs";
import { isInScope } from "./scope.mjs";

const LONG = `long ${"ż".repeat(120)}`;
/** Values that engines like to take for one another. */
const IDS = ["a", "b", "A", "a ", "ą", "a\u0328", "", 1, "1", 1.5, 0, true, "true", false, null, "null", LONG, `${LONG}.`, "𝒳", "%"];
const LISTS = [["a", "b"], ["b"], [], [1, "1", null], [["a"]], [true], { id: "a" }, { a: "a" }, {}];
const NUMBERS = [0, 1, 2, 3, 7, 10, -5, 0.1, 0.2, 0.3, 1e-9, 1e15, 9007199254740991, -1.5, 1e300, 19.99];
const OTHERS = ["12", "", null, true, [1, 2], { x: 1 }, "ż", "𝒳 and ｘ"];
const NOTES = ["alpha 1", "alpha 2", "Beta", "beta\nline", "żółw", "𝒳", "100%", "a_b", "", "null", "{\"a\":1}", "'; --"];

/** Instants at, before and after edges of days, weeks and months, and of a change of clocks. */
export const INSTANTS = [
  "2026-01-01T00:00:00.000Z", "2026-01-04T00:00:00.000Z", "2026-01-31T23:59:59.999Z", "2026-02-01T00:00:00.000Z",
  "2026-02-01T00:00:00.001Z", "2026-02-14T12:00:00.000Z", "2026-02-14T13:00:00.000Z", "2026-02-28T23:00:00.000Z",
  "2026-03-01T00:00:00.000Z", "2026-03-05T00:00:00.000Z", "2026-03-28T23:30:00.000Z", "2026-03-29T01:00:00.000Z",
  "2026-03-31T22:00:00.000Z", "1969-12-31T23:59:59.999Z", "2031-06-01T00:00:00.000Z",
];
const TOKENS = ["t1", "t2", "t3", "t4", "t5", "t6"];

const test = (property_name, operator, property_value) => ({ property_name, operator, property_value });
const or = (...operands) => ({ operator: "or", operands });
const scalar = (random) => random.pick(IDS.filter((id) => typeof id !== "object"));

/** Kinds of scope: filters, and properties that make an event likely to be inside. */
const SCOPES = [
  (random) => {
    const id = random.pick(IDS);
    return { filters: [test("customer.id", "eq", id)], inside: () => customer(random.pick([id, id, id, ["x", id]])) };
  },
  (random) => {
    const ids = random.some(IDS, 1, 4);
    return { filters: [test("customer.id", "in", ids)], inside: () => customer(random.pick([...ids, [random.pick(ids)]])) };
  },
  (random) => {
    const [id, team] = [scalar(random), scalar(random)];
    const filters = [test("team", "eq", team), ...(random.oneIn(2) ? [test("customer.id", "eq", id)] : [])];
    return { filters: random.shuffled(filters), inside: () => ({ ...customer(id), team }) };
  },
  (random) => {
    const [id, team, user] = [scalar(random), scalar(random), random.pick(["u1", "u2", 1])];
    const inner = or(test("team", "eq", team), test("user", "eq", user));
    const filters = [random.oneIn(2) ? or(test("customer.id", "eq", id), inner) : or(inner)];
    if (random.oneIn(2)) filters.push(test("n", "exists", true));
    return { filters, inside: () => ({ ...random.pick([customer(id), { team }, { user }]), n: random.pick(NUMBERS) }) };
  },
  (random) => {
    const team = scalar(random);
    const filters = [test("team", "ne", team), test("customer.id", "in", ["a", "b", 1, null])];
    return { filters, inside: () => ({ ...customer(random.pick(["a", "b", 1, null])), team: random.pick(["other", null, []]) }) };
  },
  (random) => {
    const [id, least] = [scalar(random), random.pick([0, 1, 2.5])];
    const filters = [test("n", "gte", least), ...(random.oneIn(2) ? [or(test("customer.id", "eq", id), test("team", "exists", false))] : [])];
    return { filters, inside: () => ({ ...customer(id), n: random.pick(NUMBERS.filter((n) => n >= least)) }) };
  },
  () => ({ filters: [test("customer.id", "regex", "^a"), test("note", "regex", "a")], inside: () => ({ ...customer("a"), note: "alpha 1" }) }),
  (random) => {
    const part = random.pick(["a", "b", "ż"]);
    return { filters: [or(test("team", "contains", part), test("customer.id", "regex", `${part}$`))], inside: () => ({ team: `x${part}`, ...customer(part) }) };
  },
];

const customer = (id) => ({ customer: { id } });

/** World number `index` of a seed; the same whatever other worlds there are. */
export function makeWorld(seed, index) {
  const random = new Random(seed, "world", index);
  const { filters, inside } = random.pick(SCOPES)(random);
  const names = { main: `c${index}`, second: `d${index}` };
  const queries = { filters, ...restrictions(random, names) };
  const collections = Object.values(names);
  const foreignTo = (collection, event) => !isInScope(queries, collection, event);

  const anyEvent = (aimed) => event(random, aimed ? inside() : {});
  const foreignEvent = (collection) => {
    for (let tries = 0; tries < 100; tries += 1) {
      const made = anyEvent(random.oneIn(4));
      if (foreignTo(collection, made)) return made;
    }
    return undefined;
  };
  const batch = (make) => Object.fromEntries(collections.map((collection) => [collection, make(collection).filter(Boolean)]));
  const isEmpty = (collection) => collection === names.second && random.oneIn(6);
  return {
    index,
    names,
    definition: { name: `world ${index}`, permitted: ["queries"], options: { queries } },
    /** Events of all kinds, those meant to be inside first: a foreign one with the same id comes too late. */
    first: batch((collection) => (isEmpty(collection) ? [] : random.times(18, (at) => anyEvent(at < 10)))),
    more: batch((collection) => random.times(10, () => foreignEvent(collection))),
    foreignTo,
    foreignEvent,
    random,
  };
}

/** What else may narrow a key. Seldom, so that most answers hold something. */
function restrictions(random, { main, second }) {
  const queries = {};
  if (random.oneIn(4)) queries.properties = random.pick([{ except: ["customer.margin"] }, { except: ["pad", "keen.id"] }, { only: ["n", "kind", "note", "customer", "user", "team", "keen"] }]);
  if (random.oneIn(6)) queries.collections = { allowed: random.pick([[main, second], [main], [main, second]]) };
  if (random.oneIn(4)) {
    queries.timeframe = random.pick([
      { oldest: "2026-01-04T00:00:00Z", newest: "2026-03-29T01:00:00Z" },
      { oldest: "2026-02-01T00:00:00Z" },
      { newest: "2026-03-01T00:00:00Z", max_span: "P60D" },
      { oldest: "2026-01-01T00:00:00Z", newest: "2026-04-01T00:00:00Z", mode: "deny" },
    ]);
  }
  if (random.oneIn(10)) queries.analyses = ["count", "sum", "select_unique", "extraction", "funnel", "multi_analysis", "median"];
  return queries;
}

function event(random, inside) {
  const maybe = (values, missing) => (random.oneIn(missing) ? {} : { value: random.pick(values) });
  const made = {};
  const put = (name, { value }) => value === undefined || (made[name] = value);
  put("n", maybe(random.oneIn(4) ? OTHERS : NUMBERS, 8));
  put("m", maybe(NUMBERS, 3));
  put("kind", maybe(["book", "lamp", "ż", "𝒳", ...OTHERS], 6));
  put("user", maybe(["u1", "u2", "u3", "u4", 1, "1", null, ["u1"], { id: 1 }], 8));
  put("note", maybe(NOTES, 5));
  put("team", maybe([...IDS, ...LISTS], 4));
  put("tags", maybe([["new"], ["new", "old", 1], [], "new", null], 3));
  put("place", maybe([[21, 52.2], [21.01, 52.23], [-74, 40.7], [200, 0], [21], "21,52"], 3));
  put("pad", maybe(["x".repeat(1_000), "ż".repeat(600)], 6 / 5));
  put("customer", maybe([...[...IDS, ...LISTS].map((id) => ({ id, margin: 0.3 })), null, "a", [{ id: "a" }], {}], 6));
  made.keen = { timestamp: random.pick(INSTANTS), ...(random.oneIn(3) && { uniqueness_token: random.pick(TOKENS) }) };
  return { ...made, ...inside };
}
