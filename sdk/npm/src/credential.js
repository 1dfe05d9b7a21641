// Which key is sent, and where does a fresh one come from when the server takes it no longer?

import { fitKey } from "./configuration.js";

/** One key at a time. `version` counts the changes, so that what an older key was answered is not kept. */
export class Credential {
  #key;
  #renew;
  #renewing;
  version = 0;

  /** `renew` is asked for another key; it may be missing. */
  constructor(key, renew) {
    this.#key = key;
    this.#renew = renew;
  }

  get key() {
    return this.#key;
  }

  change(key) {
    if (fitKey(key) === this.#key) return;
    this.#key = key;
    this.version += 1;
  }

  /** Is there another key than the refused one? Asked for once, however many requests were refused with it. */
  async replace(refused) {
    if (refused !== this.#key) return true;
    if (this.#renew === undefined) return false;
    this.#renewing ??= this.#fetch().finally(() => (this.#renewing = undefined));
    await this.#renewing;
    return refused !== this.#key;
  }

  async #fetch() {
    const fresh = await this.#renew();
    // Nothing came: the refusal itself says more than a complaint about the hook would.
    if (fresh !== undefined && fresh !== null) this.change(fresh);
  }
}
