// How does the built Worker come to answer on this machine, with something to see?
//
// Called by start.mjs with the Node that wrangler needs: serve.mjs <port> [--empty]

import { appendFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fill, prepare } from "./demo.mjs";
import { ensureSecrets, folder, migrate, state } from "./local.mjs";
import { start, stopAll, wrangler } from "./run.mjs";
import { main, Problem, say, step } from "./steps.mjs";

const PATIENCE_MILLISECONDS = 60_000;
const log = path.join(folder, "worker.log");

main(async () => {
  const [port, empty] = process.argv.slice(2);
  const url = `http://localhost:${port}`;
  ensureSecrets();
  await migrate();
  const credentials = await prepare(url);

  const server = startWorker(port);
  const ended = server.ended.then(({ code }) => {
    throw new Problem(`The Worker stopped (wrangler ended with ${code}).`, server.printed);
  });
  try {
    await Promise.race([ended, step("starting the Worker", () => untilItAnswers(`http://127.0.0.1:${port}/health`))]);
    await Promise.race([ended, fill(credentials, { empty: Boolean(empty) })]);
    server.open = true;
    say(`ready: ${url}`);
    await ended;
  } finally {
    stopAll();
  }
});

function startWorker(port) {
  const quiet = ["--inspector-port", "0", "--show-interactive-dev-session=false", "--log-level", "warn"];
  const place = ["--ip", "127.0.0.1", "--port", port, "--persist-to", state];
  const server = start(...wrangler("dev", ...place, ...quiet));
  server.printed = "";
  writeFileSync(log, "");
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      appendFileSync(log, text);
      // Until it answers only a failure makes this worth reading.
      if (server.open) process.stderr.write(text);
      else server.printed += text;
    });
  }
  return server;
}

async function untilItAnswers(address) {
  const patience = Date.now() + PATIENCE_MILLISECONDS;
  while (Date.now() < patience) {
    const answer = await fetch(address).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer) return;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Problem(`The Worker did not answer within ${PATIENCE_MILLISECONDS / 1000} s: see .dev/worker.log.`);
}
