// How do many events reach the server, and what became of each?

import { check_event, Queue } from "./core.js";
import { KeyholeError, refusing } from "./error.js";
import { addEvent, bodyOf, bytesInBody, outcomesOf, readList } from "./lists.js";
import { seed } from "./random.js";

/** What one body may hold: a tenth below the server's bound, for what stands between us. */
const BODY_BYTES_MAX = 9_000_000;
const BODY_EVENTS_MAX = 5_000;
/** Room for the name of the one collection of a body. */
const LIST_BYTES_MAX = BODY_BYTES_MAX - 1_000;

/** An event as it is sent, and its collection's place in a path. */
export function oneEvent(collection, event) {
  const queue = new Queue(seed(), 0, 0);
  try {
    refusing(() => addEvent(queue, collection, event, check_event));
    return { body: readList(queue.take()).events, segment: encodeURIComponent(collection) };
  } finally {
    queue.free();
  }
}

/**
 * Sends `lists`, an array of `[collection, events]`, through `postBatch`; resolves to what `shape`
 * makes of one list of outcomes for each. A request that fails as a whole ends it: the KeyholeError
 * then carries the outcomes so far.
 */
export async function recordLists({ lists, postBatch, shape }) {
  const outcomes = lists.map(([, events]) => Array.from(events, () => notSent));
  // By collection: where the outcomes of its events that were not yet sent belong, in order.
  const waiting = new Map(lists.map(([collection]) => [collection, []]));
  let gathered = [];

  async function deliver() {
    const sent = gathered.map((list) => waiting.get(list.collection).splice(0, list.count));
    const body = bodyOf(gathered);
    const of = gathered;
    gathered = [];
    try {
      const found = outcomesOf(of, await postBatch(body));
      if (found === undefined) throw incomplete();
      sent.forEach((places, which) => places.forEach(({ list, at }, event) => (outcomes[list][at] = found[which][event])));
    } catch (error) {
      if (error instanceof KeyholeError) {
        for (const { list, at } of sent.flat()) outcomes[list][at] = failed(error);
        error.outcomes = shape(outcomes);
      }
      throw error;
    }
  }

  async function gather(text) {
    const list = readList(text);
    const events = gathered.reduce((sum, { count }) => sum + count, list.count);
    const bytes = gathered.reduce((sum, each) => sum + bytesInBody(each), bytesInBody(list));
    if (gathered.length > 0 && (events > BODY_EVENTS_MAX || bytes > BODY_BYTES_MAX)) await deliver();
    gathered.push(list);
  }

  const queue = new Queue(seed(), LIST_BYTES_MAX, BODY_EVENTS_MAX);
  try {
    for (const [list, [collection, events]] of lists.entries()) {
      for (const [at, event] of events.entries()) {
        let full;
        try {
          full = refusing(() => addEvent(queue, collection, event, check_event));
        } catch (error) {
          if (!(error instanceof KeyholeError)) throw error;
          outcomes[list][at] = failed(error);
          continue;
        }
        if (full !== undefined) await gather(full);
        waiting.get(collection).push({ list, at });
      }
      for (let rest = queue.take(); rest !== undefined; rest = queue.take()) await gather(rest);
    }
    if (gathered.length > 0) await deliver();
  } finally {
    queue.free();
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

function incomplete() {
  const message = "The server's answer leaves out an event.";
  return new KeyholeError({ message, errorCode: "UnexpectedAnswerError", status: 200 });
}
