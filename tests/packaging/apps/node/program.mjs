// Does the package run in Node, imported and required?

import { createRequire } from "node:module";
import { place, run } from "../program.js";

const required = createRequire(import.meta.url)("@keyhole/sdk");
console.log(JSON.stringify({ ...(await run(place(process.argv[2]))), required: typeof required.Keyhole }));
