// What may this key do? Asked of the server once, remembered, and decided from what is remembered.

import { KeyholeError } from "./error.js";
import { get, post, unlessAborted } from "./transport.js";

/** What one client knows of its key. */
export class Self {
  #projectUrl;
  #key;
  #known;
  #asking;

  constructor(projectUrl, key) {
    this.#projectUrl = projectUrl;
    this.#key = key;
  }

  /** The key's description, fresh; sent anew only if it changed. */
  async describe(signal) {
    const { etag } = this.#current() ?? {};
    const { version } = this.#key;
    const answer = await get({ url: `${this.#projectUrl}/keys/self`, key: this.#key, etag, signal });
    // Text, so that nobody changes what is remembered by changing what was answered.
    if (!answer.isUnchanged) this.#known = { etag: answer.etag, text: JSON.stringify(answer.json), version };
    return JSON.parse(this.#known.text);
  }

  async can(request, signal) {
    const { decision, certain } = await this.explain(request, signal);
    if (certain) return decision === "allowed";
    const asked = await this.explainRemotely(request, signal);
    return asked.decision === "allowed";
  }

  async explain(request, signal) {
    const known = await this.#remembered(signal);
    const { createPolicy } = await unlessAborted(policyModule(), signal);
    known.policy ??= createPolicy(JSON.parse(known.text));
    return known.policy.explain(request);
  }

  async explainRemotely(request, signal) {
    const { serverRequest } = await unlessAborted(policyModule(), signal);
    const body = JSON.stringify({ request: serverRequest(request) });
    const answer = await post({ url: `${this.#projectUrl}/keys/explain`, key: this.#key, body, signal });
    return { ...answer, certain: true };
  }

  /** What is known, asked for when nothing is; whoever asks meanwhile waits for the same answer. */
  async #remembered(signal) {
    if (this.#current() === undefined) {
      this.#asking ??= this.describe().finally(() => (this.#asking = undefined));
      // Not the signal of whoever came first: others wait too.
      await unlessAborted(this.#asking, signal);
    }
    signal?.throwIfAborted();
    return this.#known;
  }

  /** What is known of the key as it is now. */
  #current() {
    return this.#known?.version === this.#key.version ? this.#known : undefined;
  }
}

async function policyModule() {
  try {
    return await import("./policy.js");
  } catch (cause) {
    throw new KeyholeError({ message: "The policy module could not be loaded.", errorCode: "NetworkError", cause });
  }
}
