// How does a request reach the server? With its key in a header, and again when that may help.

import { retry_delay_ms } from "./core.js";
import { KeyholeError } from "./error.js";

/** Posts JSON text and resolves to the JSON of the answer; rejects with a KeyholeError. */
export async function post({ url, key, body, signal }) {
  for (let attempts = 1; ; attempts += 1) {
    signal?.throwIfAborted();
    const answer = await attempt({ url, key, body, signal });
    if (answer.ok) return answer.json;
    const delay = retry_delay_ms(attempts, answer.status, answer.retryAfterMs, Math.random());
    if (delay === undefined) throw failure(answer, key);
    await pause(delay, signal);
  }
}

async function attempt({ url, key, body, signal }) {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: key, "content-type": "application/json" },
      body,
      signal,
      cache: "no-store",
      credentials: "omit",
      // Following one could carry the key to another host.
      redirect: "error",
    });
    const json = parsed(await response.text());
    const { status } = response;
    return { ok: response.ok && json !== undefined, status, json, retryAfterMs: retryAfterMs(response) };
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    return { ok: false, status: 0, cause };
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `Retry-After` is a number of seconds or a date. */
function retryAfterMs(response) {
  const header = response.headers.get("retry-after");
  if (header === null) return undefined;
  const wait = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(wait) ? undefined : wait;
}

function failure({ status, json, cause }, key) {
  if (status === 0) {
    return new KeyholeError({ message: "The server could not be reached.", errorCode: "NetworkError", cause });
  }
  const message = json?.message ?? `The server answered ${status} without saying why in JSON.`;
  const errorCode = json?.error_code ?? "UnexpectedAnswerError";
  return new KeyholeError({ message: String(message).replaceAll(key, "[key]"), errorCode: String(errorCode), status });
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
