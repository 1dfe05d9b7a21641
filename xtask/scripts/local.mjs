// What does the Worker on this machine keep, and where?

import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root, run, wrangler } from "./run.mjs";
import { Problem, step } from "./steps.mjs";

/** Everything of this machine: database, credentials, log. Deleting it starts afresh. */
export const folder = path.join(root, ".dev");
export const state = path.join(folder, "state");
const migrations = path.join(root, "worker", "migrations");
const stamp = path.join(folder, "migrations.json");

/** The secret that seals keys at rest. Written once: with another, the keys kept here stay shut. */
export function ensureSecrets() {
  const file = path.join(root, ".dev.vars");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (/^KEY_SEAL=/m.test(text)) return;
  writeFileSync(file, `${text}KEY_SEAL=${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
}

/** Brings the local database up to the migrations, without asking wrangler when none is new. */
export async function migrate() {
  mkdirSync(folder, { recursive: true });
  const applied = existsSync(stamp) && existsSync(state) ? JSON.parse(readFileSync(stamp, "utf8")) : {};
  const wanted = fingerprints();
  const changed = Object.keys(applied).find((name) => applied[name] !== wanted[name]);
  if (changed) {
    throw new Problem(
      `worker/migrations/${changed} changed after it was applied here: delete the folder .dev to start afresh.`,
    );
  }
  if (Object.keys(wanted).every((name) => name in applied)) return;
  await step("applying the database migrations", (report) =>
    run(...wrangler("d1", "migrations", "apply", "DB", "--local", "--persist-to", state), { report }),
  );
  writeFileSync(stamp, `${JSON.stringify(wanted, null, 2)}\n`);
}

function fingerprints() {
  const names = existsSync(migrations) ? readdirSync(migrations).filter((name) => name.endsWith(".sql")) : [];
  return Object.fromEntries(
    names.sort().map((name) => {
      const text = readFileSync(path.join(migrations, name));
      return [name, createHash("sha256").update(text).digest("hex")];
    }),
  );
}
