// Does Keen's own tracker, unchanged, track a page in a real browser when it is pointed here?

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startWorker } from "../support/harness.mjs";
import { makeProject, storedAtLast } from "../support/project.mjs";

const bundle = readFileSync(createRequire(import.meta.url).resolve("keen-tracking/dist/keen-tracking.js"), "utf8");
const page = `<!doctype html><title>A shop</title><script src="/keen-tracking.js"></script>
  <a id="link" href="#bought">Buy</a>
  <form id="form" onsubmit="return false"><input name="email" value="a@example.com"><input type="password" name="word" value="secret"></form>`;

let worker;
let project;
let site;
let browser;

before(async () => {
  worker = await startWorker();
  project = await makeProject(worker);
  site = createServer((request, response) => {
    const isScript = request.url.startsWith("/keen-tracking.js");
    response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
    response.end(isScript ? bundle : page);
  });
  await new Promise((resolve) => site.listen(0, "localhost", resolve));
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  site?.close();
  await worker?.close();
});

const stored = (collection, count) => storedAtLast(project, collection, count);

/** Opens the shop with a tracker that was told nothing but where to send. */
async function open(path, settings = {}) {
  const opened = await browser.newPage();
  await opened.goto(`http://localhost:${site.address().port}${path}`);
  const config = { projectId: project.id, writeKey: project.keys.write, protocol: "http", host: new URL(worker.url).host, ...settings };
  await opened.evaluate((config) => {
    window.tracker = new window.KeenTracking(config);
  }, config);
  return opened;
}

test("automatic tracking records views, clicks and forms, and its add-ons are run", async () => {
  const opened = await open("/cart?utm_source=mail#top");
  await opened.evaluate(() => window.tracker.initAutoTracking());
  const [view] = await stored("pageviews", 1);
  assert.match(view.tracked_by, /^keen-tracking-/);
  assert.deepEqual([view.page.title, view.ip_address], ["A shop", "127.0.0.1"]);
  assert.equal(view.user_agent, await opened.evaluate(() => navigator.userAgent));
  assert.match(view.tech.browser.family, /Chrom/);
  assert.deepEqual([view.tech.os.family, view.tech.device.type], ["Linux", "desktop"]);
  assert.equal(view.tech.profile.useragent, view.user_agent);
  const { port } = site.address();
  assert.equal(view.url.full, `http://localhost:${port}/cart?utm_source=mail#top`);
  assert.deepEqual(view.url.info, { protocol: "http", domain: "localhost", path: "/cart", anchor: "top", query_string: { utm_source: "mail" } });
  assert.equal(view.time.utc.year, Number(view.keen.timestamp.slice(0, 4)));
  assert.equal(view.time.local.timezone_offset, 0);
  assert.equal("addons" in view.keen, false);
  await opened.click("#link");
  const [click] = await stored("clicks", 1);
  assert.equal(click.element.id, "link");
  assert.ok(click.url.info.domain);
  await opened.evaluate(() => document.querySelector("#form").requestSubmit());
  const [form] = await stored("form_submissions", 1);
  assert.deepEqual(form.form.fields, { email: "a@example.com" });
  await opened.close();
});

for (const requestType of ["fetch", "img", "beaconAPI"]) {
  test(`one event is recorded by ${requestType}`, async () => {
    const opened = await open("/", { requestType });
    await opened.evaluate((by) => void window.tracker.recordEvent("single", { by, text: "ż???>>>" }), requestType);
    const find = (events) => events.filter(({ by }) => by === requestType);
    const until = Date.now() + 10_000;
    let found = [];
    while (found.length === 0 && Date.now() < until) found = find(await stored("single", 1));
    assert.deepEqual(found.map(({ text }) => text), ["ż???>>>"]);
    await opened.close();
  });
}
