// Does polling ask as often as it should, and stop when it is told?

import assert from "node:assert/strict";
import { test } from "node:test";
import { poll } from "@keyhole/sdk/live";

const sleep = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));

test("it asks at once, then again and again, until it is stopped", async () => {
  const answers = [];
  let asked = 0;
  const { stop } = poll(async () => (asked += 1), { seconds: 0.03, onAnswer: (answer) => answers.push(answer) });
  await sleep(200);
  stop();
  assert.ok(asked >= 3 && asked <= 7, `asked ${asked} times`);
  assert.deepEqual(answers, Array.from({ length: asked }, (_, at) => at + 1));
  const before = asked;
  await sleep(80);
  assert.equal(asked, before);
});

test("each failure doubles the pause, an answer ends that", async () => {
  let asked = 0;
  const errors = [];
  const { stop } = poll(
    async () => {
      asked += 1;
      throw new Error("no");
    },
    { seconds: 0.02, onError: (error) => errors.push(error.message) },
  );
  // 0, 40, 120, 280 ms …
  await sleep(240);
  stop();
  assert.equal(asked, 3);
  assert.deepEqual(errors, ["no", "no", "no"]);
});

test("its signal ends it and aborts what is asked; who ended it hears nothing more", async () => {
  const controller = new AbortController();
  let aborted = false;
  let heard = false;
  const hear = () => (heard = true);
  poll(
    ({ signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          aborted = true;
          reject(signal.reason);
        }),
      ),
    { seconds: 0.01, onAnswer: hear, onError: hear, signal: controller.signal },
  );
  await sleep(20);
  controller.abort();
  await sleep(20);
  assert.equal(aborted, true);
  assert.equal(heard, false);
});

test("without seconds it does not begin", () => {
  for (const seconds of [0, -1, NaN, undefined]) {
    assert.throws(() => poll(async () => {}, { seconds }), TypeError);
  }
});
