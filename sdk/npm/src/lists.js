// How do events go from the queue into a request? In lists, one or more for a collection.

import { eventText, KeyholeError } from "./error.js";

/** The rule of the server. */
const COLLECTION = /^(?!_|\.\.?$| *$)[ !-#%-~]{1,256}$/;

/**
 * Puts an event into a queue as the server takes it, and answers the list that had no room left for it, if there is
 * one. Throws a KeyholeError for what is no event. `check` may throw more, given the collection and the JSON.
 */
export function addEvent(queue, collection, event, check) {
  const given = typeof event?.toJSON === "function" ? event.toJSON("") : event;
  const text = eventText(given);
  check?.(collection, text);
  if (!COLLECTION.test(collection)) {
    throw refused("InvalidCollectionNameError", "A collection's name is 1 to 256 characters of ASCII, no $, no leading _.");
  }
  if (!text.startsWith("{")) throw refused("InvalidEventError", "An event must be a JSON object.");
  if (given.keen === undefined) return queue.add(collection, text, "", 3, Date.now());
  const { keen, ...rest } = given;
  const own = eventText(keen);
  if (!own.startsWith("{")) throw refused("NamespaceTypeError", "The property keen is reserved and must be an object.");
  // Who brings a token may record the event again in another call. With the time of each call it would be
  // another event every time, so the server dates it: it knows the token.
  const missing = keen.uniqueness_token !== undefined ? 0 : keen.timestamp !== undefined ? 2 : 3;
  return queue.add(collection, eventText(rest), own.slice(1, -1), missing, Date.now());
}

function refused(errorCode, message) {
  return new KeyholeError({ errorCode, message });
}

/** A list that a queue handed out: `{collection, count, bytes, events}`, where `events` is JSON with commas between. */
export function readList(text) {
  const end = text.indexOf("\n");
  const [, count, bytes, collection] = /^(\d+) (\d+) (.*)$/.exec(text.slice(0, end));
  return { collection, count: Number(count), bytes: Number(bytes), events: text.slice(end + 1) };
}

/** At most so many bytes does a list take of a body. */
export function bytesInBody({ bytes, collection }) {
  return bytes + 2 * collection.length + 8;
}

/** The body of a request that records these lists. */
export function bodyOf(lists) {
  const byCollection = new Map();
  for (const { collection, events } of lists) {
    byCollection.set(collection, [...(byCollection.get(collection) ?? []), events]);
  }
  const members = Array.from(byCollection, ([name, events]) => `${JSON.stringify(name)}:[${events.join(",")}]`);
  return `{${members.join(",")}}`;
}

/** What became of each event of each list, by the answer; `undefined` when the answer does not say it of one. */
export function outcomesOf(lists, answer) {
  const taken = new Map();
  const outcomes = lists.map(({ collection, count }) => {
    const from = taken.get(collection) ?? 0;
    taken.set(collection, from + count);
    const all = Object.hasOwn(answer ?? {}, collection) ? answer[collection] : undefined;
    return Array.isArray(all) ? all.slice(from, from + count) : [];
  });
  const complete = outcomes.every((found, at) => found.length === lists[at].count && found.every(isOutcome));
  return complete ? outcomes : undefined;
}

function isOutcome(outcome) {
  return outcome?.success === true || (outcome?.success === false && typeof outcome.error?.name === "string");
}
