// What is different in a Cloudflare Worker? It compiles no WebAssembly at run time, so its modules come compiled.

import core from "../keyhole_bg.wasm";
import policy from "../policy_bg.wasm";
import { useCore } from "../core.js";
import { usePolicy } from "../policy.js";

useCore(core);
usePolicy(policy);

export * from "../index.js";
