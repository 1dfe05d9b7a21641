// What does `import "@keyhole/sdk/elements"` do? It defines the tags; on a server, nothing.

import { KeyholeChart } from "./elements/chart.js";
import { KeyholeConnection } from "./elements/connection.js";
import { KeyholeMetric } from "./elements/metric.js";
import { KeyholeTable } from "./elements/table.js";

export { setWords } from "./elements/words.js";
export { KeyholeChart, KeyholeConnection, KeyholeMetric, KeyholeTable };

/** The connection first: the others look for it as soon as they are defined. */
const TAGS = {
  "keyhole-connection": KeyholeConnection,
  "keyhole-chart": KeyholeChart,
  "keyhole-metric": KeyholeMetric,
  "keyhole-table": KeyholeTable,
};

for (const [tag, definition] of Object.entries(TAGS)) {
  if (globalThis.customElements && !customElements.get(tag)) customElements.define(tag, definition);
}
