// Does everything hold, from formatting to a real browser?
//
// npm test [-- --only part,part]

import { requireBrowser } from "./browser.mjs";
import { parts } from "./parts.mjs";
import { setUp } from "./setup.mjs";
import { requireNode, requireRust } from "./requirements.mjs";
import { main, Problem, say } from "./steps.mjs";

/** What needs nothing built is tested before it, and says at once what is wrong. */
const BUILD = { name: "build", work: () => setUp().then(() => ({ passed: 1, failed: 0 })) };

main(async () => {
  const chosen = choose(process.argv.slice(2));
  requireNode();
  await requireRust();
  if (chosen.some((part) => part.needsBrowser)) await requireBrowser();
  const results = [];
  for (const part of chosen) {
    const first = part.needsBuild && !results.some(({ name }) => name === BUILD.name);
    if (first) results.push(await take(BUILD));
    results.push(await take(part.needsBuild && broken(results) ? unbuilt(part) : part));
  }
  return conclude(results);
});

function broken(results) {
  return results.some(({ name, failed }) => name === BUILD.name && failed > 0);
}

function unbuilt({ name }) {
  const work = () => Promise.reject(new Problem("Not run: there is no build to test."));
  return { name, work };
}

function choose(words) {
  if (words.length === 0) return parts;
  const names = words[0] === "--only" ? (words[1] ?? "").split(",") : [];
  const unknown = names.filter((name) => !parts.some((part) => part.name === name));
  if (names.length > 0 && unknown.length === 0) return parts.filter((part) => names.includes(part.name));
  const known = parts.map((part) => part.name).join(",");
  throw new Problem(`npm test [-- --only part,part], where the parts are ${known}`);
}

async function take({ name, work }) {
  say(`── ${name}`);
  const from = Date.now();
  try {
    return { name, ...(await work()), seconds: (Date.now() - from) / 1000 };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error([error.printed, error.message].filter(Boolean).join("\n"));
    return { name, passed: 0, failed: 1, seconds: (Date.now() - from) / 1000 };
  }
}

function conclude(results) {
  console.log("\npart            passed  failed  seconds");
  for (const { name, passed, failed, seconds } of results) {
    const columns = [String(passed).padStart(8), String(failed).padStart(8), seconds.toFixed(1).padStart(9)];
    console.log(name.padEnd(14) + columns.join(""));
  }
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  console.log(`\n${total("passed")} passed, ${total("failed")} failed`);
  return total("failed") > 0 || total("passed") === 0 ? 1 : 0;
}
