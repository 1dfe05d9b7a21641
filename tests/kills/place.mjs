// How does a Worker run that is killed at any moment, and started again over the same database?

import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { run, start, wrangler } from "../../xtask/scripts/run.mjs";
import { newOrganization } from "../../xtask/scripts/organization.mjs";

const PATIENCE_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 20;

/**
 * Makes an empty database in a folder of its own, with an organization in it. Gives `{organization, open, remove}`:
 * `open(vars)` starts a Worker over it, `{url, call, tick, kill}`; `sql(text)` is for while none runs.
 */
export async function makePlace() {
  const folder = mkdtempSync(path.join(tmpdir(), "keyhole-kills-"));
  const where = ["DB", "--local", "--persist-to", folder];
  await run(...wrangler("d1", "migrations", "apply", ...where));
  const execute = (text) => run(...wrangler("d1", "execute", ...where, "--yes", "--command", text));
  const { sql, ...organization } = newOrganization("Killed");
  await execute(`${sql.join("; ")};`);
  const port = await freePort();
  return {
    organization,
    open: (vars = {}) => open(folder, port, vars),
    sql: execute,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** wrangler with its workerd in a process group of their own: what is killed is all of it, and nothing else. */
async function open(folder, port, vars) {
  const quiet = ["--inspector-port", "0", "--show-interactive-dev-session=false", "--log-level", "warn"];
  const given = Object.entries({ KEY_SEAL: "5ea1".repeat(16), QUERY_RATE_LIMIT: "off", ...vars });
  const said = given.flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  const place = ["--ip", "127.0.0.1", "--port", String(port), "--persist-to", folder, "--test-scheduled"];
  const server = start(...wrangler("dev", ...place, ...quiet, ...said));
  let printed = "";
  for (const stream of [server.stdout, server.stderr]) stream.setEncoding("utf8").on("data", (text) => (printed += text));
  const url = `http://127.0.0.1:${port}`;
  let isKilled = false;
  const worker = {
    url,
    call: (method, target, key, body) => call(url, method, target, key, body),
    /** One strike of the clock; undefined where the Worker died of it. */
    tick: () => call(url, "GET", "/cdn-cgi/handler/scheduled?cron=*+*+*+*+*"),
    /** SIGKILL, to every process of the group at once. Answered when they are gone. */
    kill: async () => {
      isKilled = true;
      process.kill(-server.pid, "SIGKILL");
      await server.ended;
      await untilGone(server.pid);
    },
  };
  const ended = server.ended.then(() => isKilled || Promise.reject(new Error(`the Worker ended by itself: ${printed}`)));
  ended.catch(() => {});
  await Promise.race([ended, untilItAnswers(worker)]);
  return worker;
}

/** `{status, body}`, or undefined where the connection broke: then nobody knows what became of it. */
async function call(url, method, target, key, body) {
  try {
    const headers = key ? { authorization: key } : {};
    const response = await fetch(`${url}${target}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, text, body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : undefined };
  } catch {
    return undefined;
  }
}

async function untilItAnswers(worker) {
  const until = Date.now() + PATIENCE_MILLISECONDS;
  while (Date.now() < until) {
    if ((await worker.call("GET", "/health"))?.status === 200) return;
    await pause(POLL_MILLISECONDS);
  }
  throw new Error(`the Worker did not answer within ${PATIENCE_MILLISECONDS / 1000} s`);
}

/** A killed process holds its files and its port until the system has taken it apart. */
async function untilGone(group) {
  const until = Date.now() + PATIENCE_MILLISECONDS;
  while (Date.now() < until) {
    try {
      process.kill(-group, 0);
    } catch {
      return;
    }
    await pause(POLL_MILLISECONDS);
  }
  throw new Error("the killed processes are still there");
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
