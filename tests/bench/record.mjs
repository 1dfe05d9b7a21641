// What does recording cost the page that records? In real Chromium, beside JSON.stringify and Keen's own tracker.
//
// npm run bench:record

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { launchBrowser } from "../support/browser.mjs";
import { requireBrowser } from "../../xtask/scripts/browser.mjs";
import { root, run } from "../../xtask/scripts/run.mjs";
import { main, step } from "../../xtask/scripts/steps.mjs";
import { p50, p95 } from "./statistics.mjs";
import { table, time, times, verdict } from "./table.mjs";

const CALLS = 40;
const ROUNDS = 500;
const PAGES = 31;
const BURST = 10_000;
/** In µs and in ms. */
const RECORD_BAR = 5;
const START_BAR = 20;
/** The server may take its time: what it answers is no part of these figures. */
const API = "http://127.0.0.1";

main(async () => {
  Object.assign(process.env, await requireBrowser());
  const build = ["run", "--package", "xtask", "--", "sdk", "--release"];
  await step("compiling the SDK", (report) => run("cargo", build, { report }));
  const site = await startSite(await bundles());
  const browser = await launchBrowser();
  try {
    const calls = await measureCalls(browser, site);
    const stringify = p50(calls.stringify);
    const row = (title, measured, bar) => {
      const kept = bar ? [`≤ ${bar}`, verdict(p50(measured), bar)] : ["", ""];
      return [title, time(p50(measured)), time(p95(measured)), times(p50(measured) / stringify), ...kept];
    };
    console.log(`\nAn event of ${calls.bytes} bytes; Chromium ${browser.version()}.`);
    const rows = [
      row("JSON.stringify(event)", calls.stringify),
      row("recorder.record(…), @keyhole/sdk/track", calls.record, RECORD_BAR),
      row("recorder.record(…) with three extensions", calls.extended),
      row("client.deferEvent(…), keen-tracking 5.0.1", calls.defer),
    ];
    console.log(table("One call, in µs of the main thread", ["", "p50", "p95", "ratio", "bar", ""], rows));
    const whole = await measureWhole(browser, site);
    const wholeRows = [["record(), kept in IndexedDB and sent", time(whole.keyhole)], ["deferEvent(), recordDeferredEvents(), sent", time(whole.keen)]];
    console.log(table(`All that ${BURST} events cost the main thread, in µs for one`, ["", "mean"], wholeRows));
    const starts = await measureStarts(browser, site);
    const startRows = [
      ["import(…) of an empty module", time(p50(starts.empty)), time(p95(starts.empty)), "", ""],
      ["import(…) to the first event accepted", time(p50(starts.track)), time(p95(starts.track)), `≤ ${START_BAR}`, verdict(p50(starts.track), START_BAR)],
    ];
    console.log(table(`Start-up in ${PAGES} new pages, in ms`, ["", "p50", "p95", "bar", ""], startRows));
  } finally {
    await browser.close();
    site.close();
  }
  return 0;
});

/** Each as a page would load it. */
async function bundles() {
  const esbuild = await import("esbuild");
  const entryPoints = [path.join(root, "sdk/npm/dist/track.js")];
  const options = { entryPoints, bundle: true, minify: true, splitting: true, format: "esm", target: "es2022", outdir: "/" };
  const { outputFiles } = await esbuild.build({ ...options, write: false, absWorkingDir: root });
  const chunks = outputFiles.map((file) => [file.path, file.contents]);
  return {
    ...Object.fromEntries(chunks),
    "/empty.js": "export {};",
    "/keen.js": readFileSync(createRequire(import.meta.url).resolve("keen-tracking/dist/keen-tracking.min.js")),
  };
}

/** The page, and an API that stores everything at once. */
async function startSite(scripts) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, API);
    const type = pathname in scripts ? "text/javascript" : pathname.startsWith("/3.0/") ? "application/json" : "text/html";
    // Isolated, a page may measure to five microseconds.
    const headers = { "content-type": type, "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
    let body = "";
    for await (const chunk of request) body += chunk;
    response.writeHead(200, headers);
    if (pathname in scripts) response.end(scripts[pathname]);
    else if (pathname.startsWith("/3.0/")) response.end(stored(body));
    else response.end("<!doctype html><title>Bench</title>");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `${API}:${server.address().port}`, close };
}

function stored(body) {
  const success = { success: true };
  const lists = Object.entries(JSON.parse(body)).map(([name, events]) => [name, events.map(() => success)]);
  return JSON.stringify(Object.fromEntries(lists));
}

async function openPage(browser, site) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${site.url}/`);
  return page;
}

/** An ordinary event. */
function makeEvent() {
  return {
    product: { id: "sku-48213", name: "Wanderschuh Alpspitze", price: 149.95, currency: "EUR", categories: ["shoes", "outdoor"] },
    customer: { id: "c-20934", segment: "returning", country: "DE", since: "2023-04-18T09:12:44.000Z" },
    page: { path: "/de/schuhe/wanderschuh-alpspitze", referrer: "https://www.example.com/search?q=wanderschuhe", title: "Wanderschuh" },
    position: 3,
    discounted: false,
    experiment: null,
  };
}

/** Microseconds of one call, as the mean of `CALLS` of them, `ROUNDS` times; the kinds of call take turns. */
async function measureCalls(browser, site) {
  const page = await openPage(browser, site);
  await page.addScriptTag({ url: `${site.url}/keen.js` });
  const given = { url: site.url, calls: CALLS, rounds: ROUNDS, make: makeEvent.toString() };
  const found = await page.evaluate(async ({ url, calls, rounds, make }) => {
    const { Recorder } = await import("/track.js");
    const event = new Function(`return (${make})()`)();
    const options = { url, projectId: "p", key: "k", queue: { capacity: 1e9, interval: 1e6 } };
    const plain = new Recorder(options);
    const extended = new Recorder({ ...options, storage: { name: "extended" } });
    extended.extend({ app: { version: "1.2.3" } });
    extended.extend(() => ({ app: { visible: document.visibilityState } }));
    extended.extend("views", { product: { source: "page" } });
    const keen = new window.KeenTracking({ projectId: "p", writeKey: "k", host: new URL(url).host, protocol: "http" });
    keen.queueCapacity(1e9);
    keen.queueInterval(1e6);
    const kinds = {
      stringify: () => JSON.stringify(event),
      record: () => plain.record("views", event),
      extended: () => extended.record("views", event),
      defer: () => keen.deferEvent("views", event),
    };
    const micros = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
    for (let round = -50; round < rounds; round += 1) {
      for (const [name, call] of Object.entries(kinds)) {
        const start = performance.now();
        for (let at = 0; at < calls; at += 1) call();
        const taken = ((performance.now() - start) / calls) * 1000;
        if (round >= 0) micros[name].push(taken);
        // What a call leaves to later tasks is done before the next is measured.
        await plain.saved();
        await extended.saved();
      }
    }
    return { ...micros, bytes: new TextEncoder().encode(JSON.stringify(event)).length };
  }, given);
  await page.context().close();
  return found;
}

/** Microseconds that the main thread works for one event, from the call until it is stored. */
async function measureWhole(browser, site) {
  const measured = {};
  for (const name of ["keyhole", "keen"]) {
    const page = await openPage(browser, site);
    await page.addScriptTag({ url: `${site.url}/keen.js` });
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    const busy = async () => {
      const { metrics } = await session.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "TaskDuration").value;
    };
    const given = { name, url: site.url, burst: BURST, make: makeEvent.toString() };
    await page.evaluate(prepare, given);
    const before = await busy();
    await page.evaluate(() => window.go());
    measured[name] = (((await busy()) - before) / BURST) * 1e6;
    await page.context().close();
  }
  return measured;
}

async function prepare({ name, url, burst, make }) {
  const event = new Function(`return (${make})()`)();
  const some = (call) => async () => {
    for (let at = 0; at < burst; at += 1) {
      call();
      if (at % 100 === 99) await new Promise((resolve) => setTimeout(resolve));
    }
  };
  if (name === "keen") {
    const keen = new window.KeenTracking({ projectId: "p", writeKey: "k", host: new URL(url).host, protocol: "http" });
    const each = some(() => keen.deferEvent("views", event));
    window.go = async () => {
      await each();
      keen.recordDeferredEvents();
      // Its promise does not tell when all is sent.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    };
    return;
  }
  const { Recorder } = await import("/track.js");
  const recorder = new Recorder({ url, projectId: "p", key: "k" });
  const each = some(() => recorder.record("views", event));
  window.go = async () => {
    await each();
    await recorder.flush();
  };
}

/** Milliseconds in new pages; each loads an empty module first, so that the first import of a page is none of ours. */
async function measureStarts(browser, site) {
  const starts = { empty: [], track: [] };
  for (let at = 0; at < PAGES; at += 1) {
    const page = await openPage(browser, site);
    const { empty, track } = await page.evaluate(async (url) => {
      const times = [performance.now()];
      await import("/empty.js");
      times.push(performance.now());
      const { Recorder } = await import("/track.js");
      const accepted = new Recorder({ url, projectId: "p", key: "k" }).record("views", { path: location.pathname });
      times.push(performance.now());
      if (!accepted) throw new Error("not accepted");
      return { empty: times[1] - times[0], track: times[2] - times[1] };
    }, site.url);
    starts.empty.push(empty);
    starts.track.push(track);
    await page.context().close();
  }
  return starts;
}
