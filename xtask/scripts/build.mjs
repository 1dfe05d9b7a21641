// What is made for a deployment?

import { setUpRelease } from "./setup.mjs";
import { main, say } from "./steps.mjs";

main(async () => {
  await setUpRelease();
  say("built: build/worker, build/www, sdk/npm/dist");
});
