// What do all elements do? Ask when their question or client changes, and show the answer, or why there is none.

import { poll } from "../live.js";
import { formatOf, jsonAttribute } from "./attributes.js";
import { connectionOf, watchConnection } from "./connection.js";
import { createFrame, message, skeleton } from "./frame.js";
import { paletteAt, watchColours } from "./palette.js";
import { ask, QUESTION_ATTRIBUTES, questionFromAttributes } from "./question.js";
import { isEmptySheet, readSheet } from "./sheet.js";
import { word } from "./words.js";

const Base = globalThis.HTMLElement ?? class {};
const PROPERTIES = ["client", "query", "answer", "labels", "numberFormat", "comparison"];

/** What `<keyhole-chart>`, `<keyhole-metric>` and `<keyhole-table>` have in common. */
export class KeyholeElement extends Base {
  static observedAttributes = [
    ...QUESTION_ATTRIBUTES,
    ...[
      "heading",
      "heading-level",
      "refresh",
      "actions",
      "labels",
      "null-label",
      "number-format",
      "empty-text",
      "lang",
    ],
    ...["type", "stacked", "compare", "better", "page-size", "columns"],
  ];
  #properties = {};
  #frame;
  #answer;
  #drawn;
  #planned;
  #asking;
  #answeredAt;
  #showing;
  #stops = [];

  connectedCallback() {
    for (const name of PROPERTIES) {
      // Set before the tag was defined.
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    this.#frame ??= createFrame(this);
    const redraw = () => this.#plan("draw");
    this.#stops = [
      watchConnection(connectionOf(this), () => this.#properties.client ?? this.#plan("ask")),
      watchColours(this.#frame.root, redraw),
      watchNetwork(() => this.state === "error" && this.#ask()),
    ];
    this.#plan("ask");
  }

  disconnectedCallback() {
    for (const stop of this.#stops.splice(0)) stop();
    this.#asking?.stop();
    this.#clear();
  }

  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    this.#plan([...QUESTION_ATTRIBUTES, "refresh", "compare"].includes(name) ? "ask" : "draw");
  }

  /** The client it asks with: its own, or its connection's. */
  get client() {
    return this.#properties.client ?? connectionOf(this)?.client;
  }
  set client(client) {
    this.#set("client", client, "ask");
  }

  /** What it asks: parameters, `{ savedQuery }` or `{ dataset, indexBy, timeframe }`; by default its attributes. */
  get query() {
    return this.#properties.query ?? questionFromAttributes(this);
  }
  set query(query) {
    this.#set("query", query, "ask");
  }

  /** The answer as the server sent it. Set, it is shown and nothing is asked. */
  get answer() {
    return this.#properties.answer ?? this.#answer;
  }
  set answer(answer) {
    this.#set("answer", answer, "ask");
  }

  /** Names to show instead of values and of columns. */
  get labels() {
    return this.#properties.labels ?? jsonAttribute(this, "labels") ?? {};
  }
  set labels(labels) {
    this.#set("labels", labels, "draw");
  }

  /** As `Intl.NumberFormat` takes it. */
  get numberFormat() {
    return this.#properties.numberFormat ?? jsonAttribute(this, "number-format") ?? {};
  }
  set numberFormat(format) {
    this.#set("numberFormat", format, "draw");
  }

  /** `loading`, `ready`, `empty`, `error`, `forbidden` or `idle`. */
  get state() {
    return this.dataset.state ?? "idle";
  }

  /** Asks again, where it stands in a page. Resolves when that is answered, has failed, or is asked no longer. */
  refresh() {
    return this.#ask({ keep: true });
  }

  /** The rows that it shows, values as the server sent them. */
  get sheet() {
    return this.answer === undefined ? { columns: [], rows: [] } : this.sheetOf(this.answer);
  }

  /** What must be loaded before anything can be drawn. */
  prepare() {}

  /** What is asked of the client; an element may ask more than one thing. */
  fetchAnswer(client, question, options) {
    return ask(client, question, options);
  }
  sheetOf(answer) {
    return readSheet(answer, this.query);
  }
  isEmpty(sheet) {
    return isEmptySheet(sheet);
  }
  /** `{ text, act }` for the menu. */
  actions() {
    return [];
  }

  redraw() {
    this.#plan("draw");
  }
  reask() {
    this.#plan("ask");
  }

  get drawn() {
    return this.#drawn;
  }

  #set(name, value, then) {
    this.#properties[name] = value ?? undefined;
    this.#plan(then);
  }

  /** Once for all that changes in the same moment. */
  #plan(what) {
    const planned = this.#planned;
    if (planned !== "ask") this.#planned = what;
    if (planned !== undefined) return;
    queueMicrotask(() => {
      const todo = this.#planned;
      this.#planned = undefined;
      if (!this.isConnected || this.#frame === undefined) return;
      if (todo === "ask") this.#ask();
      else if (this.answer !== undefined) this.#show(this.answer);
      else this.#head();
    });
  }

  #head() {
    const heading = this.getAttribute("heading");
    const actions = this.getAttribute("actions") ?? (heading ? "" : "none");
    const isReady = ["ready", "empty"].includes(this.state);
    const level = this.getAttribute("heading-level") ?? "3";
    this.#frame.setHead(heading, level, actions === "none" || !isReady ? [] : this.actions());
  }

  async #ask({ keep = false } = {}) {
    if (!this.isConnected || this.#frame === undefined) return undefined;
    this.#asking?.stop();
    this.#asking = undefined;
    if (!keep) this.#answer = undefined;
    const question = this.#try(() => this.query);
    if (this.#properties.answer !== undefined) return this.#show(this.#properties.answer);
    if (question === undefined) return this.state === "error" || this.#state("idle");
    const client = this.#try(() => this.client);
    if (this.#answer === undefined && this.state !== "error") this.#state("loading", ...skeleton());
    if (client === undefined) return undefined;
    return this.#askWith(client, question);
  }

  /** Asks once, or as often as `refresh` says; resolves with the first answer or failure. */
  #askWith(client, question) {
    const seconds = Number(this.getAttribute("refresh"));
    const fetchAnswer = (options) => this.fetchAnswer(client, question, options);
    this.setAttribute("aria-busy", "true");
    return new Promise((done) => {
      const onAnswer = (answer) => {
        this.#answer = answer;
        this.#show(answer);
        this.#frame.setNote("");
        this.dispatchEvent(new CustomEvent("keyhole-answer", { detail: answer, bubbles: true, composed: true }));
        this.#answeredAt = Date.now();
        done();
      };
      const onError = (error) => {
        this.#fail(error);
        done();
      };
      const polled = poll(fetchAnswer, { seconds: seconds > 0 ? seconds : Infinity, onAnswer, onError });
      const stop = () => {
        polled.stop();
        done();
      };
      this.#asking = { stop };
    });
  }

  #fail(error) {
    this.removeAttribute("aria-busy");
    this.dispatchEvent(new CustomEvent("keyhole-error", { detail: error, bubbles: true, composed: true }));
    const isForbidden = error.status === 401 || error.status === 403;
    if (isForbidden) {
      this.#answer = undefined;
      this.#state("forbidden", message("forbidden", error.message || word("forbidden")));
    } else if (!["ready", "empty"].includes(this.state)) {
      this.#state(
        "error",
        message("error", error.message || word("failed"), () => this.#ask()),
      );
    } else {
      this.#frame.setNote(word("stale", { time: formatOf(this).moment(this.#answeredAt) }));
    }
  }

  async #show(answer) {
    const showing = (this.#showing = {});
    try {
      await this.prepare();
    } catch (error) {
      if (this.#showing === showing) this.#fail(error);
      return;
    }
    // Another answer, question or place came meanwhile.
    if (this.#showing !== showing || !this.isConnected) return;
    this.removeAttribute("aria-busy");
    this.#try(() => this.#draw(answer));
  }

  #draw(answer) {
    const sheet = this.sheetOf(answer);
    if (this.isEmpty(sheet)) {
      this.#state("empty", message("empty", this.getAttribute("empty-text") ?? word("empty")));
      return;
    }
    this.#state("ready");
    const context = {
      sheet,
      answer,
      format: formatOf(this),
      palette: paletteAt(this.#frame.root),
      heading: this.getAttribute("heading") ?? word(this.localName.slice("keyhole-".length)),
      isRightToLeft: getComputedStyle(this).direction === "rtl",
    };
    this.#drawn = this.draw(this.#frame.body, context);
  }

  #state(state, ...children) {
    this.#clear();
    this.#showing = undefined;
    this.dataset.state = state;
    if (state === "loading") this.setAttribute("aria-busy", "true");
    this.#frame.setNote("");
    // What is ready takes the place of what was there by itself, and may keep the focus.
    if (state !== "ready") this.#frame.body.replaceChildren(...children);
    this.#head();
  }

  #clear() {
    this.#drawn?.destroy?.();
    this.#drawn = undefined;
  }

  /** What an attribute says may mean nothing: then that is shown. */
  #try(compute) {
    try {
      return compute();
    } catch (error) {
      this.#state("error", message("error", error.message));
      return undefined;
    }
  }
}

/** Calls back whenever the browser has a network again. Gives what ends it. */
function watchNetwork(callBack) {
  addEventListener("online", callBack);
  return () => removeEventListener("online", callBack);
}
