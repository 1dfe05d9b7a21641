// What does `<keyhole-metric>` show? One number, and how it stands beside the one before.

import { KeyholeElement } from "./base.js";
import { changeOf } from "./change.js";
import { askCompared, figureOf } from "./compare.js";
import { textFor } from "./data-table.js";
import { node } from "./dom.js";
import { ask } from "./question.js";
import { word } from "./words.js";

export class KeyholeMetric extends KeyholeElement {
  #comparison;

  /** `{ previous, current, previousLabel, currentLabel }`: timeframes to compare, in place of the time before. */
  get comparison() {
    return this.#comparison;
  }
  set comparison(comparison) {
    this.#comparison = comparison ?? undefined;
    this.reask();
  }

  fetchAnswer(client, question, options) {
    const wanted = this.#comparison ?? (this.hasAttribute("compare") || undefined);
    const askOne = (asked) => ask(client, asked, options);
    return wanted === undefined ? askOne(question) : askCompared(askOne, question, wanted);
  }

  isEmpty() {
    return false;
  }

  draw(body, { answer, format }) {
    const value = figureOf(answer, this.query);
    const whole = textFor(value, { role: "value" }, format);
    const data = { class: "figure", part: "figure", title: whole, "data-value": String(value) };
    const parts = [node("p", data, format.short(value))];
    if (answer.comparison) parts.push(this.#change(answer.comparison, format));
    body.replaceChildren(...parts);
    return {};
  }

  #change({ now, before }, format) {
    const { currentLabel, previousLabel = word("before") } = this.#comparison ?? {};
    const subject = currentLabel ? `${currentLabel}: ` : "";
    const change = changeOf(now, before, format);
    if (change === undefined) {
      const said = Number(now ?? 0) === 0 && before !== null ? "noneEither" : "noneBefore";
      return node("p", { class: "change", part: "change" }, subject + word(said, { previous: previousLabel }));
    }
    const tone = toneOf(change.direction, this.getAttribute("better"));
    const said = node("b", tone ? { "data-tone": tone } : {}, change.text);
    const [head, tail] = word("on", { change: "\u0000", previous: previousLabel }).split("\u0000");
    return node("p", { class: "change", part: "change", "data-change": change.direction }, subject + head, said, tail);
  }
}

/** Whether more is good, only the page knows. */
function toneOf(direction, better) {
  if (direction === "same" || !["up", "down"].includes(better)) return undefined;
  return direction === better ? "good" : "bad";
}
