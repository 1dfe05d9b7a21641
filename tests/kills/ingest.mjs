// Is every event that was acknowledged there once, and none half, after the Worker was killed while it recorded?

import assert from "node:assert/strict";

const COLLECTION = "recorded";
/** Who send at the same time, each one request after another. */
const SENDERS = 4;
const BATCH_EVENTS_MAX = 60;

export const ingest = {
  name: "ingest",

  /** Nothing lies here yet; the keys and counts of a round go from one function to the next in `round`. */
  prepare: async () => {},

  /** Sends until the Worker is gone. What was sent, and what of it was acknowledged, stands in `round`. */
  work: async (worker, project, round, dice) => {
    round.sent = [];
    const send = async (sender) => {
      for (let at = 0; ; at += 1) {
        const request = make(round.number, sender, at, dice);
        round.sent.push(request);
        request.answered = await record(worker, project, request);
        if (!request.answered) return;
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, (_, sender) => send(sender)));
  },

  /** All that was acknowledged is there once; what was not is there whole or not at all, and once when it is sent again. */
  check: async (worker, project, round) => {
    const events = round.sent.flatMap(({ events }) => events);
    let counts = await stored(worker, project, round);
    for (const { answered, events } of round.sent) {
      const found = events.map(({ n }) => counts.get(n) ?? 0);
      const places = `${JSON.stringify(found)} of a request ${answered ? "acknowledged" : "not acknowledged"}`;
      if (answered) assert.ok(found.every((count) => count === 1), `an acknowledged event is lost or doubled: ${places}`);
      else assert.ok(new Set(found).size === 1 && found[0] <= 1, `a request is half there, or twice: ${places}`);
    }
    const lost = round.sent.filter(({ answered }) => !answered);
    const wereThere = lost.filter(({ events }) => counts.has(events[0].n)).length;
    // A sender does not know what arrived: it sends what was not acknowledged again, and may send what was.
    for (const request of [...lost, ...round.sent.slice(-2 * SENDERS)]) {
      assert.ok(await record(worker, project, request), "it is not taken after the restart");
    }
    counts = await stored(worker, project, round);
    assert.equal(counts.size, events.length);
    for (const [n, count] of counts) assert.equal(count, 1, `the event ${n} is there ${count} times after it was sent again`);
    const acknowledged = round.sent.length - lost.length;
    return { requests: round.sent.length, acknowledged, events: events.length, "stored without an answer": wereThere };
  },
};

/** One event or a batch, with tokens; some with a time of their own. */
function make(round, sender, at, dice) {
  const isBatch = dice.oneIn(2);
  const events = dice.times(isBatch ? dice.between(2, BATCH_EVENTS_MAX) : 1, (place) => {
    const n = `${round}.${sender}.${at}.${place}`;
    const timestamp = new Date(Date.now() - dice.between(0, 30) * 86_400_000).toISOString();
    // Some are too large for the clustered table: they have a second row.
    const padding = dice.oneIn(5) ? { padding: "x".repeat(2_000) } : {};
    return { n, round, ...padding, keen: { uniqueness_token: n, ...(dice.oneIn(2) ? { timestamp } : {}) } };
  });
  return { isBatch, events, answered: false };
}

async function record(worker, { id, keys }, { isBatch, events }) {
  const path = `/3.0/projects/${id}/events`;
  const answered = isBatch
    ? await worker.call("POST", path, keys.write_key, { [COLLECTION]: events })
    : await worker.call("POST", `${path}/${COLLECTION}`, keys.write_key, events[0]);
  if (!answered) return false;
  assert.ok(answered.status < 300, answered.text);
  const outcomes = isBatch ? answered.body[COLLECTION] : [];
  assert.ok(outcomes.every(({ success }) => success), answered.text);
  return true;
}

/** How often each event of this round is there. */
async function stored(worker, { id, keys }, round) {
  const question = {
    event_collection: COLLECTION,
    timeframe: "this_40_days",
    property_names: ["n"],
    filters: [{ property_name: "round", operator: "eq", property_value: round.number }],
  };
  const answered = await worker.call("POST", `/3.0/projects/${id}/queries/extraction`, keys.read_key, question);
  assert.equal(answered?.status, 200, answered?.text);
  const counts = new Map();
  for (const { n } of answered.body.result) counts.set(n, (counts.get(n) ?? 0) + 1);
  return counts;
}
