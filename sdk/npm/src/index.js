// What does `import … from '@keyhole/sdk'` give? The client, a recorder, and their error.

export { Recorder } from "./checked-recorder.js";
export { KeyholeError } from "./error.js";
export { Keyhole } from "./keyhole.js";
