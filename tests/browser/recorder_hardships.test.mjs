// Is each event stored once, and told once, where the browser or the network are not as one would wish?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allStored, KEY, PROJECT, startApi } from "../sdk/api.mjs";
import { launchBrowser } from "../support/browser.mjs";
import { startSite } from "./site.mjs";

const ACROSS = { "access-control-allow-origin": "*", "access-control-allow-headers": "authorization, content-type" };
/** Nothing is sent but when it is asked for, or the page is left. */
const never = { queue: { capacity: 1e9, interval: 1e6 } };

let browser;

before(async () => {
  browser = await launchBrowser();
});

after(() => browser?.close());

/** Hands `use` a function that opens pages with a recorder, and one that says which numbers reached the API. */
async function withPages(answer, use, policy) {
  const scripted = ({ method, ...request }) => (method === "OPTIONS" ? { status: 204 } : answer(request));
  const api = await startApi(async (request) => ({ headers: ACROSS, ...(await scripted(request)) }));
  const site = await startSite({ policy });
  const context = await browser.newContext();
  const open = async (more = {}) => {
    const page = await context.newPage();
    await page.goto(site.url);
    await page.evaluate(async (options) => {
      const { Recorder } = await import("/dist/track.js");
      window.recorder = new Recorder(options);
      window.told = [];
      for (const type of ["sent", "failed"]) window.recorder.addEventListener(type, ({ detail }) => window.told.push([type, detail]));
    }, { url: api.url, projectId: PROJECT, key: KEY, ...never, ...more });
    return page;
  };
  const bodies = () => api.requests.filter(({ method }) => method === "POST").map(({ json }) => Object.values(json).flat());
  const numbers = () => bodies().flat().map(({ n }) => n);
  try {
    await use({ open, bodies, numbers, site });
  } finally {
    await context.close();
    site.close();
    await api.close();
  }
}

async function until(what) {
  for (let waited = 0; !(await what()); waited += 20) {
    assert.ok(waited < 10_000, "it does not come about");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("a page in a sandbox, which is denied disk and locks, sends all the same", () =>
  withPages(
    allStored,
    async ({ open, numbers }) => {
      const page = await open();
      assert.equal(await page.evaluate(() => window.origin), "null");
      await page.evaluate(() => {
        window.recorder.record("a", { n: 1 });
        return window.recorder.flush();
      });
      assert.deepEqual(numbers(), [1]);
      assert.equal(await page.evaluate(() => window.recorder.size), 0);
    },
    "sandbox allow-scripts",
  ));

for (const type of ["visibilitychange", "pagehide"]) {
  test(`what the page's own listener records on ${type}, after ours, is sent as the page goes`, () =>
    withPages(allStored, async ({ open, numbers, site }) => {
      const page = await open();
      await page.evaluate((type) => {
        const node = type === "pagehide" ? window : document;
        // A page that was hidden before is not told so again.
        if (type === "pagehide") addEventListener("visibilitychange", (event) => event.stopImmediatePropagation(), { capture: true });
        node.addEventListener(type, () => [1, 2, 3].forEach((n) => window.recorder.record("a", { n })));
      }, type);
      await page.goto(`${site.url}/elsewhere`);
      await until(() => numbers().length > 0);
      assert.deepEqual(numbers(), [1, 2, 3]);
    }));
}

test("what a disk does not delete is not sent again and again", () =>
  withPages(allStored, async ({ open, numbers }) => {
    const page = await open();
    await page.evaluate(() => {
      IDBObjectStore.prototype.delete = () => {
        throw new DOMException("The disk is full.", "QuotaExceededError");
      };
      window.recorder.record("a", { n: 1 });
      window.flushed = window.recorder.flush();
    });
    await page.waitForTimeout(300);
    await page.evaluate(() => {
      window.recorder.record("a", { n: 2 });
      window.flushed = window.recorder.flush();
    });
    await page.waitForTimeout(300);
    assert.deepEqual(numbers(), [1, 2]);
    assert.deepEqual(await page.evaluate(() => [window.told, window.recorder.size]), [[["sent", { events: 1 }], ["sent", { events: 1 }]], 0]);
  }));

test("what a page sends both by itself and as it becomes invisible is told once", () =>
  withPages(
    async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return allStored(request);
    },
    async ({ open, bodies }) => {
      const page = await open();
      await page.evaluate(() => {
        window.recorder.recordMany("a", [{ n: 1 }, { n: 2 }]);
        window.flushed = window.recorder.flush();
      });
      await until(() => bodies().length === 1);
      await page.evaluate(async () => {
        Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
        await new Promise((resolve) => setTimeout(resolve));
        window.recorder.recordMany("b", [{ n: 3 }, { n: 4 }, { n: 5 }]);
        await Promise.all([window.flushed, window.recorder.saved()]);
        await window.recorder.flush();
      });
      assert.deepEqual(await page.evaluate(() => [window.told, window.recorder.size]), [[["sent", { events: 2 }], ["sent", { events: 3 }]], 0]);
    },
  ));

test("who opts out in one tab is not recorded in another that is open, until opting in again in either", () =>
  withPages(allStored, async ({ open, numbers }) => {
    const [one, other] = [await open(), await open()];
    const record = (n) =>
      other.evaluate(async (n) => {
        window.recorder.record("a", { n });
        await window.recorder.flush();
        return window.recorder.permission;
      }, n);
    assert.equal(await record(1), "granted");
    await one.evaluate(() => window.recorder.optOut());
    assert.equal(await record(2), "denied");
    await one.evaluate(() => window.recorder.optOut(false));
    assert.equal(await record(3), "granted");
    assert.deepEqual(numbers(), [1, 3]);
  }));

test("opting out holds, and throws away what waits, where the browser has no room left to remember it", () =>
  withPages(allStored, async ({ open, numbers }) => {
    const page = await open();
    const said = await page.evaluate(async () => {
      for (let bytes = 1_000_000; bytes >= 1; bytes /= 10) {
        try {
          for (let at = 0; ; at += 1) localStorage.setItem(`${bytes} ${at}`, "x".repeat(bytes));
        } catch {}
      }
      window.recorder.record("a", { n: 1 });
      await window.recorder.saved();
      const { name } = await window.recorder.optOut().catch((error) => error);
      return [name, window.recorder.permission, window.recorder.size, window.recorder.record("a", { n: 2 })];
    });
    assert.deepEqual(said, ["QuotaExceededError", "denied", 0, false]);
    await page.evaluate(() => window.recorder.flush());
    assert.deepEqual(numbers(), []);
  }));

test("each recorder's events are kept for as long as it says, whatever other recorders of the origin say", () =>
  withPages(allStored, async ({ open, numbers }) => {
    const shop = { storage: { name: "shop", daysMax: 20 } };
    const page = await open(shop);
    await page.evaluate(async () => {
      const { now } = Date;
      for (const [n, days] of [[1, 21], [2, 10]]) {
        Date.now = () => now() - days * 86_400_000;
        window.recorder.record("a", { n });
        await window.recorder.saved();
      }
      // As a page that crashes.
      window.fetch = () => new Promise(() => {});
    });
    await page.close();
    const other = await open({ storage: { name: "blog", daysMax: 2 } });
    await other.evaluate(() => window.recorder.flush());
    const again = await open(shop);
    await again.evaluate(() => window.recorder.flush());
    assert.deepEqual(numbers(), [2]);
  }));

test("what is being written counts among what is not yet stored", () =>
  withPages(allStored, async ({ open }) => {
    const page = await open();
    const sizes = await page.evaluate(async () => {
      // A disk that is slow to open.
      const { open } = IDBFactory.prototype;
      const { set } = Object.getOwnPropertyDescriptor(IDBRequest.prototype, "onsuccess");
      IDBFactory.prototype.open = function (...given) {
        const late = { set: (told) => set.call(request, (event) => setTimeout(told, 200, event)) };
        const request = Object.defineProperty(open.apply(this, given), "onsuccess", late);
        return request;
      };
      window.recorder.recordMany("a", [{}, {}, {}]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const sizes = [window.recorder.size];
      await window.recorder.saved();
      return [...sizes, window.recorder.size];
    });
    assert.deepEqual(sizes, [3, 3]);
  }));

test("what is recorded as the page becomes invisible is kept when that is said to be so", () =>
  withPages(
    () => new Promise(() => {}),
    async ({ open }) => {
      const page = await open();
      const rows = await page.evaluate(async () => {
        window.recorder.record("a", {});
        Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
        if (!(await window.recorder.saved())) return "not kept";
        const [disk, counted] = [indexedDB.open("keyhole"), {}];
        await new Promise((resolve) => (disk.onsuccess = resolve));
        counted.rows = disk.result.transaction("lists").objectStore("lists").count();
        await new Promise((resolve) => (counted.rows.onsuccess = resolve));
        return counted.rows.result;
      });
      assert.equal(rows, 1);
    },
  ));

test("a visitor of a page that may have no cookie is the same one until it is left", () =>
  withPages(
    allStored,
    async ({ open, bodies }) => {
      const page = await open();
      const complaints = [];
      page.on("pageerror", ({ message }) => complaints.push(message));
      await page.evaluate(async () => {
        const { autotrack } = await import("/dist/track.js");
        document.body.innerHTML = `<a id="link" href="#here">Here</a>`;
        await autotrack(window.recorder);
        for (let at = 0; at < 2; at += 1) document.getElementById("link").click();
        await window.recorder.flush();
      });
      const visitors = bodies().flat().map(({ user }) => user.uuid);
      assert.deepEqual([visitors.length, new Set(visitors).size, complaints], [3, 1, []]);
      assert.ok(visitors[0]);
    },
    "sandbox allow-scripts",
  ));

for (const [how, status] of [["stored", 200], ["refused", 503]]) {
  test(`what found no room, and was ${how} as the page became invisible, is told so and nothing else`, () =>
    withPages(
      (request) => (status === 200 ? allStored(request) : { status, json: { error_code: "ServiceUnavailableError", message: "Busy." } }),
      async ({ open }) => {
        const page = await open({ storage: { bytesMax: 1_000 } });
        const told = await page.evaluate(async () => {
          const event = (n) => ({ n, text: "x".repeat(600) });
          window.recorder.record("a", event(1));
          await window.recorder.saved();
          window.recorder.record("a", event(2));
          Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
          await new Promise((resolve) => setTimeout(resolve, 300));
          return [window.told.map(([type, detail]) => [type, detail.events ?? detail.event.n]), window.recorder.size];
        });
        assert.deepEqual(told, status === 200 ? [[["sent", 2]], 0] : [[["failed", 2]], 1]);
      },
    ));
}
