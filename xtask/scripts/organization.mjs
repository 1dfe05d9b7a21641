// How does an organization come to be? By its operator, at the database: no key on the wire can make one.
//
// npm run organization -- --name "Acme" [--remote]

import { randomBytes } from "node:crypto";
import { pathToFileURL } from "node:url";
import { state as localState } from "./local.mjs";
import { run, wrangler } from "./run.mjs";
import { hashOf, makeSecret } from "./secret.mjs";
import { main, Problem } from "./steps.mjs";

/** A new organization: its id, its key, and the SQL that makes it known. The key is not in the SQL. */
export function newOrganization(name) {
  const id = randomBytes(12).toString("hex");
  const key = makeSecret("organization");
  const quoted = `'${name.replaceAll("'", "''")}'`;
  const sql = [
    `INSERT INTO organization (id, name, created_at) VALUES ('${id}', ${quoted}, ${Date.now()})`,
    `INSERT INTO credential (hash, kind, organization) VALUES ('${hashOf(key)}', 'organization', '${id}')`,
  ];
  return { id, key, sql };
}

/** Makes one in the local database, or on the account that wrangler is logged in to. */
export async function ensureOrganization({ name = "My organization", state = localState, remote = false } = {}) {
  const { id, key, sql } = newOrganization(name);
  const where = remote ? ["--remote"] : ["--local", "--persist-to", state];
  await run(...wrangler("d1", "execute", "DB", ...where, "--yes", "--command", `${sql.join("; ")};`));
  return { id, key };
}

function options(words) {
  const chosen = { remote: false };
  while (words.length > 0) {
    const word = words.shift();
    if (word === "--remote") chosen.remote = true;
    else if (word === "--name") chosen.name = words.shift();
    else throw new Problem(`${word} is not known: npm run organization -- --name "Acme" [--remote]`);
  }
  if (chosen.name?.trim()) return chosen;
  throw new Problem('A name is needed: npm run organization -- --name "Acme" [--remote]');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    const { id, key } = await ensureOrganization(options(process.argv.slice(2)));
    console.log(`Organization: ${id}\nIts key, shown this once: ${key}`);
  });
}
