// How does a request reach the server? With its key in a header, and again when that may help.

import { attempt, failure } from "./attempt.js";
import { retry_delay_ms } from "./core.js";

/** Posts JSON text and resolves to the JSON of the answer; rejects with a KeyholeError. */
export async function post({ url, key, body, signal, parse }) {
  const headers = { "content-type": "application/json" };
  const { json } = await send({ url, key, method: "POST", headers, body, signal, parse });
  return json;
}

/**
 * Gets JSON with its `etag`; `isUnchanged` when it still has the one given, and is not sent again.
 * Rejects with a KeyholeError.
 */
export async function get({ url, key, etag, signal, parse }) {
  const headers = etag === undefined ? {} : { "if-none-match": etag };
  return send({ url, key, method: "GET", headers, signal, parse });
}

/**
 * Sends a request again while that may help. `key` is a string, or a `Credential` that may have another
 * when the server takes it no longer; `parse` reads what JSON.parse would not; `isOnce` when twice is not the same
 * as once.
 */
export async function send(request) {
  let replaced = false;
  for (let attempts = 1; ; attempts += 1) {
    request.signal?.throwIfAborted();
    const key = request.key.key ?? request.key;
    const answer = await attempt({ ...request, key });
    if (answer.ok) return answer;
    if (answer.status === 401 && !replaced && (await hasAnotherKey(request, key))) {
      replaced = true;
      continue;
    }
    // What the server may have done already must not be done again; it says 429 before it does anything.
    if (request.isOnce && answer.status !== 429) throw failure(answer, key);
    const delay = retry_delay_ms(attempts, answer.status, answer.retryAfterMs, Math.random());
    if (delay === undefined) throw failure(answer, key);
    await pause(delay, request.signal);
  }
}

async function hasAnotherKey({ key: credential, signal }, refused) {
  return typeof credential === "string" ? false : unlessAborted(credential.replace(refused), signal);
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    function abort() {
      clearTimeout(timer);
      reject(signal.reason);
    }
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** The same promise, but that it rejects as soon as the signal says so. */
export function unlessAborted(promise, signal) {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
