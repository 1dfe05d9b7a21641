// How does the Rust core come to life? Compiled on first use, from bytes that travel in the bundle.
//
// Nothing happens on import, so a server can import the package without paying for it, and no
// bundler has to know what to do with a .wasm file.

import { initSync } from "./bindgen.js";
import { bytesOf } from "./dense.js";
import wasm from "./wasm-inline.js";

export { check_event, kept_delay_ms, project_url, QueryRequest, Queue, retry_delay_ms } from "./bindgen.js";

let compiled;
let started = false;

/** A module that is compiled already, for a platform that compiles none at run time. */
export function useCore(module) {
  compiled = module;
}

export function startCore() {
  if (started) return;
  initSync({ module: compiled ?? bytesOf(wasm) });
  started = true;
}
