// How are other programs run, so that none outlives us and a missing one is said plainly?

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { Problem } from "./steps.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));

const running = new Set();
let stopping = false;

/** Ends every program we started, with what each has started itself. */
export function stopAll(signal = "SIGTERM") {
  for (const child of running) {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Gone already.
    }
  }
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
  process.once(signal, async () => {
    stopping = true;
    stopAll();
    const patience = Date.now() + 5000;
    while (running.size > 0 && Date.now() < patience) {
      await new Promise((wake) => setTimeout(wake, 50));
    }
    stopAll("SIGKILL");
    process.exit(code);
  });
}

/** Starts a program in a process group of its own, so that its children can be ended with it. */
export function start(command, parameters, options = {}) {
  const child = spawn(command, parameters, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    ...options,
    env: environment(options.env),
  });
  running.add(child);
  child.ended = new Promise((resolve) => {
    child.once("error", (error) => resolve({ error }));
    child.once("close", (code, signal) => resolve({ code: code ?? 1, signal }));
  }).then((end) => {
    running.delete(child);
    // That it ended because we were told to stop is nobody's news.
    return stopping ? new Promise(() => {}) : end;
  });
  return child;
}

/** Runs a program to its end; gives `{code, output}`. `onText` sees the output as it comes. */
export async function attempt(command, parameters, { onText, ...options } = {}) {
  const child = start(command, parameters, options);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      output += text;
      onText?.(text);
    });
  }
  const { code, error } = await child.ended;
  if (error?.code === "ENOENT") return { code: 127, output, missing: true };
  if (error) throw new Problem(`${command} could not be run: ${error.message}`);
  return { code, output };
}

/** Like `attempt`, where anything but success is a problem. `report` gets the latest line. */
export async function run(command, parameters, { report, ...options } = {}) {
  const onText = (text) => report?.(text.trimEnd().split("\n").at(-1));
  const { code, output, missing } = await attempt(command, parameters, { onText, ...options });
  if (missing) throw new Problem(`${command} is not installed, or not in PATH.`);
  if (code === 0) return output;
  throw new Problem(`This failed: ${[path.basename(command), ...parameters].join(" ")}`, output);
}

/** The Node that wrangler needs, from the npm package `node`, or our own if it is recent enough. */
export function recentNode() {
  const packaged = path.join(root, "node_modules", "node", "bin", "node");
  if (existsSync(packaged)) return packaged;
  if (Number(process.versions.node.split(".")[0]) >= 22) return process.execPath;
  throw new Problem(
    "The npm package `node` is there without its program: allow its install script and run `npm ci`, or use Node 22.",
  );
}

/** Ours, with what keeps wrangler from asking the network and from talking about itself. */
function environment(more) {
  return {
    ...process.env,
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_WRITE_LOGS: "false",
    PATH: [path.join(root, "node_modules", ".bin"), process.env.PATH].join(path.delimiter),
    ...more,
  };
}

/** The command and the parameters that run wrangler. */
export function wrangler(...parameters) {
  return [recentNode(), [path.join(root, "node_modules/wrangler/bin/wrangler.js"), ...parameters]];
}
