// Who records without waiting? A recorder: it takes events at once, keeps them, and sees to it that they are stored.

import { configured, fitKey } from "./configuration.js";
import { Delivery } from "./delivery.js";
import { KeyholeError } from "./error.js";
import { Extensions } from "./extend.js";
import { addEvent, readList } from "./lists.js";
import { Permission } from "./permission.js";
import { seed } from "./random.js";

/** So that a few lists fit into what may be sent while a page is left. */
const LIST_BYTES_MAX = 30_000;
const LIST_EVENTS_MAX = 1_000;
/** What is held in memory alone until consent is given. */
const HELD_EVENTS_MAX = 1_000;

export class RecorderBase extends EventTarget {
  #queue;
  #check;
  #extensions = new Extensions();
  #permission;
  #delivery;
  #capacity;
  #intervalMs;
  /** Lists that became full while nobody looked, as text. */
  #full = [];
  /** Events in the queue and among the full lists: in memory alone. */
  #held = 0;
  #writing;
  #timer;
  #isLeaving = false;
  #stopListening;

  /** `core` is the Rust that this recorder runs on. */
  constructor(options, core) {
    super();
    const projectUrl = configured(core.project_url, options);
    const { queue: { capacity = 1_000, interval = 5 } = {}, storage = {}, respectDoNotTrack = false, consent = true } = options;
    this.#capacity = positive(capacity, "queue.capacity");
    this.#intervalMs = positive(interval, "queue.interval") * 1_000;
    this.#check = core.check_event;
    this.#queue = new core.Queue(seed(), LIST_BYTES_MAX, LIST_EVENTS_MAX);
    this.#permission = new Permission({ consent, respectDoNotTrack });
    const tell = (type, detail) => this.dispatchEvent(new CustomEvent(type, { detail }));
    this.#delivery = new Delivery({ projectUrl, key: options.key, storage, kept_delay_ms: core.kept_delay_ms, tell });
    this.#stopListening = this.#listen();
    // What an earlier page left.
    this.#plan(0);
  }

  record(collection, event) {
    if (this.#permission.isKnownDenied) return false;
    try {
      if (this.#permission.isWaiting && this.#held >= HELD_EVENTS_MAX) {
        throw new KeyholeError({ errorCode: "QueueFullError", message: "No more is held until consent is given." });
      }
      const extended = this.#extensions.extend(collection, event);
      const full = addEvent(this.#queue, collection, extended, this.#check);
      if (full !== undefined) this.#full.push(full);
    } catch ({ name, errorCode = name, message }) {
      this.#delivery.failed(collection, event, { name: errorCode, description: message });
      return false;
    }
    this.#held += 1;
    if (!this.#permission.isWaiting) this.#writing ??= new Promise((resolve) => setTimeout(resolve)).then(() => this.#write());
    // By the page's own listener, after ours: no timer may go off any more.
    if (this.#isLeaving) queueMicrotask(() => this.#leave());
    return true;
  }

  recordMany(collection, events) {
    return events.reduce((accepted, event) => accepted + Number(this.record(collection, event)), 0);
  }

  extend(...given) {
    const collection = typeof given[0] === "string" ? given.shift() : undefined;
    this.#extensions.add(collection, given[0]);
  }

  /** Events that are not yet known to be stored. */
  get size() {
    return this.#held + this.#delivery.size;
  }

  get permission() {
    return this.#permission.state;
  }

  set key(key) {
    this.#delivery.useKey(fitKey(key));
    this.#sendIfGranted();
  }

  async saved() {
    // What is being written may not hold what was recorded since.
    while (this.#writing !== undefined) await this.#writing;
    // Not even looked at before consent.
    return this.#permission.isGranted && this.#delivery.isOnDisk();
  }

  async flush() {
    await this.saved();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#permission.isGranted) await this.#delivery.send();
  }

  consent(given) {
    this.#permission.consent(given);
    return this.#obey();
  }

  async optOut(out = true) {
    try {
      this.#permission.optOut(out);
    } finally {
      await this.#obey();
    }
  }

  async close() {
    this.#stopListening();
    await this.flush().finally(() => this.#delivery.close());
  }

  async #obey() {
    this.dispatchEvent(new CustomEvent("permission", { detail: this.permission }));
    if (this.#permission.isGranted) {
      if (this.#held > 0) this.#writing ??= this.#write();
      this.#plan(0);
    }
    if (!this.#permission.isDenied) return;
    this.#taken();
    // What is being written would come after.
    await this.saved();
    await this.#delivery.clear();
  }

  /** All that is in memory alone, which is then empty. */
  #taken() {
    const lists = this.#full;
    for (let list = this.#queue.take(); list !== undefined; list = this.#queue.take()) lists.push(list);
    this.#full = [];
    this.#held = 0;
    return lists.map(readList);
  }

  async #write() {
    // Whoever records from here on is written next time.
    this.#writing = undefined;
    if (this.#permission.isDenied) this.#taken();
    const lists = this.#permission.isGranted ? this.#taken() : [];
    if (lists.length === 0) return;
    const written = this.#delivery.keep(lists);
    // A burst is written by few transactions: one at a time.
    this.#writing = written.then(() => {
      this.#writing = this.#held > 0 ? this.#write() : undefined;
    });
    await written;
    this.#plan(this.#delivery.size >= this.#capacity ? 0 : this.#intervalMs);
  }

  /** A failure is told as `delayed`, and planned anew. */
  #sendIfGranted() {
    if (this.#permission.isGranted) this.#delivery.send().catch(() => {});
  }

  #plan(milliseconds) {
    if (this.#timer !== undefined && milliseconds > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#permission.isGranted) this.#delivery.sendUnlessDelayed().catch(() => {});
    }, milliseconds);
  }

  #leave() {
    if (this.#permission.isGranted) this.#delivery.leave(this.#taken());
  }

  /** A page may be gone after `pagehide`, and on a phone even after it became invisible. */
  #listen() {
    if (typeof document === "undefined") return () => {};
    const controller = new AbortController();
    const { signal } = controller;
    const leave = () => {
      this.#isLeaving = true;
      setTimeout(() => (this.#isLeaving = false));
      this.#leave();
    };
    addEventListener("pagehide", leave, { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave(), { signal });
    addEventListener("online", () => this.#sendIfGranted(), { signal });
    return () => controller.abort();
  }
}

function positive(number, name) {
  if (typeof number === "number" && number > 0) return number;
  throw new TypeError(`Keyhole: ${name} must be a number above 0.`);
}
