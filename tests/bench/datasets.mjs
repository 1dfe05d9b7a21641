// Does a dataset's result take as long, however many events it was computed of?
//
// npm run bench:datasets [-- --events N]

import { fileURLToPath } from "node:url";
import { recentNode, start } from "../../xtask/scripts/run.mjs";
import { setUpRelease } from "../../xtask/scripts/setup.mjs";
import { main } from "../../xtask/scripts/steps.mjs";

main(async () => {
  await setUpRelease();
  const measure = fileURLToPath(new URL("measure_datasets.mjs", import.meta.url));
  // The Node that workerd's tools need may be another than the one that runs npm.
  const run = start(recentNode(), [measure, ...process.argv.slice(2)], { stdio: "inherit" });
  return (await run.ended).code;
});
