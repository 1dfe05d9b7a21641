// Does what was acknowledged hold after fifty kills in each scenario?
//
// npm run kills

import { fileURLToPath } from "node:url";
import { recentNode, start } from "../../xtask/scripts/run.mjs";
import { setUp } from "../../xtask/scripts/setup.mjs";
import { main } from "../../xtask/scripts/steps.mjs";

main(async () => {
  await setUp();
  const file = fileURLToPath(new URL("kills.test.mjs", import.meta.url));
  const env = { KEYHOLE_KILLS: process.env.KEYHOLE_KILLS ?? "50" };
  const run = start(recentNode(), ["--test", "--test-reporter=spec", file], { stdio: "inherit", env });
  return (await run.ended).code;
});
