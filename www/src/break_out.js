// Can a query see past its key? The visitor may try.

import { element } from "./element.js";
import { counted } from "./format.js";
import { breakOutFilter, tryToBreakOut } from "./questions.js";

/** A panel that asks for another customer's rows with this customer's key; `clear` forgets what came. */
export function createBreakOut(client, place, other, currentSpan) {
  const answer = element("div", { class: "break-out-answer", "aria-live": "polite" });
  const button = element("button", { class: "button", type: "button", onclick: attempt }, "Run this query");
  const target = other ? `${other.name}, or anyone at all` : "anyone at all";
  const heading = element("h3", { class: "tile-title" }, "Try to break out");
  const text = element("p", { class: "break-out-text" }, `With this key, ask for ${target}:`);
  const filter = JSON.stringify(breakOutFilter(other?.id), null, 1).replace(/\n\s*/g, " ");
  const code = element("pre", { class: "code", tabindex: "0" }, element("code", {}, filter));
  const node = element("article", { class: "tile tile-wide break-out" }, heading, text, code, button, answer);

  async function attempt() {
    button.disabled = true;
    try {
      answer.replaceChildren(...verdict(await tryToBreakOut(client, currentSpan(), other?.id)));
    } catch (error) {
      answer.replaceChildren(element("p", {}, error.message));
    }
    button.disabled = false;
  }

  function verdict({ plain, attempt: found, seen }) {
    answer.dataset.plain = plain;
    answer.dataset.attempt = found;
    answer.dataset.seen = seen.join(" ");
    const figures = element(
      "dl",
      { class: "figures" },
      ...figure("Without the filter", counted(plain)),
      ...figure("With it", counted(found)),
      ...figure("Customers seen", seen.length === 0 ? "none" : seen.join(", ")),
    );
    const held = found === plain && seen.length <= 1;
    const text = held
      ? `Still only ${other ? place.name : "this key's events"}. The key's own filter stands beside yours, joined by AND, so no OR reaches around it.`
      : "These figures differ, which must never happen: this key sees more than its own rows.";
    return [figures, element("p", { class: held ? "verdict" : "verdict verdict-bad" }, text)];
  }

  return { node, clear: () => answer.replaceChildren() };
}

function figure(name, value) {
  return [element("dt", {}, name), element("dd", {}, value)];
}
