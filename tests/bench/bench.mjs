// How fast is it, and does a customer's dashboard stay fast while the others grow?
//
// npm run bench [-- --events N] [--quick] [--seed N] [--json FILE]

import { fileURLToPath } from "node:url";
import { recentNode, start } from "../../xtask/scripts/run.mjs";
import { setUpRelease } from "../../xtask/scripts/setup.mjs";
import { main } from "../../xtask/scripts/steps.mjs";
import { options } from "./options.mjs";

main(async () => {
  const words = process.argv.slice(2);
  options(words);
  await setUpRelease();
  const measure = fileURLToPath(new URL("measure.mjs", import.meta.url));
  // The Node that workerd's tools need may be another than the one that runs npm.
  const run = start(recentNode(), [measure, ...words], { stdio: "inherit" });
  return (await run.ended).code;
});
