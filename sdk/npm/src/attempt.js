// What does the server say to one request? Never a rejection, but for the caller's own signal.

import { KeyholeError } from "./error.js";

/** `{ok, status, json, etag, isUnchanged, retryAfterMs}`; `{ok: false, status: 0, cause}` when there was no answer. */
export async function attempt(request) {
  const { url, key, method, headers, body, signal, keepalive, parse, fetch = globalThis.fetch } = request;
  try {
    const response = await fetch(url, {
      method,
      headers: key === undefined ? headers : { ...headers, authorization: key },
      body,
      signal,
      keepalive,
      cache: "no-store",
      credentials: "omit",
      // Following one could carry the key to another host; Workers do not know "error".
      redirect: "manual",
    });
    const json = parsed(await response.text(), parse);
    const { status } = response;
    const isUnchanged = status === 304 && "if-none-match" in headers;
    const ok = isUnchanged || status === 204 || (response.ok && json !== undefined);
    const etag = response.headers.get("etag") ?? undefined;
    return { ok, status, json, etag, isUnchanged, retryAfterMs: retryAfterMs(response) };
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    return { ok: false, status: 0, cause };
  }
}

function parsed(text, parse = JSON.parse) {
  try {
    return parse(text);
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

/** An answer that is none to be glad of, as an error. */
export function failure({ status, json, cause }, key) {
  if (status === 0) {
    return new KeyholeError({ message: "The server could not be reached.", errorCode: "NetworkError", cause });
  }
  const message = json?.message ?? `The server answered ${status} without saying why in JSON.`;
  const errorCode = json?.error_code ?? "UnexpectedAnswerError";
  return new KeyholeError({ message: String(message).replaceAll(key, "[key]"), errorCode: String(errorCode), status });
}
