// Does polling ask as often as it should, and stop when it is told?

import assert from "node:assert/strict";
import { test } from "node:test";
import { poll } from "@keyhole/sdk/live";

const sleep = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));

test("it asks at once, then again and again, until it is stopped", async () => {
  const answers = [];
  let asked = 0;
  const three = new Promise((resolve) => {
    const live = poll(async () => (asked += 1), {
      seconds: 0.03,
      onAnswer(answer) {
        answers.push(answer);
        if (answer === 3) resolve(live);
      },
    });
  });
  (await three).stop();
  await sleep(100);
  assert.equal(asked, 3);
  assert.deepEqual(answers, [1, 2, 3]);
});

test("a clock that is put back does not stop it", async (t) => {
  const { now } = Date;
  t.after(() => (Date.now = now));
  let asked = 0;
  const polled = poll(async () => (asked += 1), { seconds: 0.02 });
  t.after(polled.stop);
  while (asked < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  Date.now = () => now() - 86_400_000;
  const before = asked;
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.ok(asked > before + 3, `${asked - before} more`);
});

test("each failure doubles the pause", async () => {
  const times = [];
  const failing = new Promise((resolve) => {
    const live = poll(
      async () => {
        times.push(performance.now());
        throw new Error("no");
      },
      { seconds: 0.02, onError: ({ message }) => message === "no" && times.length === 4 && resolve(live) },
    );
  });
  (await failing).stop();
  const pauses = times.slice(1).map((time, at) => time - times[at]);
  // Timers may be late, and a millisecond early.
  for (const [at, least] of [39, 79, 159].entries())
    assert.ok(pauses[at] >= least - 1, `pause ${at}: ${pauses[at]} ms`);
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
