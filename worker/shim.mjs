// What answers when the wasm crashes, and how does the next request find a sound one?
//
// A panic leaves the instance unusable and the promise of every request inside it unsettled. The
// product has no panics; this file is for the one that proves us wrong.

import * as application from "../build/worker/index.js";

/** Longer than D1 lets any query run, so only a request that will never end gets here. */
const MILLISECONDS_MAX = 60_000;

/** How to settle each request that is inside the wasm now. */
const inside = new Set();
let crashed = false;

function crash(cause) {
  if (crashed) return;
  crashed = true;
  console.error("The Worker's wasm crashed and will be started anew:", cause);
  for (const settle of inside) settle();
}

// The panic hook of the `worker` crate sets this. A setter hears of it at once, while the request
// that panicked is still the one that runs.
Object.defineProperty(application.__worker_init_state(), "criticalError", {
  get: () => crashed,
  set: (value) => value && crash("panic"),
});

// A stack overflow, or an exception thrown through the wasm, comes without a panic.
addEventListener("error", ({ error }) => {
  const late = /closure from previous WASM instance/.test(error?.message);
  if (!late) crash(error?.stack ?? error);
});

function restartIfCrashed() {
  if (!crashed) return;
  application.__wbg_reset_state();
  crashed = false;
}

/** Runs in the wasm, or gives `undefined` if that will never end. */
async function run(start) {
  restartIfCrashed();
  const { promise: ended, resolve: settle } = Promise.withResolvers();
  const timer = setTimeout(() => {
    console.error("A request inside the wasm did not end");
    settle();
  }, MILLISECONDS_MAX);
  inside.add(settle);
  try {
    return await Promise.race([start(), ended]);
  } catch (error) {
    crash(error?.stack ?? error);
    return undefined;
  } finally {
    clearTimeout(timer);
    inside.delete(settle);
  }
}

function fault() {
  const body = {
    message: "An internal fault stopped this request before it was answered.",
    error_code: "InternalServerError",
  };
  return Response.json(body, { status: 500, headers: { "access-control-allow-origin": "*" } });
}

export default {
  async fetch(request, env, context) {
    return (await run(() => application.fetch(request, env, context))) ?? fault();
  },
  async scheduled(event, env, context) {
    await run(() => application.scheduled?.(event, env, context));
  },
};
