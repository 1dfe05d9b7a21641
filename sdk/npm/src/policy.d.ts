// Which types does @keyhole/sdk/policy have?

import type { Explanation, KeyDescription, KeyRequest } from "./index.js";

export interface DecideOptions {
  /** When it is: by default the platform's clock. */
  now?: Date | number | string;
}

/** What a key may do, as far as it may know itself. */
export interface Policy {
  /** Would the server allow this? False also where that is not certain. */
  can(request: KeyRequest, options?: DecideOptions): boolean;
  /** Why, by which rules, and what is left of the request. */
  explain(request: KeyRequest, options?: DecideOptions): Explanation;
}

/** The policy of the key that this is the description of. Throws a `TypeError` if it is none. */
export declare function createPolicy(description: KeyDescription): Policy;

/** The request as the server spells it, to be sent to `POST …/keys/explain` as `{"request": …}`. */
export declare function serverRequest(request: KeyRequest): { [kind: string]: unknown };
