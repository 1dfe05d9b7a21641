// What does a test of the elements look at, and how does it look?

import { after, before, beforeEach } from "node:test";
import { galleryPage, startGallery } from "./gallery.mjs";
import { launchBrowser } from "../support/browser.mjs";

export const ASKED = 'analysis="count" collection="sales" timeframe="this_60_days"';
export let gallery;
let browser;

before(async () => {
  gallery = await startGallery();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await gallery?.close();
});
beforeEach(() => {
  gallery.asked.length = 0;
  gallery.answer = undefined;
});

/** A page with these elements; `complaints` gathers what the browser's console complains of. */
export async function open(elements, { width = 1280, colorScheme = "light", ...page } = {}) {
  gallery.html = galleryPage(gallery.url, elements, page);
  const opened = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, reducedMotion: "reduce" });
  const complaints = [];
  opened.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  opened.on("pageerror", (error) => complaints.push(String(error)));
  await opened.goto(gallery.url);
  return Object.assign(opened, { complaints });
}

/** Until the element is in that state. */
export const reach = (page, tag, state) => page.waitForSelector(`${tag}[data-state="${state}"]`);
/** The rows of the table that an element carries. */
export const tableText = (page, tag) =>
  page.$eval(tag, (element) =>
    [...element.shadowRoot.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
  );

/** How many pixels of the chart's canvas have which colour, in the part from `from` to `to` of its width. */
export const colours = (page, tag, from = 0, to = 1) =>
  page.$eval(
    tag,
    (element, [begin, end]) => {
      const canvas = element.shadowRoot.querySelector("canvas");
      const left = Math.round(canvas.width * begin);
      const { data } = canvas
        .getContext("2d")
        .getImageData(left, 0, Math.round(canvas.width * end) - left, canvas.height);
      const found = {};
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] < 255) continue;
        const colour = data.slice(at, at + 3).join();
        found[colour] = (found[colour] ?? 0) + 1;
      }
      return found;
    },
    [from, to],
  );

export const mostOf = (found) =>
  Object.keys(found).reduce((most, colour) => (found[colour] > found[most] ? colour : most));
