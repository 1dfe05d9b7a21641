// How do many events reach the server, and what became of each?

import { Batches } from "./core.js";
import { eventText, KeyholeError, refusing } from "./error.js";
import { randomBytes } from "./random.js";

/**
 * Sends `lists`, an array of `[collection, events]`, through `postBatch`; resolves to what `shape`
 * makes of one list of outcomes for each. A request that fails as a whole ends it: the KeyholeError
 * then carries the outcomes so far.
 */
export async function recordLists({ lists, postBatch, shape }) {
  const outcomes = lists.map(([, events]) => Array.from(events, () => notSent));
  // Where the outcomes of events that are in a batch and not yet answered belong, in order.
  const waiting = [];

  async function deliver(batch) {
    const sent = waiting.splice(0, batch.events);
    try {
      const answer = await postBatch(batch.into_body());
      assign(sent, lists, outcomes, answer);
    } catch (error) {
      if (error instanceof KeyholeError) {
        for (const { list, at } of sent) outcomes[list][at] = failed(error);
        error.outcomes = shape(outcomes);
      }
      throw error;
    }
  }

  const batches = new Batches();
  try {
    const now = new Date().toISOString();
    for (const [list, [collection, events]] of lists.entries()) {
      for (const [at, event] of events.entries()) {
        let full;
        try {
          full = refusing(() => batches.add(collection, eventText(event), now, randomBytes()));
        } catch (error) {
          if (!(error instanceof KeyholeError)) throw error;
          outcomes[list][at] = failed(error);
          continue;
        }
        waiting.push({ list, at });
        if (full) await deliver(full);
      }
    }
    const last = batches.finish();
    if (last) await deliver(last);
  } finally {
    batches.free();
  }
  return shape(outcomes);
}

const notSent = Object.freeze({
  success: false,
  error: Object.freeze({ name: "NotSentError", description: "A request before it failed." }),
});

function failed({ errorCode, message }) {
  return { success: false, error: { name: errorCode, description: message } };
}

/** Gives each event of a batch its own answer: the server lists them by collection, in order. */
function assign(sent, lists, outcomes, answer) {
  const taken = new Map();
  for (const { list, at } of sent) {
    const [collection] = lists[list];
    const position = taken.get(collection) ?? 0;
    taken.set(collection, position + 1);
    const outcome = Object.hasOwn(answer ?? {}, collection) ? answer[collection]?.[position] : undefined;
    if (outcome === undefined) {
      throw new KeyholeError({
        message: `The server's answer leaves out an event of ${collection}.`,
        errorCode: "UnexpectedAnswerError",
        status: 200,
      });
    }
    outcomes[list][at] = outcome;
  }
}
