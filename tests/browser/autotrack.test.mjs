// Does a page that tracks itself record what happened on it, in Keen's model, and nothing that is nobody's business?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser } from "../support/browser.mjs";
import { startWorker } from "../support/harness.mjs";
import { always, makeProject } from "../support/project.mjs";
import { startSite } from "./site.mjs";

const html = `<!doctype html><html><head><title>A shop</title><meta name="description" content="Shoes"></head><body>
  <a id="buy" class="big" href="#bought" title="Now" data-event-key="buy-now"><b>Buy <i>shoes</i></b></a>
  <p id="plain">Nothing</p> <button id="more" type="button">More</button>
  <div id="seen" class="track-element-view">Seen</div>
  <form id="form" action="/order?x=1" method="post">
    <input name="email" value="a@example.com"><input name="customer.name" value="Ann">
    <input name="tag" type="checkbox" value="one" checked><input name="tag" type="checkbox" value="two" checked><input name="tag" type="checkbox" value="three">
    <select name="sizes" multiple><option selected>40</option><option selected>41</option><option>42</option></select>
    <select name="color"><option>red</option><option selected>blue</option></select><textarea name="note">Ring twice</textarea>
    <input name="gone" value="x" disabled>
    <input type="password" name="word" value="secret-1"><input type="text" name="password" value="secret-2">
    <input type="hidden" name="csrf" value="secret-3"><input type="text" name="userPwd" value="secret-4">
    <input autocomplete="section-a cc-number" name="n1" value="secret-5"><input autocomplete="one-time-code" name="n2" value="secret-6">
    <input autocomplete="current-password" name="n3" value="secret-7"><input name="cardNumber" value="secret-8">
    <input name="cvc" value="secret-9"><input id="cc_exp" name="n4" value="secret-10"><input name="payment[iban]" value="secret-11">
    <label>Card number <input name="n5" value="secret-12"></label><input name="n6" placeholder="CVV" value="secret-13">
    <input name="n7" aria-label="Expiry date" value="secret-14"><input name="free" value="4111 1111 1111 1111">
    <fieldset data-private><input name="n8" value="secret-15"></fieldset>
    <input type="submit" name="go" value="Go"><button id="submit">Order</button>
  </form><div style="height: 4000px"></div><div id="far" class="track-element-view">Far</div></body></html>`;

let worker;
let site;
let browser;

before(async () => {
  worker = await startWorker();
  site = await startSite({ html });
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  site?.close();
  await worker?.close();
});

async function withPage({ options = {}, recorder = {}, path = "/", context: settings = {} }, use) {
  const project = await makeProject(worker);
  const context = await browser.newContext({ timezoneId: "Asia/Kolkata", ...settings });
  const open = async (more = recorder, path = "/") => {
    const page = await context.newPage();
    await page.goto(`${site.url}${path}`);
    const given = [{ url: worker.url, projectId: project.id, key: project.keys.write, ...more }, options];
    await page.evaluate(async ([settings, options]) => {
      const { autotrack, Recorder } = await import("/dist/track.js");
      window.recorder = new Recorder(settings);
      window.failed = [];
      window.recorder.addEventListener("failed", ({ detail }) => window.failed.push(detail.error.description));
      window.stop = await autotrack(window.recorder, options);
      document.addEventListener("submit", (event) => event.preventDefault());
    }, given);
    return page;
  };
  /** The events of a collection, the oldest first, once all is sent. */
  const events = async (page, collection) => {
    await page.waitForTimeout(150);
    assert.deepEqual(await page.evaluate(() => window.recorder.flush().then(() => window.failed)), []);
    return stored(project, collection);
  };
  try {
    await use({ page: await open(recorder, path), project, context, open, events });
  } finally {
    await context.close();
  }
}

async function stored(project, collection) {
  const { status, body } = await project.query("extraction", { event_collection: collection, timeframe: always });
  if (status !== 200) return [];
  return body.result.sort((one, other) => one.keen.timestamp.localeCompare(other.keen.timestamp));
}

test("a page view says what Keen's dashboards ask of it, and the server adds the rest", () =>
  withPage({ path: "/cart?utm_source=mail#top" }, async ({ page, context, events }) => {
    const [view, ...others] = await events(page, "pageviews");
    assert.equal(others.length, 0);
    assert.equal(view.tracked_by, "@keyhole/sdk");
    assert.deepEqual([view.page.title, view.page.description, view.page.time_on_page], ["A shop", "Shoes", 0]);
    assert.ok(view.page.time_on_page_ms >= 0 && view.page.scroll_state.ratio > 0 && view.page.scroll_state.ratio < 1);
    const agent = await page.evaluate(() => navigator.userAgent);
    assert.deepEqual([view.ip_address, view.user_agent, view.tech.profile.useragent], ["127.0.0.1", agent, agent]);
    assert.match(view.tech.browser.family, /Chrom/);
    assert.deepEqual([view.tech.profile.screen.height, view.tech.profile.window.width], await page.evaluate(() => [screen.height, innerWidth]));
    assert.equal(view.url.full, `${site.url}/cart?utm_source=mail#top`);
    assert.deepEqual([view.url.info.path, view.url.info.anchor, view.url.info.query_string], ["/cart", "top", { utm_source: "mail" }]);
    assert.equal(view.time.utc.hour, Number(view.keen.timestamp.slice(11, 13)));
    assert.deepEqual([view.time.local.timezone_offset, view.local_time_full.slice(-6)], [19_800, "+05:30"]);
    assert.match(view.user.uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const [cookie] = await context.cookies(site.url);
    assert.deepEqual([cookie.name, JSON.parse(decodeURIComponent(cookie.value)).uuid, cookie.sameSite], ["keen", view.user.uuid, "Lax"]);
  }));

test("a visitor keeps the id, also the one that Keen's tracker gave, and where the first visit came from", () =>
  withPage({}, async ({ page, context, open, events }) => {
    // Cookies are set by another process, and that may take a moment.
    while ((await context.cookies()).length === 0) await page.waitForTimeout(10);
    await context.clearCookies();
    const known = { uuid: "from-keen", initialReferrer: "https://first.example/" };
    await context.addCookies([{ name: "keen", value: encodeURIComponent(JSON.stringify(known)), url: site.url }]);
    await page.close();
    const again = await open();
    const views = await events(again, "pageviews");
    assert.deepEqual([views.at(-1).user.uuid, views.at(-1).referrer.initial], ["from-keen", "https://first.example/"]);
  }));

test("navigation within the page is a view each, with the title it then has and the page before as referrer", () =>
  withPage({}, async ({ page, events }) => {
    await page.evaluate(async () => {
      const settle = () => new Promise((resolve) => setTimeout(resolve, 120));
      history.pushState({}, "", "/shoes");
      document.title = "Shoes";
      await settle();
      history.replaceState({ page: 1 }, "", "/shoes");
      await settle();
      history.replaceState({}, "", "/shoes?page=2");
      await settle();
      history.back();
      await settle();
      location.hash = "anchor";
      await settle();
      location.hash = "#/route";
      await settle();
    });
    const views = await events(page, "pageviews");
    const at = (path) => `${site.url}${path}`;
    assert.deepEqual(views.map(({ url, referrer, page }) => [url.full, referrer.full, page.title]), [
      [at("/"), "", "A shop"],
      [at("/shoes"), at("/"), "Shoes"],
      [at("/shoes?page=2"), at("/shoes"), "Shoes"],
      [at("/"), at("/shoes?page=2"), "Shoes"],
      [at("/#/route"), at("/"), "Shoes"],
    ]);
    assert.equal(new Set(views.map(({ user }) => user.uuid)).size, 1);
  }));

test("views that are recorded when they end know how long they took and how far they were scrolled", () =>
  withPage({ options: { pageViewsOnExit: true } }, async ({ page, project, events }) => {
    await page.evaluate(() => scrollTo(0, 1e6));
    await page.waitForTimeout(1_100);
    await page.evaluate(() => history.pushState({}, "", "/next"));
    const [first, ...others] = await events(page, "pageviews");
    assert.equal(others.length, 0);
    assert.equal(first.url.full, `${site.url}/`);
    assert.ok(first.page.time_on_page >= 1 && first.page.time_on_page_ms >= 1_100);
    assert.equal(first.page.scroll_state.ratio_max, 1);
    await page.goto(`${site.url}/elsewhere`);
    const until = Date.now() + 10_000;
    let views = [];
    while (views.length < 2 && Date.now() < until) views = await stored(project, "pageviews");
    assert.deepEqual(views.map(({ url }) => url.full), [`${site.url}/`, `${site.url}/next`]);
  }));

test("clicks on links, also inside of them, and on what else is asked for", () =>
  withPage({ options: { clickable: "button", clickPosition: true } }, async ({ page, events }) => {
    await page.click("#buy i");
    await page.click("#plain");
    await page.click("#more");
    const [link, button, ...others] = await events(page, "clicks");
    assert.equal(others.length, 0);
    const { element } = link;
    assert.deepEqual([element.node_name, element.href, element.id, element.text], ["I", `${site.url}/#bought`, "buy", "Buy shoes"]);
    assert.deepEqual([element.event_key, element.title, element.selector], ["buy-now", "Now", "body > a#buy > b > i"]);
    assert.ok(link.pointer.x_position > 0 && link.pointer.y_position > 0);
    assert.deepEqual([button.element.id, button.element.text], ["more", "More"]);
  }));

test("a submitted form is recorded without passwords, payment and whatever is private", () =>
  withPage({}, async ({ page, events }) => {
    await page.click("#submit");
    const [{ form, element }] = await events(page, "form_submissions");
    assert.deepEqual(form, {
      action: `${site.url}/order?x=1`,
      method: "post",
      fields: { email: "a@example.com", customer_name: "Ann", tag: ["one", "two"], sizes: ["40", "41"], color: "blue", note: "Ring twice", gone: "x" },
    });
    assert.equal(element.id, "form");
    assert.doesNotMatch(JSON.stringify({ form, element }), /secret-|4111/);
  }));

test("a form is recorded whatever its fields are called, and wherever it leads", () =>
  withPage({}, async ({ page, events }) => {
    await page.evaluate(() => {
      document.body.innerHTML = `<form id="odd" action="http://["><input name="id" value="1"><input name="elements" value="2"><button>Go</button></form>`;
    });
    await page.click("#odd button");
    const [{ form, element }] = await events(page, "form_submissions");
    assert.deepEqual([form.fields, form.action], [{ id: "1", elements: "2" }, "http://["]);
    assert.deepEqual([element.id, element.selector], ["odd", "body > form#odd"]);
  }));

test("a long text is cut between two characters, not within one", () =>
  withPage({}, async ({ page, events }) => {
    await page.evaluate(() => {
      document.body.innerHTML = `<a href="#x" id="long">${"x".repeat(999)}👟</a>`;
    });
    await page.click("#long", { position: { x: 5, y: 5 } });
    assert.deepEqual((await events(page, "clicks")).map(({ element }) => element.text), ["x".repeat(999)]);
  }));

test("what was typed into the page is not recorded as its text", () =>
  withPage({ options: { clickable: "div" } }, async ({ page, events }) => {
    await page.evaluate(() => {
      const editable = `<p contenteditable>secret-1</p>`;
      document.body.innerHTML = `<div id="one">${editable}<b>x</b></div><div id="two" contenteditable="true"><b>secret-2</b></div><div id="three">Open <i contenteditable="false">this</i></div>`;
    });
    for (const place of ["#one b", "#two b", "#three i"]) await page.click(place);
    assert.deepEqual((await events(page, "clicks")).map(({ element }) => element.text ?? null), [null, null, "Open this"]);
  }));

test("fields may be left out by type, by selector, and when they are disabled", () =>
  withPage({ options: { ignoreFormFieldTypes: ["textarea", "checkbox"], privateFields: "[name=email]", ignoreDisabledFormFields: true } }, async ({ page, events }) => {
    await page.click("#submit");
    const [{ form }] = await events(page, "form_submissions");
    assert.deepEqual(Object.keys(form.fields).sort(), ["color", "customer_name", "n8", "sizes"]);
  }));

test("an element is seen each time it comes fully into sight, also one that was added later", () =>
  withPage({}, async ({ page, events }) => {
    await page.waitForTimeout(200);
    await page.evaluate(async () => {
      const settle = () => new Promise((resolve) => setTimeout(resolve, 200));
      scrollTo(0, 1e6);
      await settle();
      scrollTo(0, 0);
      await settle();
      const later = document.createElement("div");
      later.id = "later";
      later.textContent = "Later";
      document.body.prepend(later);
      later.className = "track-element-view";
      await settle();
    });
    const seen = await events(page, "element_views");
    assert.deepEqual(seen.map(({ element }) => element.id), ["seen", "far", "seen", "later"]);
  }));

test("before consent no cookie is read or set and nothing is sent; what happened is recorded once it is given", () =>
  withPage({ recorder: { consent: false } }, async ({ page, context, project, events }) => {
    await page.click("#buy");
    await page.evaluate(() => {
      const { get, set } = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
      window.cookieUses = 0;
      Object.defineProperty(document, "cookie", {
        get: () => (window.cookieUses += 1) && get.call(document),
        set: (value) => (window.cookieUses += 1) && set.call(document, value),
      });
    });
    await page.click("#buy");
    await page.waitForTimeout(200);
    assert.equal(await page.evaluate(() => window.cookieUses), 0);
    assert.deepEqual([await context.cookies(), await stored(project, "clicks")], [[], []]);
    await page.evaluate(() => window.recorder.consent(true));
    assert.equal((await events(page, "clicks")).length, 2);
    assert.equal((await context.cookies()).length, 1);
    const [view] = await stored(project, "pageviews");
    assert.ok(view.user.uuid);
  }));

test("what happened before consent was refused is gone, and nothing is set", () =>
  withPage({ recorder: { consent: false } }, async ({ page, context, project, events }) => {
    await page.click("#buy");
    await page.evaluate(() => window.recorder.consent(false));
    await page.click("#buy");
    await page.evaluate(() => window.recorder.consent(true));
    assert.deepEqual(await events(page, "clicks"), []);
    assert.deepEqual([await context.cookies(), await stored(project, "pageviews")], [[], []]);
  }));

test("switched off is off: addresses, ids, and every kind of event; stopped is stopped", () =>
  withPage({ options: { collectIpAddress: false, collectUuid: false, formSubmissions: false, elementViews: false, scrollState: false } }, async ({ page, context, events }) => {
    await page.click("#submit");
    await page.click("#buy");
    const [click] = await events(page, "clicks");
    assert.deepEqual(["ip_address" in click, click.user, click.page.scroll_state], [false, {}, {}]);
    assert.deepEqual([await events(page, "form_submissions"), await events(page, "element_views")], [[], []]);
    assert.deepEqual(await context.cookies(), []);
    await page.evaluate(() => window.stop());
    await page.click("#buy");
    await page.evaluate(() => history.pushState({}, "", "/stopped"));
    assert.equal((await events(page, "clicks")).length, 1);
    assert.equal((await events(page, "pageviews")).filter(({ url }) => url.full.includes("stopped")).length, 0);
  }));

test("the helpers say what Keen's say", () =>
  withPage({}, async ({ page }) => {
    const said = await page.evaluate(async () => {
      const helpers = await import("/dist/helpers.js");
      return {
        index: helpers.getDatetimeIndex(new Date(2026, 10, 22, 13)),
        domains: ["www.example.com", "https://a.b.shop.co.uk:8080/x?y", "localhost"].map(helpers.getDomainName),
        path: helpers.getDomNodePath(document.querySelector("#form select:nth-of-type(2)")),
        scroll: helpers.getScrollState({ pixel_max: 99_999, ratio_max: 0.9 }),
        profile: Object.keys(helpers.getBrowserProfile()),
        local: helpers.getLocalTime(new Date(0)),
      };
    });
    assert.deepEqual(said.index, { hour_of_day: 13, day_of_week: 1, day_of_month: 22, month: 11, year: 2026 });
    assert.deepEqual(said.domains, ["example.com", "shop.co.uk", "localhost"]);
    assert.equal(said.path, "body > form#form > select:eq(1)");
    assert.deepEqual([said.scroll.pixel_max, said.scroll.ratio_max], [99_999, 0.9]);
    assert.deepEqual(said.profile, "cookies codeName description language name online platform useragent version doNotTrack screen window".split(" "));
    assert.equal(said.local, "1970-01-01T05:30:00.000+05:30");
  }));
