// Is a key that crosses the network in the clear refused, unless that is wanted?

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startWorker } from "../support/harness.mjs";

const workers = [];
const start = async (vars) => {
  const worker = await startWorker({ vars });
  workers.push(worker);
  return worker;
};

after(() => Promise.all(workers.map((worker) => worker.close())));

const ask = (worker, url) => worker.dispatch(url, { headers: { authorization: "kh_read_x" } });

test("plain HTTP to another machine is refused with 403 and a reason, to this one it is not", async () => {
  const worker = await start();
  const refused = await ask(worker, "http://analytics.example.com/health");
  const { message, error_code } = await refused.json();
  assert.deepEqual([refused.status, error_code], [403, "HttpsRequiredError"]);
  assert.match(message, /HTTPS is needed/);
  for (const url of ["https://analytics.example.com/health", "http://localhost/health", "http://127.0.0.1:8787/health"]) {
    assert.equal((await ask(worker, url)).status, 200, url);
  }
});

test("a network of one's own may go without, by a setting", async () => {
  const worker = await start({ REQUIRE_HTTPS: "off" });
  assert.equal((await ask(worker, "http://analytics.example.com/health")).status, 200);
});
