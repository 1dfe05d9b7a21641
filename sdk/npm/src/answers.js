// Who waits for the same answer, and what was answered just now?

import { unlessAborted } from "./transport.js";

const KEPT_MAX = 100;

/** The answers of one client. What another key was answered is never given. */
export class Answers {
  #credential;
  #version;
  #asking = new Map();
  #kept = new Map();

  constructor(credential) {
    this.#credential = credential;
    this.#version = credential.version;
  }

  /**
   * The answer to `question`, a text: kept for at most `seconds`, or the one that another waits for, or what
   * `ask(signal)` brings. That is aborted when nobody waits any more. Each caller gets a copy of its own.
   */
  async give(question, ask, { seconds = 0, signal } = {}) {
    signal?.throwIfAborted();
    this.#forgetOtherKeys();
    const kept = this.#kept.get(question);
    // A clock that was put back says nothing of its age.
    const age = kept === undefined ? -1 : Date.now() - kept.at;
    if (age >= 0 && age < seconds * 1000) return structuredClone(kept.answer);
    let shared = this.#asking.get(question);
    if (shared === undefined) {
      shared = begin(ask);
      this.#asking.set(question, shared);
    }
    shared.waiting += 1;
    const { version } = this.#credential;
    try {
      const answer = await unlessAborted(shared.answer, signal);
      if (seconds > 0 && version === this.#credential.version) this.#keep(question, answer);
      const isKept = this.#kept.get(question)?.answer === answer;
      return isKept || shared.waiting > 1 ? structuredClone(answer) : answer;
    } finally {
      shared.waiting -= 1;
      if (shared.waiting === 0) this.#end(question, shared);
    }
  }

  #end(question, shared) {
    shared.controller.abort();
    if (this.#asking.get(question) === shared) this.#asking.delete(question);
  }

  #keep(question, answer) {
    this.#kept.delete(question);
    this.#kept.set(question, { answer, at: Date.now() });
    if (this.#kept.size > KEPT_MAX) this.#kept.delete(this.#kept.keys().next().value);
  }

  #forgetOtherKeys() {
    if (this.#version === this.#credential.version) return;
    this.#version = this.#credential.version;
    this.#kept.clear();
    this.#asking.clear();
  }
}

function begin(ask) {
  const controller = new AbortController();
  const answer = ask(controller.signal);
  // Whoever left does not hear of it.
  answer.catch(() => {});
  return { answer, controller, waiting: 0 };
}
