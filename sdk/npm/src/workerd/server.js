// And for the helpers of servers? The core alone.

import core from "../keyhole_bg.wasm";
import { useCore } from "../core.js";

useCore(core);

export * from "../server.js";
