// What happens between `npm start` and an address to open?
//
// npm start [-- --port N] [-- --empty]

import { fileURLToPath } from "node:url";
import { requirePort } from "./requirements.mjs";
import { recentNode, start } from "./run.mjs";
import { setUp } from "./setup.mjs";
import { main, Problem, say } from "./steps.mjs";

const PORT = 8787;

main(async () => {
  const { port, empty } = options(process.argv.slice(2));
  endWithNpm();
  await requirePort(port);
  await setUp();
  say("everything is built");
  const serve = fileURLToPath(new URL("serve.mjs", import.meta.url));
  const parameters = [serve, String(port), ...(empty ? ["--empty"] : [])];
  const server = start(recentNode(), parameters, { stdio: "inherit" });
  return (await server.ended).code;
});

/** Who ends npm ends only npm and its shell: nobody tells us, and the port would stay taken. */
function endWithNpm() {
  if (process.env.npm_lifecycle_event !== "start") return;
  const shell = process.ppid;
  setInterval(() => process.ppid === shell || process.kill(process.pid, "SIGTERM"), 500).unref();
}

function options(words) {
  const chosen = { port: PORT, empty: false };
  while (words.length > 0) {
    const word = words.shift();
    if (word === "--empty") chosen.empty = true;
    else if (word === "--port") chosen.port = Number(words.shift());
    else throw new Problem(`${word} is not known: npm start [-- --port N] [-- --empty]`);
  }
  if (Number.isInteger(chosen.port) && chosen.port > 0 && chosen.port < 65536) return chosen;
  throw new Problem("--port wants a number from 1 to 65535: npm start -- --port 8788");
}
