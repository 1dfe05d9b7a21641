// What does `import … from '@keyhole/sdk/track'` give? A recorder on a core of its own, as small as one can be.

import { RecorderBase } from "./recorder.js";
import { kept_delay_ms, project_url, Queue, startCore } from "./track-core.js";

export { KeyholeError } from "./error.js";

export class Recorder extends RecorderBase {
  constructor(options) {
    startCore();
    super(options, { kept_delay_ms, project_url, Queue });
  }
}

/** Loaded when it is asked for: a page that tracks nothing by itself does not download it. */
export async function autotrack(recorder, options) {
  const { startTracking } = await import("./autotrack.js");
  return startTracking(recorder, options);
}
