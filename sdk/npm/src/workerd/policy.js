// And for the policy alone? Its module comes compiled too.

import policy from "../policy_bg.wasm";
import { usePolicy } from "../policy.js";

usePolicy(policy);

export { createPolicy, serverRequest } from "../policy.js";
