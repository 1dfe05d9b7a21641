// Which recorder comes with the client? The same, on the client's core, which also says at once what the server would refuse.

import { check_event, kept_delay_ms, project_url, Queue, startCore } from "./core.js";
import { refusing } from "./error.js";
import { RecorderBase } from "./recorder.js";

const checked = (collection, event) => refusing(() => check_event(collection, event));

export class Recorder extends RecorderBase {
  constructor(options) {
    startCore();
    super(options, { check_event: checked, kept_delay_ms, project_url, Queue });
  }
}
