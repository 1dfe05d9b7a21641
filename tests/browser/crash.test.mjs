// Is every event stored once, when a browser is offline, and is killed?
//
// KEYHOLE_ROUNDS=3 does all of it three times.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeProject, always } from "../support/project.mjs";
import { makeProfile } from "../support/spawned_browser.mjs";
import { startWorker } from "../support/harness.mjs";
import { startSite } from "./site.mjs";

const ROUNDS = Number(process.env.KEYHOLE_ROUNDS ?? 1);
const EVENTS = 10_000;

let worker;
let site;

before(async () => {
  worker = await startWorker();
  site = await startSite();
});

after(async () => {
  site?.close();
  await worker?.close();
});

/** A page with a recorder, and what it told of events that were refused. */
async function open(context, project) {
  const page = await context.newPage();
  await page.goto(site.url);
  const options = { url: worker.url, projectId: project.id, key: project.keys.write };
  await page.evaluate(async (options) => {
    const { Recorder } = await import("/dist/track.js");
    window.failed = [];
    window.recorder = new Recorder(options);
    window.recorder.addEventListener("failed", ({ detail }) => window.failed.push(detail));
  }, options);
  return page;
}

/** Records events numbered from `first`, as a page that is in use does: now many at once, now few. */
function recordAll(page, first, count) {
  return page.evaluate(
    async ({ first, count }) => {
      for (let number = first; number < first + count; number += 1) {
        const accepted = window.recorder.record(number % 3 === 0 ? "views" : "clicks", { number, text: "x".repeat(300) });
        if (!accepted) throw new Error(`${number} was not accepted`);
        if (number % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return window.recorder.saved();
    },
    { first, count },
  );
}

/** How many events there are, and how many numbers they have. */
async function stored(project) {
  const asked = { timeframe: always, analyses: { events: { analysis_type: "count" }, numbers: { analysis_type: "count_unique", target_property: "number" } } };
  const both = await Promise.all(["views", "clicks"].map((event_collection) => project.query("multi_analysis", { ...asked, event_collection })));
  const sum = (name) => both.reduce((total, { status, body }) => total + (status === 200 ? body.result[name] : 0), 0);
  return { events: sum("events"), numbers: sum("numbers") };
}

async function storedAtLast(project, count) {
  const until = Date.now() + 120_000;
  for (;;) {
    const found = await stored(project);
    if (found.events >= count || Date.now() > until) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const once = (count) => ({ events: count, numbers: count });

for (let round = 1; round <= ROUNDS; round += 1) {
  test(`${EVENTS} events of one tab, recorded offline, survive a killed browser and are stored once (${round})`, async () => {
    const project = await makeProject(worker);
    const profile = await makeProfile();
    try {
      const crashed = await profile.start();
      const page = await open(crashed.context, project);
      await crashed.context.setOffline(true);
      assert.equal(await recordAll(page, 0, EVENTS), true);
      assert.deepEqual(await stored(project), once(0));
      await crashed.kill();

      const again = await profile.start();
      const reopened = await open(again.context, project);
      assert.deepEqual(await storedAtLast(project, EVENTS), once(EVENTS));
      await reopened.evaluate(() => window.recorder.flush());
      assert.deepEqual(await reopened.evaluate(() => [window.failed, window.recorder.size]), [[], 0]);
      assert.deepEqual(await stored(project), once(EVENTS));
      await again.kill();
    } finally {
      await profile.remove();
    }
  });

  test(`two tabs at once, and a browser that is killed again while it sends, lose and repeat nothing (${round})`, async () => {
    const project = await makeProject(worker);
    const profile = await makeProfile();
    try {
      const crashed = await profile.start();
      const pages = [await open(crashed.context, project), await open(crashed.context, project)];
      await crashed.context.setOffline(true);
      const half = EVENTS / 2;
      assert.deepEqual(await Promise.all(pages.map((page, tab) => recordAll(page, tab * half, half))), [true, true]);
      await crashed.kill();

      const sending = await profile.start();
      await Promise.all([open(sending.context, project), open(sending.context, project)]);
      const { events } = await storedAtLast(project, 1);
      await sending.kill();
      assert.ok(events < EVENTS, "killed before all was sent");

      const again = await profile.start();
      const reopened = await Promise.all([open(again.context, project), open(again.context, project)]);
      assert.deepEqual(await storedAtLast(project, EVENTS), once(EVENTS));
      await Promise.all(reopened.map((page) => page.evaluate(() => window.recorder.flush())));
      assert.deepEqual(await stored(project), once(EVENTS));
      await again.kill();
    } finally {
      await profile.remove();
    }
  });
}
