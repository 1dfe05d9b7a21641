// Where does the Worker run while it is measured? In workerd, on this machine only, on new databases.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "../../xtask/scripts/run.mjs";

/** `DB` has all events, `FOURTH` and `SIXTEENTH` that part of the foreign ones, `EMPTY` none. */
const DATABASES = ["DB", "FOURTH", "SIXTEENTH", "EMPTY"];

/**
 * Starts it. Gives `{fetch, sql, close}`; both take the database's name in their options.
 *
 * Miniflare without wrangler around it: the latter adds milliseconds to each request, and they
 * would hide what is measured.
 */
export async function startPlace() {
  const folder = mkdtempSync(path.join(tmpdir(), "keyhole-bench-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  const { Miniflare } = miniflare();
  const runtime = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    logRequests: false,
    telemetry: { enabled: false },
    resourcePersistencePath: folder,
    workers: [{ config: worker() }],
  });
  const url = await runtime.ready;
  const place = {
    folder,
    fetch: (to, { database, headers, ...options } = {}) =>
      fetch(new URL(to, url), { ...options, headers: { ...headers, ...(database ? { "bench-database": database } : {}) } }),
    close: async () => {
      await runtime.dispose();
      remove();
    },
  };
  place.sql = async (sql, parameters = [], options = {}) => {
    const body = JSON.stringify({ sql, parameters });
    const response = await place.fetch("/bench/sql", { ...options, method: "POST", body });
    const text = await response.text();
    if (!response.ok) throw new Error(`by hand: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  for (const database of DATABASES) await migrate(place, database);
  return place;
}

/** wrangler brings it along, in the version that belongs to it. */
function miniflare() {
  const ours = createRequire(import.meta.url);
  return createRequire(ours.resolve("wrangler"))("miniflare");
}

function worker() {
  const modules = ["tests/bench/entry.mjs", "worker/shim.mjs", ...list("build/worker")];
  return {
    name: "keyhole",
    compatibilityDate: setting("compatibility_date"),
    manifest: {
      mainModule: modules[0],
      modules: Object.fromEntries(modules.map((name) => [name, module(name)])),
    },
    env: {
      KEY_SEAL: { type: "text", value: "5ea1".repeat(16) },
      // One key asks thousands of questions here.
      QUERY_RATE_LIMIT: { type: "text", value: "off" },
      ...Object.fromEntries(DATABASES.map((name) => [name, { type: "d1", id: name.toLowerCase() }])),
    },
    exports: {},
  };
}

function module(name) {
  const contents = readFileSync(path.join(root, name));
  return name.endsWith(".wasm") ? { type: "wasm", contents } : { type: "esm", contents: contents.toString() };
}

function list(folder) {
  return readdirSync(path.join(root, folder), { recursive: true })
    .map(String)
    .filter((name) => /\.(js|wasm)$/.test(name))
    .map((name) => path.posix.join(folder, name));
}

function setting(name) {
  const text = readFileSync(path.join(root, "wrangler.toml"), "utf8");
  return new RegExp(`^${name} = "(.*)"$`, "m").exec(text)[1];
}

async function migrate(place, database) {
  const folder = path.join(root, "worker", "migrations");
  for (const name of readdirSync(folder).sort()) {
    const text = readFileSync(path.join(folder, name), "utf8").replace(/--.*$/gm, "");
    for (const statement of text.split(";")) {
      if (statement.trim()) await place.sql(statement, [], { database });
    }
  }
}
