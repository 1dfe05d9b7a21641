// How does a test get a Worker of its own, with an empty database?

import { fileURLToPath } from "node:url";
import { createTestHarness } from "wrangler";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A secret like any other, but the same in every test. */
export const KEY_SEAL = "5ea1".repeat(16);

/**
 * Starts the built Worker with its migrations applied. One for a test file is enough: tests that
 * must not meet make a project each. The Worker cannot reach the network.
 *
 * Gives `{url, db, fetch, fetchFrom, dispatch, logs, scheduled, close}`; `fetch` takes paths, `dispatch` whole
 * addresses that need not be this machine's, `db` is the D1 binding. Workers may stand beside it, as wrangler's
 * configuration has them: `fetchFrom(name, path, options)` asks one.
 */
export async function startWorker({ secrets = { KEY_SEAL }, vars, beside = [] } = {}) {
  const stopRefusing = refuseTheNetwork();
  const others = beside.map((config) => ({ config }));
  const harness = createTestHarness({ root, workers: [{ configPath: "wrangler.toml", secrets, vars }, ...others] });
  const { url } = await harness.listen();
  const worker = harness.getWorker();
  await worker.applyD1Migrations("DB");
  const { DB } = await worker.getEnv();
  return {
    url: url.origin,
    db: DB,
    fetch: (path, options) => harness.fetch(new URL(path, url), options),
    fetchFrom: (name, path, options) => harness.getWorker(name).fetch(new URL(path, url), options),
    dispatch: (address, options) => worker.fetch(address, options),
    logs: () => harness.getLogs(),
    scheduled: (event) => worker.scheduled(event),
    close: async () => {
      await harness.close();
      stopRefusing();
    },
  };
}

/** What the Worker fetches passes through this process, where only this machine is allowed. */
function refuseTheNetwork() {
  const allowed = globalThis.fetch;
  globalThis.fetch = (resource, options) => {
    const { hostname } = new URL(resource instanceof Request ? resource.url : String(resource));
    if (["localhost", "127.0.0.1", "[::1]"].includes(hostname)) return allowed(resource, options);
    return Promise.reject(new Error(`a test must not reach the network: ${hostname}`));
  };
  return () => (globalThis.fetch = allowed);
}
