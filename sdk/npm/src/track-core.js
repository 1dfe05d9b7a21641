// How does the recorder's own Rust core come to life? As `core.js`, from fewer bytes.

import { bytesOf } from "./dense.js";
import { initSync } from "./track-bindgen.js";
import wasm from "./track-wasm-inline.js";

export { kept_delay_ms, project_url, Queue } from "./track-bindgen.js";

let started = false;

export function startCore() {
  if (started) return;
  initSync({ module: bytesOf(wasm) });
  started = true;
}
