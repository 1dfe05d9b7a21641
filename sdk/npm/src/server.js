// Who makes keys for customers? Your own server, or another Worker, with the master key or a key that may make keys.

import { configured } from "./configuration.js";
import { project_url, startCore } from "./core.js";
import { narrowed } from "./narrow.js";
import { send } from "./transport.js";

export { KeyholeError } from "./error.js";

const PER_PAGE = 200;
const CHANGE_ATTEMPTS = 4;

/** The keys of one project, as its master key or a delegating key may handle them. */
export class Keys {
  #projectUrl;
  #key;
  #fetch;

  constructor(options) {
    startCore();
    this.#projectUrl = configured(project_url, options);
    this.#key = options.key;
    this.#fetch = options.fetch;
  }

  async create(definition, options) {
    return this.#post("", definition, { ...options, isOnce: true });
  }

  /** Within the key at hand: repeats what limits it, and adds what `definition` says. */
  async narrow(definition, options) {
    const maker = await this.#json("GET", "/self", options);
    return this.create(maker.kind === "access" ? narrowed(maker, definition) : definition, options);
  }

  async get(id, options) {
    return this.#json("GET", part(id), options);
  }

  /** All that fit, page by page, the oldest first. */
  async *list({ name, externalId, isActive } = {}, options) {
    const asked = { name, external_id: externalId, is_active: isActive };
    const given = Object.entries(asked).filter(([, value]) => value !== undefined);
    for (let page = 1; ; page += 1) {
      const parameters = new URLSearchParams([...given, ["page", page], ["per_page", PER_PAGE]]);
      const keys = await this.#json("GET", `?${parameters}`, options);
      yield* keys;
      if (keys.length < PER_PAGE) return;
    }
  }

  /** What `change(definition)` makes of it as it is; done again where somebody else was faster. */
  async change(id, change, options) {
    for (let attempts = 1; ; attempts += 1) {
      const { json, etag } = await this.#send("GET", part(id), options);
      const changed = await change(definitionOf(json));
      try {
        return await this.#post(part(id), changed, { ...options, headers: { "if-match": etag } });
      } catch (error) {
        if (error.status !== 412 || attempts === CHANGE_ATTEMPTS) throw error;
      }
    }
  }

  async rotate(id, { overlapSeconds = 0, ...options } = {}) {
    return this.#post(`${part(id)}/rotate`, { overlap_seconds: overlapSeconds }, { ...options, isOnce: true });
  }

  async revoke(id, options) {
    return this.#post(`${part(id)}/revoke`, {}, options);
  }

  async restore(id, options) {
    return this.#post(`${part(id)}/unrevoke`, {}, options);
  }

  async delete(id, options) {
    await this.#send("DELETE", part(id), options);
  }

  /** Every key of one customer. Counted first: a number that changed meanwhile revokes none, and is counted again. */
  async revokeAll(externalId, options) {
    for (let attempts = 1; ; attempts += 1) {
      const { active } = await this.#post("/revoke", { external_id: externalId }, options);
      try {
        const { revoked } = await this.#post("/revoke", { external_id: externalId, count: active }, options);
        return revoked;
      } catch (error) {
        if (error.status !== 409 || attempts === CHANGE_ATTEMPTS) throw error;
      }
    }
  }

  async #json(method, path, options) {
    return (await this.#send(method, path, options)).json;
  }

  async #post(path, body, options) {
    return this.#json("POST", path, { ...options, body: JSON.stringify(body) });
  }

  #send(method, path, { signal, body, headers, isOnce } = {}) {
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const url = `${this.#projectUrl}/keys${path}`;
    const request = { url, key: this.#key, method, body, headers: { ...type, ...headers }, signal, isOnce };
    return send({ ...request, ...(this.#fetch ? { fetch: this.#fetch } : {}) });
  }
}

function part(id) {
  if (typeof id === "string" && id !== "") return `/${encodeURIComponent(id)}`;
  throw new TypeError("Keyhole: the key's id must be a string that is not empty.");
}

/** What may be sent back: the server's own notes on the key left out. */
function definitionOf(key) {
  const { id, key: text, project_id, created_at, updated_at, made_by, last_used_at, ...definition } = key;
  return definition;
}
