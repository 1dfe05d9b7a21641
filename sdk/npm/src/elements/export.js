// How do numbers leave the page? As CSV, every row of them, or as a picture.

import { textOf } from "./format.js";

/** RFC 4180: a header and every row. Missing and `null` are empty, an empty text is `""`; times have two columns. */
export function csvOf({ columns, rows }) {
  const header = columns.flatMap(({ name, role }) => (role === "time" ? [`${name}.start`, `${name}.end`] : [name]));
  const cells = (value, at) => (columns[at].role === "time" ? [value.start, value.end] : [value]);
  const lines = rows.map((row) => row.flatMap(cells));
  return [header, ...lines].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

function cell(value) {
  if (value === null || value === undefined) return "";
  const text = textOf(value);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The canvas on the colour it stands on: transparent pictures are unreadable elsewhere. */
export function pngOf(canvas, { palette }) {
  const copy = document.createElement("canvas");
  Object.assign(copy, { width: canvas.width, height: canvas.height });
  const brush = copy.getContext("2d");
  brush.fillStyle = palette.surface;
  brush.fillRect(0, 0, copy.width, copy.height);
  brush.drawImage(canvas, 0, 0);
  return new Promise((resolve, reject) => {
    copy.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new TypeError("Keyhole: the chart has no size."))),
      "image/png",
    );
  });
}

export function fileName(heading, ending) {
  const plain = (heading ?? "")
    .trim()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "");
  return `${plain || "keyhole"}.${ending}`;
}

/** Text, or a Blob, as a file for the visitor. */
export function download(name, content) {
  const blob = typeof content === "string" ? new Blob([content], { type: "text/csv;charset=utf-8" }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
