// Who records events, asks about them, and asks what it may? A client that holds one project and one key.

import { event_url, project_url, QueryRequest, stamp_event, startCore } from "./core.js";
import { eventText, KeyholeError, refusing } from "./error.js";
import { randomBytes } from "./random.js";
import { recordLists } from "./record.js";
import { Self } from "./self.js";
import { get, post } from "./transport.js";

export class Keyhole {
  // Private, so that neither the console nor JSON.stringify shows the key.
  #projectUrl;
  #key;
  #self;

  constructor(options) {
    startCore();
    const { url, projectId, key } = options ?? {};
    this.#projectUrl = project_url(textOrEmpty(url), textOrEmpty(projectId), textOrEmpty(key));
    this.#key = key;
    this.#self = new Self(this.#projectUrl, key);
  }

  async record(collection, event, { signal } = {}) {
    const url = refusing(() => event_url(this.#projectUrl, collectionName(collection)));
    const now = new Date().toISOString();
    const body = refusing(() => stamp_event(eventText(event), now, randomBytes()));
    const answer = await post({ url, key: this.#key, body, signal });
    if (answer?.created !== true) {
      throw new KeyholeError({
        message: "The server answered without having stored the event.",
        errorCode: "UnexpectedAnswerError",
        status: 200,
      });
    }
  }

  async recordMany(...given) {
    const named = typeof given[0] !== "string";
    const lists = named ? Object.entries(given[0] ?? {}) : [[given[0], given[1]]];
    for (const [collection, events] of lists) {
      if (!Array.isArray(events)) throw new TypeError(`Keyhole: the events of ${collection} must be an array.`);
    }
    const { signal } = given[named ? 1 : 2] ?? {};
    const url = `${this.#projectUrl}/events`;
    const postBatch = (body) => post({ url, key: this.#key, body, signal });
    const byCollection = (outcomes) => Object.fromEntries(lists.map(([collection], at) => [collection, outcomes[at]]));
    const shape = named ? byCollection : ([outcomes]) => outcomes;
    return recordLists({ lists, postBatch, shape });
  }

  async query(...given) {
    const analysisType = typeof given[0] === "string" ? given.shift() : undefined;
    const [parameters = {}, { signal } = {}] = given;
    const { url, body } = queryRequest(this.#projectUrl, analysisType, parameters);
    return post({ url, key: this.#key, body, signal });
  }

  async dataset(name, { indexBy, timeframe } = {}, { signal } = {}) {
    if (typeof name !== "string" || name === "") throw new TypeError("Keyhole: the dataset's name must be a string.");
    const parameters = { index_by: indexBy, timeframe };
    const sent = Object.entries(parameters).filter(([, value]) => value !== undefined);
    const pairs = sent.map(([key, value]) => [key, JSON.stringify(value)]);
    const url = `${this.#projectUrl}/datasets/${encodeURIComponent(name)}/results?${new URLSearchParams(pairs)}`;
    const { json } = await get({ url, key: this.#key, signal });
    return json;
  }

  async self({ signal } = {}) {
    return this.#self.describe(signal);
  }

  async can(request, { signal } = {}) {
    return this.#self.can(request, signal);
  }

  async explain(request, { remote = false, signal } = {}) {
    return remote ? this.#self.explainRemotely(request, signal) : this.#self.explain(request, signal);
  }
}

function queryRequest(projectUrl, analysisType, parameters) {
  const request = new QueryRequest(projectUrl, analysisType, JSON.stringify(parameters) ?? "");
  const { url, body } = request;
  request.free();
  return { url, body };
}

/** The core asks for strings; what is none is as missing as an empty one. */
function textOrEmpty(value) {
  return typeof value === "string" ? value : "";
}

function collectionName(collection) {
  if (typeof collection === "string") return collection;
  throw new TypeError("Keyhole: collection must be a string.");
}
