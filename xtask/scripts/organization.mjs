// How does an organization come to be? By its operator, at the database: no key on the wire can make one.
//
// npm run organization -- --name "Acme" [--remote]
// npm run organization -- --renew ID [--remote]       its key anew; the old one is dead

import { randomBytes } from "node:crypto";
import { pathToFileURL } from "node:url";
import { migrate, state as localState } from "./local.mjs";
import { attempt, wrangler } from "./run.mjs";
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

/** The same for one that is there: only the new key opens it from then on. */
export function renewedOrganization(id) {
  const key = makeSecret("organization");
  const sql = [
    `DELETE FROM credential WHERE organization = '${id}' AND kind = 'organization'`,
    `INSERT INTO credential (hash, kind, organization) VALUES ('${hashOf(key)}', 'organization', '${id}')`,
  ];
  return { id, key, sql };
}

/** Makes one in the local database, or on the account that wrangler is logged in to, or renews the one called `renew`. */
export async function ensureOrganization({ name = "My organization", renew, state = localState, remote = false } = {}) {
  const { id, key, sql } = renew ? renewedOrganization(renew) : newOrganization(name);
  const where = remote ? ["--remote"] : ["--local", "--persist-to", state];
  const { code, output } = await attempt(
    ...wrangler("d1", "execute", "DB", ...where, "--yes", "--command", `${sql.join("; ")};`),
  );
  if (code === 0) return { id, key };
  throw new Problem(`No organization was ${renew ? "renewed" : "made"}.${hint(output)}`, output);
}

function hint(output) {
  if (output.includes("FOREIGN KEY")) return " There is none with this id.";
  if (output.includes("no such table")) return " Run `npx wrangler d1 migrations apply DB --remote` first.";
  return "";
}

const USAGE = 'npm run organization -- --name "Acme" [--remote], or -- --renew ID [--remote]';

function options(words) {
  const chosen = { remote: false };
  while (words.length > 0) {
    const word = words.shift();
    if (word === "--remote") chosen.remote = true;
    else if (word === "--name") chosen.name = words.shift();
    else if (word === "--renew") chosen.renew = words.shift() ?? "";
    else throw new Problem(`${word} is not known: ${USAGE}`);
  }
  if (chosen.renew === undefined && chosen.name?.trim()) return chosen;
  if (/^[0-9a-f]{24}$/.test(chosen.renew) && chosen.name === undefined) return chosen;
  throw new Problem(`A name is needed, or the id of an organization: ${USAGE}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    const chosen = options(process.argv.slice(2));
    if (!chosen.remote) await migrate();
    const { id, key } = await ensureOrganization(chosen);
    console.log(`Organization: ${id}\nIts key, shown this once: ${key}`);
  });
}
