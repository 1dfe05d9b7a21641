// What is there to see after `npm start`, and who may see it?

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folder, state } from "./local.mjs";
import { root } from "./run.mjs";
import { Problem, say, step } from "./steps.mjs";

const file = path.join(folder, "credentials.json");
const shown = path.join(root, "build", "www", "demo.json");

/** Before the server runs: an organization, which no API can make. */
export async function prepare(url) {
  const known = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const credentials = { ...known, url };
  if (!credentials.organization) {
    const { ensureOrganization } = await import("./organization.mjs");
    credentials.organization = await step("making an organization", () => ensureOrganization({ state }));
  }
  save(credentials);
  return credentials;
}

/** While it runs: a project, and the demo's events unless nobody wants them. */
export async function fill(credentials, { empty }) {
  credentials.project ??= await makeProject(credentials);
  save(credentials);
  if (!empty && !credentials.access_keys) {
    const { loadDemo } = await import("../../www/demo/load.mjs");
    Object.assign(credentials, await loadDemo({ ...credentials, onProgress: progress() }));
    save(credentials);
  }
  show(credentials);
}

async function makeProject({ url, organization }) {
  const response = await fetch(`${url}/3.0/organizations/${organization.id}/projects`, {
    method: "POST",
    headers: { authorization: organization.key, "content-type": "application/json" },
    body: JSON.stringify({ name: "Bird strikes" }),
  });
  const text = await response.text();
  if (!response.ok) throw new Problem(`The Worker made no project (${response.status}); .dev/worker.log may say why.`, text);
  const { id, api_keys } = JSON.parse(text);
  return { id, ...api_keys };
}

/** The page asks for this file. A deployment never has it: its build removes what it did not make. */
function show({ url, project, customers, access_keys }) {
  if (!access_keys) return rmSync(shown, { force: true });
  const withKeys = customers.map((customer) => ({ ...customer, key: access_keys[customer.id] }));
  writeFileSync(shown, JSON.stringify({ url, projectId: project.id, customers: withKeys }));
}

function save(credentials) {
  writeFileSync(file, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
}

function progress() {
  let last = 0;
  return (done, total) => {
    if (done < total && Date.now() - last < 1000) return;
    last = Date.now();
    say(`recording the demo's events: ${done} of ${total}`);
  };
}
