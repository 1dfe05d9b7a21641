// What may be said on the command line, and what holds where nothing is said?

import path from "node:path";
import { Problem } from "../../xtask/scripts/steps.mjs";

const USAGE = "npm run bench [-- --events N] [--quick] [--seed N] [--json FILE]";
const EVENTS = { least: 1_000, most: 5_000_000, usual: 1_000_000, quick: 20_000 };

/** `{events, quick, seed, json, place}`. */
export function options(words) {
  const chosen = { events: undefined, quick: false, seed: 1, json: undefined };
  const rest = [...words];
  while (rest.length > 0) {
    const word = rest.shift();
    if (word === "--quick") chosen.quick = true;
    else if (word === "--events") chosen.events = whole(word, rest.shift(), EVENTS.least, EVENTS.most);
    else if (word === "--seed") chosen.seed = whole(word, rest.shift(), 0, 4_294_967_295);
    else if (word === "--json" && rest.length > 0) chosen.json = path.resolve(process.env.INIT_CWD ?? ".", rest.shift());
    else throw new Problem(`${word} is not known: ${USAGE}`);
  }
  chosen.events ??= chosen.quick ? EVENTS.quick : EVENTS.usual;
  return chosen;
}

function whole(word, text, least, most) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new Problem(`${word} wants a whole number from ${least} to ${most}: ${USAGE}`);
}
