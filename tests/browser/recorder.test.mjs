// Does a recorder keep its promises in a real page: when it is left, reloaded, opened twice, and not consented to?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startWorker } from "../support/harness.mjs";
import { always, makeProject } from "../support/project.mjs";
import { startSite } from "./site.mjs";

let worker;
let site;
let browser;

before(async () => {
  worker = await startWorker();
  site = await startSite();
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  site?.close();
  await worker?.close();
});

/** Hands `use` a project and a context of its own, and what opens pages with a recorder in it. */
async function withPages(use, prepare = () => {}) {
  const project = await makeProject(worker);
  const context = await browser.newContext();
  await prepare(context);
  const open = async (more = {}, path = "/") => {
    const page = await context.newPage();
    await page.goto(`${site.url}${path}`);
    const options = { url: worker.url, projectId: project.id, key: project.keys.write, ...more };
    await page.evaluate(async (options) => {
      const { Recorder } = await import("/dist/track.js");
      window.recorder = new Recorder(options);
      window.key = options.key;
      window.told = [];
      for (const type of ["sent", "failed", "delayed"]) {
        window.recorder.addEventListener(type, ({ detail }) => window.told.push([type, detail]));
      }
    }, options);
    return page;
  };
  try {
    await use({ project, context, open });
  } finally {
    await context.close();
  }
}

async function stored(project, count, collection = "a") {
  const until = Date.now() + 15_000;
  for (;;) {
    const { status, body } = await project.query("extraction", { event_collection: collection, timeframe: always });
    const found = status === 200 ? body.result.map(({ n }) => n).sort((one, other) => one - other) : [];
    if (found.length >= count || Date.now() > until) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const numbers = (count) => Array.from({ length: count }, (_, n) => n);
/** Nothing is sent but when the page is left. */
const never = { queue: { capacity: 1e9, interval: 1e6 } };
const recordNumbers = (page, from, count, text = "") =>
  page.evaluate(([from, count, text]) => {
    for (let n = from; n < from + count; n += 1) window.recorder.record("a", { n, text });
  }, [from, count, text]);

for (const [how, leave] of [
  ["closed", (page) => page.close({ runBeforeUnload: false })],
  ["left for another", (page) => page.goto(`${site.url}/elsewhere`)],
  ["reloaded", (page) => page.reload()],
]) {
  test(`what was recorded last is sent when the page is ${how}`, () =>
    withPages(async ({ project, open }) => {
      const page = await open(never);
      await recordNumbers(page, 0, 3);
      await leave(page);
      assert.deepEqual(await stored(project, 3), numbers(3));
    }));
}

test("more than a page may send when it is left is sent by the next one, and nothing twice", () =>
  withPages(async ({ project, open }) => {
    const page = await open(never);
    await recordNumbers(page, 0, 400, "x".repeat(1_000));
    await page.evaluate(() => window.recorder.saved());
    await page.goto(`${site.url}/elsewhere`);
    const first = await stored(project, 1);
    assert.ok(first.length > 0 && first.length < 100, `${first.length} fitted`);
    await open();
    assert.deepEqual(await stored(project, 400), numbers(400));
  }));

/** What the disk says comes a second late. */
const slowDown = () => {
  const open = IDBFactory.prototype.open;
  const { set } = Object.getOwnPropertyDescriptor(IDBRequest.prototype, "onsuccess");
  IDBFactory.prototype.open = function (...given) {
    const request = open.apply(this, given);
    const late = (told) => set.call(request, (event) => setTimeout(told, 1_000, event));
    return Object.defineProperty(request, "onsuccess", { set: late });
  };
};

for (const [disk, prepare] of [["a disk", () => {}], ["a disk that is slower than the server", slowDown]]) {
  test(`a page with ${disk} that only became invisible learns that its events were stored, and sends them once`, () =>
    withPages(async ({ project, open }) => {
      const page = await open(never);
      await recordNumbers(page, 0, 2);
      await page.evaluate(() => {
        Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      });
      await page.waitForFunction(() => window.told.length > 0 && window.recorder.size === 0);
      assert.deepEqual(await page.evaluate(() => window.told), [["sent", { events: 2 }]]);
      await page.evaluate(() => window.recorder.flush());
      assert.deepEqual(await page.evaluate(() => window.told), [["sent", { events: 2 }]]);
      assert.deepEqual(await stored(project, 2), numbers(2));
    }, (context) => context.addInitScript(prepare)));
}

test("a page that became invisible and is kept nothing alive for sends like any other", () =>
  withPages(async ({ project, open }) => {
    const page = await open(never);
    await page.evaluate(() => {
      const { fetch } = window;
      const refuse = async () => {
        throw new TypeError("Failed to fetch");
      };
      window.fetch = (url, options) => (options.keepalive ? refuse() : fetch(url, options));
    });
    await recordNumbers(page, 0, 2);
    await page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    assert.deepEqual(await stored(project, 2), numbers(2));
  }));

test("two tabs that record at once send everything once, and neither holds the other up", () =>
  withPages(async ({ project, context, open }) => {
    const pages = [await open(), await open()];
    let requests = 0;
    context.on("request", (request) => (requests += request.method() === "POST" ? 1 : 0));
    await Promise.all(pages.map((page, tab) => recordNumbers(page, tab * 600, 600)));
    await Promise.all(pages.map((page) => page.evaluate(() => window.recorder.flush())));
    assert.deepEqual(await stored(project, 1_200), numbers(1_200));
    assert.ok(requests <= 4, `${requests} requests`);
  }));

test("a tab whose events another tab sent knows of it, and has room for what comes when it is left", () =>
  withPages(async ({ project, open }) => {
    const page = await open(never);
    await recordNumbers(page, 0, 50, "x".repeat(1_000));
    await page.evaluate(() => window.recorder.saved());
    const other = await open();
    assert.deepEqual(await stored(project, 50), numbers(50));
    await other.evaluate(() => window.recorder.flush());
    await page.evaluate(() => window.recorder.flush());
    assert.equal(await page.evaluate(() => window.recorder.size), 0);
    await recordNumbers(page, 50, 40, "x".repeat(1_000));
    await page.close();
    assert.deepEqual(await stored(project, 90), numbers(90));
  }));

test("a reload in the middle of an outage loses nothing", () =>
  withPages(async ({ project, context, open }) => {
    const page = await open();
    await context.setOffline(true);
    await recordNumbers(page, 0, 50);
    await page.evaluate(() => window.recorder.flush().catch(() => {}));
    const [[type, { error }]] = await page.evaluate(() => window.told.map(([type, { error }]) => [type, { error: error?.errorCode }]));
    assert.deepEqual([type, error], ["delayed", "NetworkError"]);
    await page.close();
    await context.setOffline(false);
    await open();
    assert.deepEqual(await stored(project, 50), numbers(50));
  }));

test("a page that comes online again sends at once", () =>
  withPages(async ({ project, context, open }) => {
    const page = await open({ queue: { interval: 0.05 } });
    await context.setOffline(true);
    await recordNumbers(page, 0, 5);
    await page.waitForFunction(() => window.told.length > 3, undefined, { timeout: 20_000 });
    await context.setOffline(false);
    assert.deepEqual(await stored(project, 5), numbers(5));
  }));

test("recorders of different keys do not send each other's events", () =>
  withPages(async ({ project, context, open }) => {
    const page = await open(never);
    await context.setOffline(true);
    await recordNumbers(page, 0, 2);
    await page.evaluate(() => window.recorder.saved());
    await page.close();
    await context.setOffline(false);
    const other = await open({ key: project.keys.master });
    await other.evaluate(() => window.recorder.flush());
    assert.deepEqual([await other.evaluate(() => window.recorder.size), await stored(project, 0)], [0, []]);
    await open();
    assert.deepEqual(await stored(project, 2), numbers(2));
  }));

/** All that a page can leave behind. */
const traces = (page) =>
  page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const rows = await Promise.all(
      databases.map(
        ({ name }) =>
          new Promise((resolve) => {
            const opened = indexedDB.open(name);
            opened.onsuccess = () => {
              const counted = opened.result.transaction("lists").objectStore("lists").count();
              counted.onsuccess = () => resolve(counted.result);
            };
          }),
      ),
    );
    return { databases: databases.length, cookies: document.cookie, local: localStorage.length, session: sessionStorage.length, rows: rows.reduce((sum, each) => sum + each, 0) };
  });

test("before consent nothing is stored or sent, not even when the page is left; then all of it", () =>
  withPages(async ({ project, context, open }) => {
    let requests = 0;
    context.on("request", (request) => (requests += request.method() === "POST" ? 1 : 0));
    const page = await open({ consent: false, queue: { interval: 0.05 } });
    await recordNumbers(page, 0, 3);
    await page.evaluate(() => window.recorder.flush());
    await page.evaluate(() => {
      dispatchEvent(new PageTransitionEvent("pagehide"));
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await page.waitForTimeout(300);
    assert.deepEqual(await traces(page), { databases: 0, cookies: "", local: 0, session: 0, rows: 0 });
    assert.equal(requests, 0);
    await page.evaluate(() => window.recorder.consent(true));
    assert.deepEqual(await stored(project, 3), numbers(3));
  }));

test("what an earlier page kept waits for consent too", () =>
  withPages(async ({ project, context, open }) => {
    const page = await open(never);
    await context.setOffline(true);
    await recordNumbers(page, 0, 2);
    await page.evaluate(() => window.recorder.saved());
    await page.close();
    await context.setOffline(false);
    const asked = await open({ consent: false });
    await asked.evaluate(() => {
      window.recorder.key = window.key;
      return window.recorder.flush();
    });
    await asked.waitForTimeout(300);
    assert.deepEqual(await stored(project, 0), []);
    await asked.evaluate(() => window.recorder.consent(true));
    assert.deepEqual(await stored(project, 2), numbers(2));
  }));

test("who opted out stays so after a reload, what waited is gone, and who opts in again is recorded", () =>
  withPages(async ({ project, open }) => {
    const page = await open(never);
    await recordNumbers(page, 0, 3);
    await page.evaluate(() => window.recorder.saved());
    await page.evaluate(() => window.recorder.optOut());
    assert.equal((await traces(page)).rows, 0);
    const again = await open();
    assert.deepEqual(await again.evaluate(() => [window.recorder.permission, window.recorder.record("a", {})]), ["denied", false]);
    await again.evaluate(() => window.recorder.optOut(false));
    await recordNumbers(again, 10, 1);
    await again.evaluate(() => window.recorder.flush());
    assert.deepEqual(await stored(project, 1), [10]);
  }));

for (const signal of ["doNotTrack", "globalPrivacyControl"]) {
  test(`${signal} is respected where it is to be`, () =>
    withPages(
      async ({ project, open }) => {
        const page = await open({ respectDoNotTrack: true });
        assert.deepEqual(await page.evaluate(() => [window.recorder.permission, window.recorder.record("a", {})]), ["denied", false]);
        const other = await open();
        await recordNumbers(other, 0, 1);
        await other.evaluate(() => window.recorder.flush());
        assert.deepEqual(await stored(project, 1), [0]);
      },
      (context) => context.addInitScript((name) => Object.defineProperty(navigator, name, { value: name === "doNotTrack" ? "1" : true }), signal),
    ));
}
