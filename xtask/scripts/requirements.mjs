// Does this machine have what cannot come from a package?

import { createServer } from "node:net";
import { existsSync } from "node:fs";
import { attempt, run } from "./run.mjs";
import { Problem, step } from "./steps.mjs";

const NODE_MIN = 20;
const RUST_MIN = [1, 95];
const WASM = "wasm32-unknown-unknown";

export function requireNode() {
  const version = process.versions.node;
  if (Number(version.split(".")[0]) >= NODE_MIN) return;
  throw new Problem(`Node ${NODE_MIN} or newer is needed; this is Node ${version}.`);
}

export async function requireRust() {
  const { output, missing, code } = await attempt("rustc", ["--version"]);
  const cargo = await attempt("cargo", ["--version"]);
  if (missing || cargo.missing) {
    throw new Problem("Rust is missing: install it as https://rustup.rs says, then run this again.");
  }
  if (code !== 0) throw new Problem("rustc does not run.", output);
  const [major, minor] = output.split(" ")[1].split(".").map(Number);
  if (major < RUST_MIN[0] || (major === RUST_MIN[0] && minor < RUST_MIN[1])) {
    const wanted = RUST_MIN.join(".");
    throw new Problem(`Rust ${wanted} or newer is needed; this is ${major}.${minor}: run \`rustup update stable\`.`);
  }
  await requireCompiler();
  await requireWasm();
}

/** Rust links with it, and tests compile SQLite with it. */
async function requireCompiler() {
  if (process.platform === "win32") return;
  const { missing } = await attempt("cc", ["--version"]);
  if (!missing) return;
  throw new Problem("A C compiler is missing: on Debian, `apt-get install build-essential`.");
}

async function requireWasm() {
  const libraries = await run("rustc", ["--print", "target-libdir", "--target", WASM]);
  if (existsSync(libraries.trim())) return;
  await step("adding the wasm target to Rust", async (report) => {
    const { code, output, missing } = await attempt("rustup", ["target", "add", WASM], { onText: report });
    if (missing) throw new Problem(`Rust cannot compile to ${WASM}, and there is no rustup to add it with.`);
    if (code !== 0) throw new Problem(`rustup could not add ${WASM}.`, output);
  });
}

export async function requirePort(port) {
  const server = createServer();
  const error = await new Promise((resolve) => {
    server.once("error", resolve);
    server.listen({ port, host: "127.0.0.1" }, () => server.close(() => resolve(undefined)));
  });
  if (!error) return;
  const other = `choose another with \`npm start -- --port ${port + 1}\``;
  if (error.code === "EADDRINUSE") throw new Problem(`Port ${port} is taken: stop what uses it, or ${other}.`);
  throw new Problem(`Port ${port} cannot be used (${error.code}): ${other}.`);
}
