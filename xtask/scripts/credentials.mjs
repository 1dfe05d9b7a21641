// Which keys did `npm start` make? As shell variables, for trying things with curl:
//
// eval "$(npm run --silent credentials)"

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { folder } from "./local.mjs";
import { main, Problem } from "./steps.mjs";

await main(async () => {
  const file = path.join(folder, "credentials.json");
  if (!existsSync(file)) throw new Problem("There are no credentials yet: run `npm start` first.");
  const { url, organization, project } = JSON.parse(readFileSync(file, "utf8"));
  const variables = {
    URL: url,
    ORGANIZATION: organization.id,
    ORGANIZATION_KEY: organization.key,
    PROJECT: project.id,
    MASTER_KEY: project.master_key,
    WRITE_KEY: project.write_key,
    READ_KEY: project.read_key,
  };
  for (const [name, value] of Object.entries(variables)) console.log(`export ${name}=${value}`);
});
