// What stands around what an element shows? A heading, a menu, a note, and messages in place of data.

import { icon, node } from "./dom.js";
import { styleSheet } from "./styles.js";
import { word } from "./words.js";

const DOT = "a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z";
const DOTS = `M5 10${DOT}M12 10${DOT}M19 10${DOT}`;
const LOCK =
  "M7 10V8a5 5 0 0 1 10 0v2h1a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1h1Zm2 0h6V8a3 3 0 0 0-6 0v2Z";
const WARNING = "M12 3 2 20h20L12 3Zm-1 7h2v5h-2v-5Zm0 6.5h2v2h-2v-2Z";
const ICONS = { forbidden: LOCK, error: WARNING };

/** `{ body, setHead, setNote, show, place }` in a shadow tree of `host`. */
export function createFrame(host) {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [styleSheet()];
  const head = node("div", { class: "head", part: "head" });
  const body = node("div", { class: "body", part: "body" });
  const note = node("p", { class: "note", part: "note", dir: "auto", hidden: true });
  root.replaceChildren(head, body, note);
  let headSaid;

  /** `actions` are `{ text, act }`; without heading and actions there is no head. An open menu stays open. */
  function setHead(heading, level, actions) {
    const said = JSON.stringify([heading, level, actions]);
    if (said === headSaid) return;
    headSaid = said;
    const hadFocus = head.contains(root.activeElement);
    const tag = /^[1-6]$/.test(level) ? `h${level}` : "h3";
    const title = node(tag, { class: "title", part: "heading" }, node("bdi", {}, heading ?? ""));
    head.hidden = !heading && actions.length === 0;
    head.replaceChildren(title, ...(actions.length > 0 ? [menu(actions)] : []));
    if (hadFocus) head.querySelector("button")?.focus();
  }

  function setNote(text) {
    note.textContent = text ?? "";
    note.hidden = !text;
  }

  return { root, body, setHead, setNote };
}

/** A button and the list it opens; Escape and a step outside close it. */
function menu(actions) {
  const list = node("div", { class: "menu-list", part: "menu", hidden: true });
  const button = node(
    "button",
    { type: "button", "aria-expanded": "false", "aria-label": word("actions"), onclick: () => open(list.hidden) },
    icon(DOTS),
  );
  const items = actions.map(({ text, act }) => {
    const choose = () => {
      open(false);
      button.focus();
      act();
    };
    return node("button", { type: "button", onclick: choose }, text);
  });
  list.append(...items);

  function open(isOpen) {
    list.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) items[0].focus();
  }

  function onkeydown(event) {
    if (list.hidden) return;
    const at = items.indexOf(list.getRootNode().activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) items[(at + step + items.length) % items.length].focus();
    else if (event.key === "Escape") {
      open(false);
      button.focus();
    } else return;
    event.preventDefault();
  }

  const whole = node("div", { class: "menu", onkeydown }, button, list);
  whole.addEventListener("focusout", (event) => {
    if (!whole.contains(event.relatedTarget)) open(false);
  });
  return whole;
}

export function skeleton() {
  const seen = node("div", { class: "skeleton", part: "skeleton" });
  return [seen, node("span", { class: "visually-hidden" }, word("loading"))];
}

/** Why there is no data: `kind` is `empty`, `error` or `forbidden`; `again` tries once more. */
export function message(kind, text, again) {
  const path = ICONS[kind];
  const said = node("p", { dir: "auto", role: kind === "error" && "alert" }, text);
  const button = again && node("button", { type: "button", onclick: again }, word("again"));
  const inner = [path && icon(path), said, button].filter(Boolean);
  return node("div", { class: "message", part: "message", "data-kind": kind }, ...inner);
}
