// Does what was acknowledged hold when the Worker is killed (SIGKILL) at any moment, and started again?
//
// A few kills with all tests; `npm run kills` makes fifty of each.

import { test } from "node:test";
import { deletion } from "./deletion.mjs";
import { ingest } from "./ingest.mjs";
import { refresh } from "./refresh.mjs";
import { play } from "./rounds.mjs";

const SCENARIOS = [ingest, deletion, refresh];

const kills = Number(process.env.KEYHOLE_KILLS ?? 3);
const seed = process.env.KEYHOLE_SEED ?? String(Date.now());

for (const scenario of SCENARIOS) {
  test(`${kills} kills during ${scenario.name}: what was acknowledged holds`, { timeout: 60_000 + kills * 60_000 }, async () => {
    console.log(`${scenario.name}: KEYHOLE_SEED=${seed}`);
    const sums = await play(scenario, kills, seed);
    console.log(`${scenario.name}: ${Object.entries(sums).map(([what, count]) => `${count} ${what}`).join(", ")}`);
  });
}
