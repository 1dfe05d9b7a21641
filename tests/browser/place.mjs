// Where does the page of a browser test come from? A Worker of its own, or one that runs already.

import { readFileSync } from "node:fs";

/**
 * `{url, project, close}`: the API with the pages, and an empty project in it. With the path of a
 * credentials file in `KEYHOLE_CREDENTIALS`, that server is used instead of a new one.
 */
export async function startPlace() {
  const file = process.env.KEYHOLE_CREDENTIALS;
  if (file) {
    const { url, project } = JSON.parse(readFileSync(file, "utf8"));
    return { url, project, close: async () => {} };
  }
  const { startWorker } = await import("../support/harness.mjs");
  const { makeProject } = await import("../support/project.mjs");
  const worker = await startWorker();
  const { id, keys } = await makeProject(worker);
  return { url: worker.url, project: { id, master_key: keys.master, write_key: keys.write }, close: worker.close };
}
