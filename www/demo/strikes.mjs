// Which events do 10,000 bird strikes make? One row of the FAA's table is one event.

import { readFileSync } from "node:fs";

const file = new URL("../../node_modules/vega-datasets/data/birdstrikes.csv", import.meta.url);

/** Columns of the table, and the property each becomes. Units stand in the names. */
const TEXTS = {
  "Airport Name": "airport",
  "Origin State": "origin_state",
  "Aircraft Make Model": "aircraft",
  "Phase of flight": "phase_of_flight",
  "Time of day": "time_of_day",
  "Wildlife Size": "wildlife_size",
  "Wildlife Species": "wildlife_species",
  "Effect Amount of damage": "damage",
};
const NUMBERS = {
  "Cost Other": "cost_other_usd",
  "Cost Repair": "cost_repair_usd",
  "Cost Total $": "cost_total_usd",
  "Speed IAS in knots": "speed_knots",
};

/** Every strike as an event, in the order of the table. */
export function strikes() {
  const [head, ...lines] = readFileSync(file, "utf8").trim().split(/\r?\n/);
  const columns = head.split(",");
  return lines.map((line, number) => event(cells(columns, line, number), number));
}

/** The customers with the most strikes first. */
export function customersByStrikes(events) {
  const found = new Map();
  for (const { customer } of events) {
    const entry = found.get(customer.id) ?? { ...customer, strikes: 0 };
    entry.strikes += 1;
    found.set(customer.id, entry);
  }
  return [...found.values()].sort((left, right) => right.strikes - left.strikes);
}

function cells(columns, line, number) {
  const values = line.split(",");
  // The table quotes nothing; should it ever, this is where it shows.
  if (values.length !== columns.length)
    throw new Error(`Row ${number + 1} of birdstrikes.csv has ${values.length} cells.`);
  return Object.fromEntries(columns.map((column, at) => [column, values[at].trim()]));
}

function event(row, number) {
  const properties = { customer: customer(row["Aircraft Airline Operator"]) };
  for (const [column, name] of Object.entries(TEXTS)) {
    if (row[column] !== "") properties[name] = row[column];
  }
  for (const [column, name] of Object.entries(NUMBERS)) {
    if (row[column] !== "") properties[name] = Number(row[column]);
  }
  properties.keen = {
    timestamp: `${row["Flight Date"]}T00:00:00.000Z`,
    // The same row has the same token, so loading twice stores nothing twice.
    uniqueness_token: `birdstrikes-${number + 1}`,
  };
  return properties;
}

function customer(operator) {
  // The table marks US AIRWAYS with an asterisk.
  const plain = operator.replace("*", "");
  return {
    id: plain
      .toLowerCase()
      .match(/[a-z0-9]+/g)
      .join("-"),
    name: plain.replace(/[A-Z]+/g, word),
  };
}

const INITIALS = new Set(["US", "UPS", "PSA", "ABX"]);

function word(letters) {
  return INITIALS.has(letters) ? letters : letters[0] + letters.slice(1).toLowerCase();
}
