// What does an element ask? What its property says, or its attributes.

const TEXTS = {
  analysis: "analysis_type",
  collection: "event_collection",
  "target-property": "target_property",
  timezone: "timezone",
  interval: "interval",
};
const NUMBERS = { percentile: "percentile", limit: "limit", latest: "latest" };
/** JSON, or plain text where that is no JSON. */
const VALUES = {
  timeframe: "timeframe",
  "group-by": "group_by",
  "order-by": "order_by",
  filters: "filters",
  steps: "steps",
  analyses: "analyses",
  "property-names": "property_names",
};

export const QUESTION_ATTRIBUTES = [
  ...Object.keys({ ...TEXTS, ...NUMBERS, ...VALUES }),
  "saved-query",
  "dataset",
  "index-by",
];

/** The question in the attributes of `node`; `undefined` when there is none. Throws what is no JSON. */
export function questionFromAttributes(node) {
  const found = {};
  for (const [attribute, name] of Object.entries(TEXTS)) {
    if (node.hasAttribute(attribute)) found[name] = node.getAttribute(attribute);
  }
  for (const [attribute, name] of Object.entries(NUMBERS)) {
    if (node.hasAttribute(attribute)) found[name] = Number(node.getAttribute(attribute));
  }
  for (const [attribute, name] of Object.entries(VALUES)) {
    if (node.hasAttribute(attribute)) found[name] = valueOf(node.getAttribute(attribute), attribute);
  }
  if (node.hasAttribute("saved-query")) return { savedQuery: node.getAttribute("saved-query") };
  if (node.hasAttribute("dataset")) {
    const indexBy = valueOf(node.getAttribute("index-by") ?? "", "index-by");
    return { dataset: node.getAttribute("dataset"), indexBy, timeframe: found.timeframe };
  }
  return found.analysis_type === undefined ? undefined : found;
}

function valueOf(text, attribute) {
  const isJson = /^\s*[[{]/.test(text);
  if (!isJson)
    return attribute === "group-by" && text.includes(",") ? text.split(",").map((name) => name.trim()) : text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TypeError(`Keyhole: ${attribute} is not JSON: ${error.message}`, { cause: error });
  }
}

/** Asks `client`, by the question's kind. Integers come exactly. */
export function ask(client, question, options) {
  const exactly = { ...options, exactIntegers: true };
  const { savedQuery, dataset, ...parameters } = question;
  if (savedQuery !== undefined) return client.savedQuery(savedQuery, exactly);
  if (dataset !== undefined) return client.dataset(dataset, parameters, exactly);
  return client.query(question, exactly);
}

/** A parameter of a question, however its name is spelt. */
export function parameter(question, name) {
  const camel = name.replaceAll(/_(\w)/g, (_, letter) => letter.toUpperCase());
  return question?.[name] ?? question?.[camel];
}

/** What was really asked: a saved query and a dataset answer their own. */
export function askedQuery(question, answer) {
  return answer?.query ?? answer?.metadata?.dataset?.query ?? question ?? {};
}
