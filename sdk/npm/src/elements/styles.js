// How do the elements look? By custom properties that a page may set; light and dark side by side.

import { SERIES } from "./palette.js";

const SERIES_LIGHT = ["#2a63c4", "#c2571a", "#0d7a6c", "#8a4fb3", "#b0334f", "#6b7a12", "#0f7ea8", "#7a5a3a"];
const SERIES_DARK = ["#74a7ff", "#f0965a", "#4fcdb4", "#c39aec", "#f2849c", "#c3d15a", "#5cc3ee", "#cdaa86"];
const series = Array.from(
  { length: SERIES },
  (_, at) =>
    `--_series-${at + 1}: var(--keyhole-series-${at + 1}, light-dark(${SERIES_LIGHT[at]}, ${SERIES_DARK[at]}));`,
).join("\n  ");

const css = `
:host {
  --_accent: var(--keyhole-accent, var(--_series-1));
  --_soft: var(--keyhole-accent-soft, color-mix(in srgb, var(--_accent) 15%, transparent));
  --_surface: var(--keyhole-surface, light-dark(#ffffff, #161b22));
  --_sunken: var(--keyhole-sunken, light-dark(#eef1f5, #232a33));
  --_line: var(--keyhole-line, light-dark(#e2e5ea, #2b333e));
  --_grid: var(--keyhole-grid, light-dark(#edeff2, #262d37));
  --_text: var(--keyhole-text, light-dark(#171c26, #e8ecf2));
  --_text-muted: var(--keyhole-text-muted, light-dark(#5d6675, #98a3b3));
  --_good: var(--keyhole-good, light-dark(#13684f, #58c9a3));
  --_bad: var(--keyhole-bad, light-dark(#a83232, #ff8f88));
  --_focus: var(--keyhole-focus, light-dark(#2563c9, #7fb0ff));
  --_height: var(--keyhole-height, 240px);
  ${series}
  display: block;
  box-sizing: border-box;
  position: relative;
  min-width: 0;
  color: var(--_text);
  font: var(--keyhole-font, inherit);
}
:host([hidden]) { display: none; }
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
* { box-sizing: border-box; }
.head { display: flex; align-items: center; gap: 0.5rem; min-height: 1.75rem; margin-block-end: 0.4rem; }
.title { flex: 1; min-width: 0; margin: 0; font-size: 0.87rem; font-weight: 550;
  color: var(--_text-muted); overflow-wrap: anywhere; }
.body { position: relative; height: var(--_height); }
.canvas { position: absolute; inset: 0; outline-offset: 2px; border-radius: 4px; }
.canvas canvas { display: block; }
.note { margin: 0.3rem 0 0; font-size: 0.8rem; color: var(--_text-muted); }
.skeleton { height: 100%; min-height: 2.5rem; border-radius: 8px; background: var(--_sunken);
  animation: pulse 1.4s ease-in-out infinite; }
@keyframes pulse { 50% { opacity: 0.45; } }
.message { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 0.5rem;
  height: 100%; overflow: auto; text-align: center; font-size: 0.9rem; color: var(--_text-muted); }
.message p { margin: 0; max-width: 36ch; overflow-wrap: anywhere; }
.icon { width: 1.3em; height: 1.3em; fill: currentColor; flex: none; }
.message[data-kind="error"] .icon { color: var(--_bad); }
button { font: inherit; font-size: 0.85rem; color: var(--_text); background: var(--_surface);
  border: 1px solid var(--_line);
  border-radius: 7px; padding: 0.25rem 0.7rem; min-height: 1.75rem; cursor: pointer; }
button:hover:not(:disabled) { background: var(--_sunken); }
button:disabled { opacity: 0.45; cursor: default; }
:focus-visible { outline: 2px solid var(--_focus); outline-offset: 2px; }
.menu { position: relative; margin-inline-start: auto; }
.menu > button { display: grid; place-items: center; width: 1.75rem; padding: 0; border-color: transparent;
  background: transparent; color: var(--_text-muted); }
.menu-list { position: absolute; inset-inline-end: 0; top: calc(100% + 2px); z-index: 5; display: grid;
  min-width: 10rem; padding: 0.25rem;
  border: 1px solid var(--_line); border-radius: 9px; background: var(--_surface); box-shadow: 0 6px 20px rgb(0 0 0 / 18%); }
.menu-list[hidden] { display: none; }
.menu-list button { border: 0; text-align: start; background: transparent; white-space: nowrap; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.colour-probe { position: absolute; width: 0; height: 0; overflow: hidden; visibility: hidden; pointer-events: none;
  color: var(--_text); background-color: var(--_surface); border-color: var(--_accent); outline-color: var(--_grid);
  text-decoration-color: var(--_series-2); column-rule-color: var(--_series-3);
  transition: color 1ms, background-color 1ms, border-color 1ms, outline-color 1ms, text-decoration-color 1ms, column-rule-color 1ms; }
.scroll { overflow: auto; max-height: 100%; }
.as-table { height: 100%; }
table { width: 100%; border-collapse: collapse; font-size: 0.87rem; }
th, td { padding: 0.38rem 0.6rem; text-align: start; border-block-end: 1px solid var(--_line);
  vertical-align: baseline; }
th { font-weight: 550; }
thead th { position: sticky; top: 0; background: var(--_surface); color: var(--_text-muted); white-space: nowrap; }
tbody th { font-weight: inherit; }
.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
.brief { white-space: nowrap; }
.long { min-width: 18ch; overflow-wrap: anywhere; }
thead button { border: 0; padding: 0; min-height: 0; background: transparent; color: inherit;
  font-weight: inherit; font-size: inherit; }
thead button:hover:not(:disabled) { background: transparent; color: var(--_text); }
.arrow { display: inline-block; width: 1em; opacity: 0; }
[aria-sort="ascending"] .arrow, [aria-sort="descending"] .arrow { opacity: 1; }
.foot { display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; gap: 0.5rem;
  margin-block-start: 0.5rem;
  font-size: 0.84rem; color: var(--_text-muted); }
.foot .range { margin-inline-end: auto; font-variant-numeric: tabular-nums; }
.figure { margin: 0; font-size: var(--keyhole-figure-size, 2.1rem); line-height: 1.2; font-weight: 650;
  letter-spacing: -0.025em; font-variant-numeric: tabular-nums; }
.change { margin: 0.15rem 0 0; font-size: 0.84rem; line-height: 1.3; color: var(--_text-muted); }
.change b { font-weight: 600; }
.change [data-tone="good"] { color: var(--_good); }
.change [data-tone="bad"] { color: var(--_bad); }
:host(keyhole-metric) { --_height: var(--keyhole-height, 76px); }
:host(keyhole-metric) .message { align-items: flex-start; justify-content: flex-start; text-align: start;
  font-size: 0.82rem; gap: 0.25rem; }
:host(keyhole-metric) .message .icon { display: none; }
:host(keyhole-table) .body { height: auto; min-height: var(--_height); }
:host(keyhole-table) .message, :host(keyhole-table) .skeleton { height: var(--_height); }
@media (prefers-reduced-motion: reduce) { .skeleton { animation: none; } }
@media (forced-colors: active) { .change [data-tone] { color: CanvasText; } }
`;

let sheet;

/** One for all elements. Made by script, which a Content Security Policy allows without inline styles. */
export function styleSheet() {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}
