// Which words do the elements say themselves? English, until an app says its own.

const words = {
  loading: "Loading",
  empty: "Nothing was recorded here.",
  forbidden: "This key may not see this.",
  failed: "This could not be loaded.",
  again: "Try again",
  none: "(none)",
  actions: "Actions",
  showTable: "Show as table",
  showChart: "Show as chart",
  downloadCsv: "Download CSV",
  downloadPng: "Download PNG",
  stale: "Shown as of {time}; refreshing failed.",
  previousPage: "Previous page",
  nextPage: "Next page",
  range: "{first}–{last} of {total}",
  time: "Time",
  step: "Step",
  result: "Result",
  value: "Value",
  chart: "Chart",
  metric: "Figure",
  table: "Table",
  highest: "Highest: {label}, {value}.",
  points: "{label}: {count} values. Use the arrow keys to walk through them.",
  up: "up {change}",
  down: "down {change}",
  over: "over {share}",
  unchanged: "unchanged",
  on: "{change} on {previous}",
  before: "the time before",
  noneBefore: "none in {previous}",
  noneEither: "none, as in {previous}",
};

/** Says these instead, wherever an element is drawn from now on. */
export function setWords(own) {
  Object.assign(words, own);
}

/** `word("range", { first: 1 })` */
export function word(name, given = {}) {
  return words[name].replaceAll(/\{(\w+)\}/g, (whole, field) => given[field] ?? whole);
}
