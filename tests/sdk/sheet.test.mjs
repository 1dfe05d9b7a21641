// Is every form of answer read as what it says, with each value as it was sent?

import assert from "node:assert/strict";
import { test } from "node:test";
import { changeOf } from "../../sdk/npm/dist/elements/change.js";
import { columnName, textFor } from "../../sdk/npm/dist/elements/data-table.js";
import { csvOf } from "../../sdk/npm/dist/elements/export.js";
import { createFormat } from "../../sdk/npm/dist/elements/format.js";
import { seriesOf } from "../../sdk/npm/dist/elements/series.js";
import { isEmptySheet, readSheet } from "../../sdk/npm/dist/elements/sheet.js";
import { sortedRows } from "../../sdk/npm/dist/elements/sort.js";
import { timeTicks } from "../../sdk/npm/dist/elements/ticks.js";

const T1 = { start: "2026-01-01T00:00:00.000Z", end: "2026-01-02T00:00:00.000Z" };
const T2 = { start: "2026-01-02T00:00:00.000Z", end: "2026-01-03T00:00:00.000Z" };
const analyses = { n: { analysis_type: "count" }, m: { analysis_type: "maximum" } };
const steps = [{ event_collection: "a" }, { event_collection: "b" }];
const buckets = (...values) => values.map((value, at) => ({ value, timeframe: [T1, T2][at] }));

/** What was asked, the answer, the columns as `name:role`, the rows. */
const SHAPES = {
  "a number": [{}, { result: 42 }, "result:value", [[42]]],
  "no number": [{}, { result: null }, "result:value", [[null]]],
  "a large integer": [{}, { result: 9007199254740993n }, "result:value", [[9007199254740993n]]],
  groups: [
    { group_by: "a" },
    {
      result: [
        { a: "x", result: 2 },
        { a: null, result: 1 },
      ],
    },
    "a:group result:value",
    [
      ["x", 2],
      [null, 1],
    ],
  ],
  "groups of an unknown question": [{}, { result: [{ a: 7, result: 2 }] }, "a:group result:value", [[7, 2]]],
  "a group called result": [{ groupBy: ["b"] }, { result: [{ b: 1, result: 2 }] }, "b:group result:value", [[1, 2]]],
  "two groups": [
    { group_by: ["a", "b"] },
    { result: [{ a: "x", b: 1, result: 2 }] },
    "a:group b:group result:value",
    [["x", 1, 2]],
  ],
  "classes of numbers": [
    { group_by: { property_name: "p", buckets: { size: 10 } } },
    { result: [{ p: "0 - 10", result: 1 }] },
    "p:group result:value",
    [["0 - 10", 1]],
  ],
  "no group": [{ group_by: "a" }, { result: [] }, "a:group result:value", []],
  "an interval": [
    { interval: "daily" },
    { result: buckets(2, null) },
    "timeframe:time result:value",
    [
      [T1, 2],
      [T2, null],
    ],
  ],
  "an interval and groups": [
    { interval: "daily", group_by: "a" },
    {
      result: buckets(
        [
          { a: "x", result: 2 },
          { a: "y", result: 0 },
        ],
        [],
      ),
    },
    "timeframe:time a:group result:value",
    [
      [T1, "x", 2],
      [T1, "y", 0],
    ],
  ],
  "distinct values": [
    { analysis_type: "select_unique" },
    { result: ["p", 1, null, ["q"]] },
    "value:property",
    [["p"], [1], [null], [["q"]]],
  ],
  "several numbers": [
    { analysis_type: "multi_analysis", analyses },
    { result: { n: 1, m: null } },
    "n:value m:value",
    [[1, null]],
  ],
  "several numbers by groups": [
    { analyses, group_by: "a" },
    { result: [{ a: 3, n: 1, m: 2 }] },
    "a:group n:value m:value",
    [[3, 1, 2]],
  ],
  "several numbers over an interval": [
    { analyses, interval: "daily" },
    { result: buckets({ n: 1, m: 2 }) },
    "timeframe:time n:value m:value",
    [[T1, 1, 2]],
  ],
  "a funnel": [
    { analysis_type: "funnel", steps },
    { result: [3, null], steps },
    "step:step result:value",
    [
      ["a", 3],
      ["b", null],
    ],
  ],
  "a saved funnel": [
    { savedQuery: "f" },
    { query: { analysis_type: "funnel" }, result: { result: [3, 1], steps } },
    "step:step result:value",
    [
      ["a", 3],
      ["b", 1],
    ],
  ],
  "a funnel over an interval": [
    { analysis_type: "funnel", steps },
    { result: buckets([3, 1], [2, 0]), steps },
    "timeframe:time step:step result:value",
    [
      [T1, "a", 3],
      [T1, "b", 1],
      [T2, "a", 2],
      [T2, "b", 0],
    ],
  ],
  events: [
    { analysis_type: "extraction" },
    { result: [{ keen: { timestamp: "t" }, a: { b: 1 } }, { a: { b: null, c: [1] } }] },
    "keen.timestamp:property a.b:property a.c:property",
    [
      ["t", 1, undefined],
      [undefined, null, [1]],
    ],
  ],
  "a saved query, which says what it asks": [
    { savedQuery: "q" },
    { query: { group_by: "n" }, result: [{ n: 5, result: 1 }] },
    "n:group result:value",
    [[5, 1]],
  ],
  "a dataset, which says what it asks": [
    { dataset: "d" },
    { metadata: { dataset: { query: { group_by: ["status"] } } }, result: buckets([{ status: 200, result: 3 }]) },
    "timeframe:time status:group result:value",
    [[T1, 200, 3]],
  ],
};

for (const [name, [question, answer, columns, rows]] of Object.entries(SHAPES)) {
  test(`${name}`, () => {
    const sheet = readSheet(answer, question);
    assert.equal(sheet.columns.map((column) => `${column.name}:${column.role}`).join(" "), columns);
    assert.deepEqual(sheet.rows, rows);
  });
}

test("empty is what has no rows or nothing but zeros and nulls", () => {
  const isEmpty = (name) => isEmptySheet(readSheet(SHAPES[name][1], SHAPES[name][0]));
  assert.equal(isEmpty("no number"), true);
  assert.equal(isEmpty("no group"), true);
  assert.equal(isEmpty("an interval"), false);
  assert.equal(isEmpty("distinct values"), false);
});

test("series tell apart what looks alike, and leave gaps where nothing was answered", () => {
  const result = buckets(
    [
      { a: 1, result: 2 },
      { a: "1", result: 3 },
    ],
    [{ a: null, result: 4 }],
  );
  const { axis, categories, series } = seriesOf(readSheet({ result }, { group_by: "a" }));
  assert.equal(axis, "time");
  assert.deepEqual(categories, [T1, T2]);
  assert.deepEqual(series, [
    { name: [1], values: [2, null] },
    { name: ["1"], values: [3, null] },
    { name: [null], values: [null, 4] },
  ]);
});

test("a time of which no group was answered keeps its place on the axis", () => {
  const day = (date, value) => ({ timeframe: { start: `2026-01-0${date}T00:00:00Z`, end: `2026-01-0${date + 1}T00:00:00Z` }, value });
  const answer = { result: [day(1, []), day(2, [{ plan: "x", result: 4 }]), day(3, []), day(4, [{ plan: "x", result: 5 }])] };
  const sheet = readSheet(answer, { analysis_type: "count", group_by: "plan", interval: "daily", zero_fill: false });
  assert.equal(sheet.rows.length, 2);
  const { categories, series } = seriesOf(sheet);
  assert.deepEqual(categories, answer.result.map(({ timeframe }) => timeframe));
  assert.deepEqual(series, [{ name: ["x"], values: [null, 4, null, 5] }]);
});

test("a file quotes what must be quoted", () => {
  const columns = [
    { name: "a,b", role: "property" },
    { name: "t", role: "time" },
  ];
  const rows = [
    ['x"y', T1],
    ["", T1],
    [null, T1],
    [{ n: 9007199254740993n }, T1],
    ["a\nb", T1],
  ];
  const times = `${T1.start},${T1.end}`;
  const lines = [
    '"a,b",t.start,t.end',
    `"x""y",${times}`,
    `"",${times}`,
    `,${times}`,
    `"{""n"":9007199254740993}",${times}`,
    `"a\nb",${times}`,
  ];
  assert.equal(csvOf({ columns, rows }), lines.map((line) => `${line}\r\n`).join(""));
});

test("numbers sort as numbers, texts as people sort them, and the missing come last either way", () => {
  const rows = [10, null, 9n, "b10", "b9", undefined, true].map((value) => [value]);
  const sorted = (isDescending) => sortedRows(rows, { at: 0, isDescending }).flat();
  assert.deepEqual(sorted(false), [9n, 10, "b9", "b10", true, null, undefined]);
  assert.deepEqual(sorted(true).slice(-2), [null, undefined]);
  assert.deepEqual(rows.flat()[0], 10);
});

test("a change is told in per cent, not from nothing, and never as all when some is left", () => {
  const format = createFormat({ locale: "en" });
  const text = (now, before) => changeOf(now, before, format)?.text;
  assert.equal(text(112, 100), "up 12%");
  assert.equal(text(50, 100), "down 50%");
  assert.equal(text(1, 100_000), "down over 99%");
  assert.equal(text(0, 100), "down 100%");
  assert.equal(text(1001, 1000), "unchanged");
  assert.equal(text(-50, -100), "up 50%");
  for (const before of [0, null, undefined]) assert.equal(text(3, before), undefined);
});

test("a large integer is said by all its digits", () => {
  const format = createFormat({ locale: "en" });
  assert.equal(format.full(9007199254740993n), "9,007,199,254,740,993");
  assert.equal(format.any(9007199254740993n), "9007199254740993");
});

test("what somebody recorded is shown as such, whatever it is called", () => {
  const names = ["constructor", "__proto__", "toString", "valueOf", "hasOwnProperty"];
  const format = createFormat({ locale: "en", labels: { pro: "Professional" } });
  for (const name of names) {
    assert.deepEqual([format.any(name), format.name(name), columnName(name, {})], [name, name, name]);
  }
  assert.deepEqual([format.any("pro"), format.name("pro"), columnName("pro", { pro: "Plan" }), columnName("result", {})], ["Professional", "Professional", "Plan", "Result"]);
  for (const value of [{ start: "x", end: "y" }, { start: 1, end: 2 }, { start: null, end: {} }]) {
    assert.equal(format.name(value), JSON.stringify(value));
    assert.equal(textFor(value, { role: "group" }, format), JSON.stringify(value));
    const columns = [{ name: "plan", role: "group" }];
    assert.equal(csvOf({ columns, rows: [[value]] }).split("\r\n")[1], `"${JSON.stringify(value).replaceAll('"', '""')}"`);
  }
});

/** `count` buckets of `unit` from `start`, in UTC. */
function line(unit, count, start) {
  const at = (index) => {
    const time = new Date(start);
    time[`setUTC${unit}`](time[`getUTC${unit}`]() + index);
    return time.toISOString();
  };
  return Array.from({ length: count }, (_, index) => ({ start: at(index), end: at(index + 1) }));
}

test("labels of time stand where larger units begin, and never more than fit", () => {
  const format = createFormat({ locale: "en", timezone: "UTC" });
  const labels = (buckets, room) => [...timeTicks(buckets, format, room).values()].join(" ");
  assert.equal(labels(line("Date", 4, "2026-01-01"), 5), "Jan 1 Jan 2 Jan 3 Jan 4");
  assert.equal(labels(line("Date", 120, "2026-01-10"), 5), "Feb Mar Apr May");
  assert.equal(labels(line("Date", 30, "2026-01-01"), 5), "Jan 1 Jan 8 Jan 15 Jan 22 Jan 29");
  assert.equal(labels(line("Month", 60, "2020-01-01"), 6), "2020 2021 2022 2023 2024");
  assert.equal(labels(line("Month", 150, "2010-01-01"), 4), "2010 2015 2020");
  assert.equal(labels(line("Hours", 24, "2026-01-01T00:00:00Z"), 4), "12:00 AM 06:00 AM 12:00 PM 06:00 PM");
  for (const unit of ["Hours", "Date", "Month", "FullYear"]) {
    for (const count of [1, 2, 7, 31, 100, 1_000]) {
      for (const room of [2, 5, 12]) {
        const { size } = timeTicks(line(unit, count, "2001-03-05T00:00:00Z"), format, room);
        assert.ok(size >= 1 && size <= room, `${count} ${unit} in ${room}: ${size}`);
      }
    }
  }
});
