// How do results look? As tables a person can read.

/** Columns are titles; the first is text, the others are right-aligned. */
export function table(title, columns, rows) {
  const cells = [columns, ...rows.map((row) => row.map(String))];
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => row[at].length)));
  const line = (row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join("  ");
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return ["", title, "", line(columns), rule, ...cells.slice(1).map(line)].join("\n");
}

export const whole = (number) => Math.round(number).toLocaleString("en");
export const time = (number) => (number < 100 ? number.toFixed(2) : number.toFixed(0));
export const times = (ratio) => `${ratio.toFixed(2)}×`;

/** Does a figure keep its bar? */
export function verdict(actual, bar) {
  return actual <= bar ? "kept" : "MISSED";
}
