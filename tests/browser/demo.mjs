// What does a browser test look at? The demo page, its events loaded, in a real Chromium.

import { readFileSync } from "node:fs";
import { loadDemo } from "../../www/demo/load.mjs";
import { launchBrowser } from "../support/browser.mjs";

const table = new URL("../../node_modules/vega-datasets/data/birdstrikes.csv", import.meta.url);

/** Loads the demo into a project and opens a browser: `{openPage, close}`. */
export async function startDemo({ url, project }) {
  const { access_keys, customers } = await loadDemo({ url, project });
  const withKeys = customers.map((customer) => ({ ...customer, key: access_keys[customer.id] }));
  const demo = { url, projectId: project.id, customers: withKeys };
  const browser = await launchBrowser();

  /** Opens the page; `complaints` gathers what the browser's console complains of. */
  async function openPage({ width, colorScheme = "light", given = demo }) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, reducedMotion: "reduce" });
    const complaints = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    // `npm start` writes this file among the assets; a test must not.
    await page.route("**/demo.json", (route) => route.fulfill({ json: given }));
    const response = await page.goto(url);
    return { page, complaints, headers: response.headers() };
  }
  return { demo, openPage, close: () => browser.close() };
}

/** Strikes of an operator by the plain text of the table, apart from the loader's way of reading it. */
export function strikesInTable(operator) {
  const rows = readFileSync(table, "utf8").split("\n");
  return rows.filter((row) => row.includes(`,${operator},`)).length;
}
