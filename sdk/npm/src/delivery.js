// How do lists of events get to the server? Kept first, sent by one tab at a time, and forgotten when they are stored.

import { attempt, failure } from "./attempt.js";
import { bodyOf, bytesInBody, outcomesOf } from "./lists.js";
import { seed } from "./random.js";
import { Store } from "./store.js";

/** One request. Small enough to be through soon, large enough that a backlog is. */
const BODY_BYTES_MAX = 1_000_000;
const BODY_EVENTS_MAX = 1_000;
/** It is never asked of a request to be smaller. */
const BODY_BYTES_LEAST = 30_000;
const REQUEST_MS_MAX = 60_000;
/** Browsers send 65,536 bytes after a page is left, over all its requests. */
const LEAVING_BYTES_MAX = 60_000;
const DAY_MS = 86_400_000;

export class Delivery {
  #url;
  #key;
  #retryDelayMs;
  #tell;
  #box;
  #keptMs;
  #store;
  #writer = seed();
  #number = 0;
  /** Rows of this page that are not known to be stored, by their ids: what leaving the page can send at once. */
  #own = new Map();
  /** Rows, each with the promise that it is written: what is forgotten before that would be written after all. */
  #writing = new WeakMap();
  #sending;
  #next;
  #attempts = 0;
  /** Halved whenever nothing comes back: the line may be too slow for more, or somebody on it refuse more. */
  #bodyBytesMax = BODY_BYTES_MAX;
  #isDelayed = false;
  #timer;

  constructor({ projectUrl, key, storage, kept_delay_ms, tell }) {
    const { name = key, bytesMax = 20_000_000, daysMax = 30 } = storage || {};
    this.#url = `${projectUrl}/events`;
    this.#key = key;
    this.#retryDelayMs = kept_delay_ms;
    this.#tell = tell;
    this.#box = fingerprint(`${projectUrl} ${name}`);
    this.#keptMs = daysMax * DAY_MS;
    this.#store = new Store({ box: this.#box, bytesMax, onDisk: storage !== false });
  }

  get size() {
    return this.#store.events;
  }

  isOnDisk() {
    return this.#store.isOnDisk();
  }

  useKey(key) {
    this.#key = key;
    this.#attempts = 0;
  }

  /** Keeps lists until they are stored. */
  async keep(lists) {
    const rows = lists.map((list) => this.#row(list));
    const added = this.#store.add(rows);
    for (const row of rows) this.#writing.set(row, added);
    const refused = await added;
    for (const row of rows) row.isWritten = true;
    for (const row of refused) {
      this.#own.delete(String(row.id));
      row.isRefused = true;
      // What was sent as the page was left may be stored all the same.
      if (!row.left) this.#refuse(row);
    }
    this.#tellSize();
  }

  #refuse(row) {
    const error = { name: "QueueFullError", description: "As much as may be kept waits to be sent already." };
    for (const event of eventsOf(row)) this.failed(row.collection, event, error);
  }

  /** Sends what is kept; rejects when that fails, and then does it again later. */
  send() {
    if (this.#sending !== undefined) {
      // That one may have looked before the last was kept.
      this.#next ??= this.#sending.catch(() => {}).then(() => {
        this.#next = undefined;
        return this.send();
      });
      return this.#next;
    }
    this.#isDelayed = false;
    clearTimeout(this.#timer);
    this.#sending = this.#alone(() => this.#sendAll()).finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  /** The same, but that a server which asked for patience, or refused the key, is left alone. */
  async sendUnlessDelayed() {
    if (!this.#isDelayed) await this.send();
  }

  /** The page may be gone in a moment: keeps these lists, and sends what it can without waiting. */
  leave(lists) {
    if (lists.length > 0) this.keep(lists).catch(() => {});
    let bytes = 2;
    const rows = [...this.#own.values()].filter((row) => {
      const fits = !row.left && bytes + bytesInBody(row) <= LEAVING_BYTES_MAX;
      if (fits) bytes += bytesInBody(row);
      return fits;
    });
    if (rows.length === 0 || navigator.onLine === false) return;
    for (const row of rows) row.left = true;
    // The key stands in a header, as ever, and never in an address; where a browser cannot keep such a request
    // alive, the next page sends what is kept.
    const headers = { "content-type": "application/json" };
    const request = { url: this.#url, key: this.#key, method: "POST", headers, body: bodyOf(rows), keepalive: true };
    attempt(request).then((answer) => {
      // A page that is still there learns what became of it; else the next one sends it again, which changes nothing.
      const outcomes = answer.ok ? outcomesOf(rows, answer.json) : undefined;
      if (outcomes !== undefined) return this.#settle(rows, outcomes);
      for (const row of rows) {
        row.left = false;
        if (row.isRefused) this.#refuse(row);
      }
      // Browsers keep few bytes alive at a time, over all pages; one that is still there has other ways.
      this.sendUnlessDelayed().catch(() => {});
    });
  }

  failed(collection, event, error) {
    this.#tell("failed", { collection, event, error });
  }

  async clear() {
    this.#own.clear();
    await this.#store.clear();
    this.#tellSize();
  }

  close() {
    clearTimeout(this.#timer);
  }

  #row(list) {
    this.#number += 1;
    const now = Date.now();
    const id = [this.#box, now, this.#writer, this.#number, list.count, list.bytes, now + this.#keptMs];
    const row = { id, ...list };
    const bytes = Array.from(this.#own.values()).reduce((sum, each) => sum + bytesInBody(each), bytesInBody(row));
    if (bytes <= LEAVING_BYTES_MAX) this.#own.set(String(id), row);
    return row;
  }

  /** One tab sends, the others wait: what it sent they need not. Without locks they may, and nothing is stored twice. */
  async #alone(work) {
    const locks = globalThis.document && navigator.locks;
    let begun;
    const begin = () => (begun ??= work());
    // A page in a sandbox, or one that may store nothing, has locks and is denied them.
    await locks?.request(`keyhole ${this.#box}`, begin).catch(() => {});
    return begin();
  }

  async #sendAll() {
    try {
      for (;;) {
        const written = [...this.#own].filter(([, row]) => row.isWritten);
        const found = await this.#store.oldest(this.#bodyBytesMax, BODY_EVENTS_MAX);
        // As the same objects, since the page may be left meanwhile, which sends them too.
        const rows = found.map((row) => this.#own.get(String(row.id)) ?? row);
        if (rows.length === 0) {
          // What was written and is there no more, another tab has sent.
          for (const [id] of written) this.#own.delete(id);
          break;
        }
        await this.#settle(rows, await this.#outcomes(rows));
        this.#attempts = 0;
        this.#bodyBytesMax = Math.min(BODY_BYTES_MAX, 2 * this.#bodyBytesMax);
      }
      await this.#store.count();
      this.#tellSize();
    } catch (reason) {
      const { answer } = reason;
      if (answer === undefined) throw reason;
      this.#attempts += 1;
      this.#isDelayed = true;
      const error = failure(answer, this.#key);
      const status = believed(answer);
      if (status === 0) this.#bodyBytesMax = Math.max(BODY_BYTES_LEAST, this.#bodyBytesMax / 2);
      const delay = this.#retryDelayMs(this.#attempts, status, answer.retryAfterMs, Math.random());
      if (delay !== undefined) this.#timer = setTimeout(() => this.send().catch(() => {}), delay);
      // In Node, a server that stays away does not keep a program from ending.
      this.#timer?.unref?.();
      this.#tell("delayed", { error, milliseconds: delay });
      throw error;
    }
  }

  /** What became of each event of each list. Throws `{answer}` when nothing can be known before another attempt. */
  async #outcomes(lists) {
    const signal = AbortSignal.timeout(REQUEST_MS_MAX);
    const headers = { "content-type": "application/json" };
    const request = { url: this.#url, key: this.#key, method: "POST", headers, body: bodyOf(lists), signal };
    const answer = await attempt(request).catch((cause) => ({ ok: false, status: 0, cause }));
    const outcomes = answer.ok ? outcomesOf(lists, answer.json) : undefined;
    if (outcomes !== undefined) return outcomes;
    const status = believed(answer);
    if (status === 401 || this.#retryDelayMs(1, status, undefined, 0) !== undefined) throw { answer };
    const [first, ...others] = lists;
    // Refused as a whole: by halves it shows whose fault that is.
    const isSplit = (status === 400 || status === 413) && (others.length > 0 || first.count > 1);
    if (!isSplit) {
      const { errorCode, message } = failure(answer, this.#key);
      return lists.map(({ count }) => Array(count).fill({ success: false, error: { name: errorCode, description: message } }));
    }
    if (others.length > 0) {
      const half = Math.ceil(lists.length / 2);
      return [...(await this.#outcomes(lists.slice(0, half))), ...(await this.#outcomes(lists.slice(half)))];
    }
    const events = eventsOf(first);
    const half = Math.ceil(events.length / 2);
    const found = [];
    for (const part of [events.slice(0, half), events.slice(half)]) {
      const text = part.map((event) => JSON.stringify(event)).join(",");
      const [outcomes] = await this.#outcomes([{ collection: first.collection, count: part.length, events: text }]);
      found.push(...outcomes);
    }
    return [found];
  }

  async #settle(rows, outcomes) {
    await Promise.all(rows.map((row) => this.#writing.get(row)));
    const news = rows.map((row, at) => [row, outcomes[at]]).filter(([row]) => !row.isSettled);
    for (const [row] of news) row.isSettled = true;
    await this.#store.remove(news.map(([row]) => row).filter((row) => !row.isRefused));
    let stored = 0;
    for (const [row, found] of news) {
      this.#own.delete(String(row.id));
      const refused = found.flatMap((outcome, event) => (outcome.success ? [] : [[event, outcome.error]]));
      stored += row.count - refused.length;
      const events = refused.length > 0 ? eventsOf(row) : [];
      for (const [event, error] of refused) this.failed(row.collection, events[event], error);
    }
    if (stored > 0) this.#tell("sent", { events: stored });
    this.#tellSize();
  }

  #tellSize() {
    this.#tell("queue", { events: this.size });
  }
}

/** Only what speaks our JSON is our server: of others, such as a hotel's login page, nothing is believed. */
function believed({ status, json }) {
  return json?.error_code === undefined ? 0 : status;
}

function eventsOf({ events }) {
  return JSON.parse(`[${events}]`);
}

/** 106 bits by which boxes differ. A key is too long to be found by it. */
function fingerprint(text) {
  return [0, 1].map((seed) => mixed(text, seed).toString(36)).join("-");
}

/** cyrb53, by bryc, in the public domain. */
function mixed(text, seed) {
  let one = 0xdeadbeef ^ seed;
  let other = 0x41c6ce57 ^ seed;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 2654435761);
    other = Math.imul(other ^ unit, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
  other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return 4294967296 * (2097151 & other) + (one >>> 0);
}
