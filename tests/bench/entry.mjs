// What stands around the Worker while it is measured? Nothing, unless a request says so in a header.
//
// `bench-database: NAME`   another database than DB
// `bench-count: 1`         the answer says in `bench-round-trips` how often D1 was called
// POST /bench/sql          runs `{sql, parameters}` on the same binding; answers `{results, meta, milliseconds}`

import worker from "../../worker/shim.mjs";

const CALLS = new Set(["all", "batch", "dump", "exec", "first", "raw", "run"]);

export default {
  async fetch(request, environment, context) {
    const name = request.headers.get("bench-database") ?? "DB";
    const database = environment[name];
    if (new URL(request.url).pathname === "/bench/sql") return byHand(database, await request.json());
    if (!request.headers.has("bench-count")) return worker.fetch(request, { ...environment, DB: database }, context);
    const calls = { count: 0 };
    const answered = await worker.fetch(request, { ...environment, DB: counted(database, calls) }, context);
    const response = new Response(answered.body, answered);
    response.headers.set("bench-round-trips", String(calls.count));
    return response;
  },
};

async function byHand(database, { sql, parameters }) {
  const began = performance.now();
  const [{ results, meta }] = await database.batch([database.prepare(sql).bind(...parameters)]);
  return Response.json({ results, meta, milliseconds: performance.now() - began });
}

/** The same object, whose calls to D1 are counted; statements and sessions made by it are counted too. */
function counted(target, calls) {
  return new Proxy(target, {
    get(_, name) {
      const member = target[name];
      if (typeof member !== "function" || name === "constructor") return member;
      return (...parameters) => {
        if (CALLS.has(name)) calls.count += 1;
        const made = member.apply(target, parameters.map(bare));
        const makesMore = name === "prepare" || name === "bind" || name === "withSession";
        return makesMore ? wrap(made, calls) : made;
      };
    },
  });
}

/** What a proxy stands for: D1 itself wants its own objects. */
const behind = new WeakMap();

function wrap(target, calls) {
  const proxy = counted(target, calls);
  behind.set(proxy, target);
  return proxy;
}

function bare(value) {
  if (Array.isArray(value)) return value.map(bare);
  return behind.get(value) ?? value;
}
