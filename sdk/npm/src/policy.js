// What may a key do? Decided here by the server's own code, as far as the key may know of itself.
//
// A module of its own, so that a page loads it when it first asks.

import { bytesOf } from "./dense.js";
import { jsonText, refusing } from "./error.js";
import { check_description, explain, initSync, server_request } from "./policy-bindgen.js";
import wasm from "./policy-wasm-inline.js";
import { zones } from "./zones.js";

let compiled;
let started = false;

/** A module that is compiled already, for a platform that compiles none at run time. */
export function usePolicy(module) {
  compiled = module;
}

function startPolicy() {
  if (started) return;
  initSync({ module: compiled ?? bytesOf(wasm) });
  started = true;
}

/** The policy of the key that this description is of: `self()` gives one. */
export function createPolicy(description) {
  startPolicy();
  // Text, so that nobody changes the policy by changing the object.
  const described = JSON.stringify(description) ?? "";
  check_description(described);
  const decide = (request, { now = Date.now() } = {}) => {
    const text = requestText(request);
    return JSON.parse(refusing(() => explain(described, text, milliseconds(now), zones)));
  };
  return Object.freeze({
    explain: decide,
    can(request, options) {
      const { decision, certain } = decide(request, options);
      return certain && decision === "allowed";
    },
  });
}

/** The request as the server spells it, to be sent. */
export function serverRequest(request) {
  startPolicy();
  return JSON.parse(refusing(() => server_request(requestText(request))));
}

function requestText(request) {
  return jsonText(request, "request", "InvalidRequestError");
}

/** A Date, a number of milliseconds, or ISO-8601 text. */
function milliseconds(now) {
  return typeof now === "string" ? Date.parse(now) : Number(now);
}
