// What does one customer see? Tiles that all ask with that customer's key.

import { Keyhole } from "@keyhole/sdk";
import { createBreakOut } from "./break_out.js";
import { element, icon } from "./element.js";
import { kinds } from "./kinds.js";
import { createTile } from "./tile.js";

const KEY =
  "M15 3a6 6 0 0 0-5.7 7.9L3 17.2V21h4v-2h2v-2h2l1.3-1.3A6 6 0 1 0 15 3Zm1.5 6.2a1.7 1.7 0 1 1 0-3.4 1.7 1.7 0 0 1 0 3.4Z";

/**
 * `place` is {url, projectId, id, name, key}; `other` the customer to try to spy on, if known.
 * `load(span)` draws it for other years. Throws a TypeError when the place cannot be used.
 */
export function createDashboard(place, other, accent) {
  const { url, projectId, key, id, name } = place;
  const client = new Keyhole({ url, projectId, key });
  let shown;
  const tiles = kinds.map((kind) => createTile(kind, client));
  const breakOut = createBreakOut(client, place, other, () => shown);
  const heading = `dashboard-${accent}`;
  const badge = element("p", { class: "key-badge" }, icon(KEY), "own access key ", element("code", {}, masked(key)));
  const node = element(
    "section",
    { class: `dashboard accent-${accent}`, "data-customer": id, "aria-labelledby": heading },
    element("header", { class: "dashboard-head" }, element("h2", { id: heading, tabindex: "-1" }, name), badge),
    element("div", { class: "tiles" }, ...tiles.map((tile) => tile.node), breakOut.node),
  );

  function load(span) {
    shown = span;
    breakOut.clear();
    for (const tile of tiles) tile.load(span);
  }
  return { node, load };
}

/** Enough to see that two keys differ, too little to use one. */
function masked(key) {
  return `${key.slice(0, key.lastIndexOf("_") + 1)}…${key.slice(-4)}`;
}
