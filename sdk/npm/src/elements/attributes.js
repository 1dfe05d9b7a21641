// What do attributes and the place of an element say that is more than text?

import { createFormat } from "./format.js";
import { askedQuery, parameter } from "./question.js";

/** A value as JSON; `undefined` when the attribute is not there. Throws what is no JSON. */
export function jsonAttribute(element, name) {
  const text = element.getAttribute(name);
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TypeError(`Keyhole: ${name} is not JSON: ${error.message}`, { cause: error });
  }
}

/** How `element` says values: in the language of its page, times in the zone that was asked about. */
export function formatOf(element) {
  const query = askedQuery(element.query, element.answer);
  return createFormat({
    locale: localeOf(element),
    timezone: parameter(query, "timezone") ?? "UTC",
    labels: element.labels,
    nullLabel: element.getAttribute("null-label") ?? undefined,
    numberFormat: element.numberFormat,
  });
}

/** The language of the page where the element stands, if the platform knows it. */
function localeOf(element) {
  const language = element.closest("[lang]")?.lang || globalThis.navigator?.language;
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch {
    return undefined;
  }
}
