// Whose dashboards are on the page, and with whose keys?

import { Keyhole } from "@keyhole/sdk";
import { createConnect } from "./connect.js";
import { createDashboard } from "./dashboard.js";
import { strikes } from "./kinds.js";
import { everything, offerSpans } from "./span.js";

const SIDES = 2;
const main = document.getElementById("dashboards");
const dashboards = [];
let span = everything;

function add(place, other, before = null) {
  const dashboard = createDashboard(place, other, dashboards.length + 1);
  dashboards.push(dashboard);
  main.insertBefore(dashboard.node, before);
  dashboard.load(span);
  return dashboard;
}

offerSpans(document.getElementById("span"), (chosen) => {
  span = chosen;
  for (const dashboard of dashboards) dashboard.load(span);
});

/** Keys of this machine's demo, which only `npm start` puts there. */
async function demo() {
  const response = await fetch("demo.json", { cache: "no-store" }).catch(() => undefined);
  if (!response?.ok) return undefined;
  return response.json().catch(() => undefined);
}

const given = await demo();
const customers = (given?.customers ?? []).slice(0, SIDES);
for (const [at, customer] of customers.entries()) {
  const other = customers[(at + 1) % customers.length];
  add({ url: given.url, projectId: given.projectId, ...customer }, other === customer ? undefined : other);
}
if (customers.length === 0) {
  const connect = createConnect(async (place) => {
    // What does not work is said in the form, once, and not by every tile.
    await new Keyhole(place).query(strikes(span));
    const { node } = add(place, undefined, connect);
    if (dashboards.length === SIDES) connect.remove();
    node.querySelector("h2").focus();
  });
  main.append(connect);
}
