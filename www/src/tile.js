// What does one tile show? The answer to its kind's question, by an element of the SDK.

import "@keyhole/sdk/elements";
import { element } from "./element.js";

const EMPTY = "Nothing was recorded in these years.";

/** A tile of one kind (see kinds.js) that asks with `client`. `load(span)` asks anew. */
export function createTile(kind, client) {
  const { id, tag, size, attributes, numberFormat } = kind;
  const shown = { "null-label": "Not reported", "empty-text": EMPTY, ...attributes };
  const node = element(tag, { class: `tile tile-${size}`, "data-tile": id, ...shown });
  Object.assign(node, { client, numberFormat });

  function load(span) {
    node.setAttribute("heading", kind.heading(span));
    node.query = kind.question(span);
    if (kind.isCompared) node.comparison = comparison(span);
  }

  return { node, load };
}

/** Where other years than the whole are compared, the metric says which. */
function comparison({ timeframe, compared }) {
  const { current, previous, currentLabel, previousLabel } = compared;
  const isWhole = current.start === timeframe.start && current.end === timeframe.end;
  return isWhole ? { previous, previousLabel } : { current, currentLabel, previous, previousLabel };
}
