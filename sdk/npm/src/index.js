// What does `import … from '@keyhole/sdk'` give? The client and its error.

export { KeyholeError } from "./error.js";
export { Keyhole } from "./keyhole.js";
