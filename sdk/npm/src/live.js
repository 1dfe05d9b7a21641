// How does a tile stay fresh? It asks again and again, but not while nobody looks.

/** Beyond it, timers go off at once. */
const TIMER_MAX = 2 ** 31 - 1;

/** Waits grow so far while asking fails. */
const WAIT_SECONDS_MAX = 15 * 60;

/**
 * Calls `ask({ signal })` at once and `seconds` after each answer, and tells `onAnswer` or `onError`. Pauses while
 * the page is hidden; asks at once when it is shown again and an answer is due. After a failure the pauses double,
 * up to a quarter of an hour. With `seconds: Infinity` it asks once. `stop()` ends it and aborts what is asked; so does
 * `signal`.
 */
export function poll(ask, { seconds, onAnswer = () => {}, onError = () => {}, signal, now = true }) {
  if (!(seconds > 0)) throw new TypeError("Keyhole: seconds must be a number above 0.");
  const controller = new AbortController();
  const page = globalThis.document;
  let timer;
  let pause = now ? 0 : seconds * 1000;
  let due = Date.now() + pause;
  let failures = 0;
  let asking = false;

  function plan() {
    clearTimeout(timer);
    if (controller.signal.aborted || asking || page?.hidden || due === Infinity) return;
    // A clock that is put back does not make it wait for longer than it would.
    due = Math.min(due, Date.now() + pause);
    timer = setTimeout(turn, Math.min(Math.max(0, due - Date.now()), TIMER_MAX));
  }

  async function turn() {
    if (Date.now() < due) return plan();
    asking = true;
    try {
      const answer = await ask({ signal: controller.signal });
      failures = 0;
      if (!controller.signal.aborted) onAnswer(answer);
    } catch (error) {
      failures += 1;
      if (!controller.signal.aborted) onError(error);
    } finally {
      asking = false;
      pause = Math.max(seconds, Math.min(seconds * 2 ** failures, WAIT_SECONDS_MAX)) * 1000;
      due = Date.now() + pause;
      plan();
    }
  }

  function stop() {
    controller.abort();
    clearTimeout(timer);
    page?.removeEventListener("visibilitychange", plan);
    signal?.removeEventListener("abort", stop);
  }

  page?.addEventListener("visibilitychange", plan);
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  plan();
  return { stop };
}
