// Who records events, asks about them, and asks what it may? A client that holds one project and one key.

import { Answers } from "./answers.js";
import { configured } from "./configuration.js";
import { project_url, QueryRequest, startCore } from "./core.js";
import { Credential } from "./credential.js";
import { KeyholeError } from "./error.js";
import { parseExactly } from "./exact.js";
import { oneEvent, recordLists } from "./record.js";
import { Self } from "./self.js";
import { get, post } from "./transport.js";

export class Keyhole {
  // Private, so that neither the console nor JSON.stringify shows the key.
  #projectUrl;
  #key;
  #self;
  #answers;
  #cacheSeconds;

  constructor(options) {
    startCore();
    this.#projectUrl = configured(project_url, options);
    const { key, onKeyExpired, cacheSeconds = 0 } = options;
    this.#key = new Credential(key, onKeyExpired);
    this.#self = new Self(this.#projectUrl, this.#key);
    this.#answers = new Answers(this.#key);
    this.#cacheSeconds = cacheSeconds;
  }

  setKey(key) {
    this.#key.change(key);
  }

  async record(collection, event, { signal } = {}) {
    const { body, segment } = oneEvent(collectionName(collection), event);
    const url = `${this.#projectUrl}/events/${segment}`;
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
    const [parameters = {}, options] = given;
    const { url, body } = queryRequest(this.#projectUrl, analysisType, parameters);
    return this.#ask(url, options, (request) => post({ ...request, body }), body);
  }

  async savedQuery(name, options) {
    return this.#ask(`${this.#projectUrl}/queries/saved/${pathPart(name)}/result`, options, getJson);
  }

  async dataset(name, { indexBy, timeframe } = {}, options) {
    // As JSON, so that the text "7" is not taken for the number.
    const asked = Object.entries({ index_by: indexBy, timeframe }).filter(([, value]) => value !== undefined);
    const parameters = new URLSearchParams(asked.map(([key, value]) => [key, JSON.stringify(value)]));
    return this.#ask(`${this.#projectUrl}/datasets/${pathPart(name)}/results?${parameters}`, options, getJson);
  }

  async #ask(url, options, send, body = "") {
    const { signal, exactIntegers = false, cacheSeconds: seconds = this.#cacheSeconds } = options ?? {};
    const parse = exactIntegers ? parseExactly : undefined;
    const ask = (shared) => send({ url, key: this.#key, signal: shared, parse });
    return this.#answers.give(`${exactIntegers} ${url} ${body}`, ask, { seconds, signal });
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

async function getJson(request) {
  return (await get(request)).json;
}

function pathPart(name) {
  if (typeof name === "string" && name !== "") return encodeURIComponent(name);
  throw new TypeError("Keyhole: the name must be a string that is not empty.");
}

function collectionName(collection) {
  if (typeof collection === "string") return collection;
  throw new TypeError("Keyhole: collection must be a string.");
}
