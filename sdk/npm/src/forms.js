// What was filled into a form? As an object, without passwords and without what one pays with.

const NEVER_TYPES = new Set(["password", "hidden", "file"]);
const NOT_FIELDS = new Set(["submit", "button", "image", "reset", "fieldset", "output", "object"]);
/** What browsers are told to fill in. */
const NEVER_FILLED = /(?:^|\s)(?:cc-\S+|(?:current|new)-password|one-time-code|transaction-amount)(?:\s|$)/i;
/** Names, ids and labels of such fields where nobody told the browser. */
const NEVER_NAMED =
  /card|cvc|cvv|\bcsc\b|\bcc\b|cc-?(?:num|exp|name|no)|expir|iban|\bbic\b|swift|account-?(?:num|no)|routing|sort-?code|pass-?(?:word|wd|phrase|code)|passwd|\bpwd\b|secret|\bpin\b|\botp\b|\bssn\b|social-?security|\btan\b/i;

/**
 * `ignoreTypes` and `privateFields`, a CSS selector, name more fields to leave out. A name that stands twice has a list.
 */
export function serializeForm(form, { ignoreTypes = [], ignoreDisabled = false, privateFields = "[data-private], [data-private] *" } = {}) {
  const fields = {};
  // A field may be called `elements`.
  for (const element of Reflect.get(HTMLFormElement.prototype, "elements", form)) {
    const { name, type } = element;
    if (!name || NOT_FIELDS.has(type) || ignoreTypes.includes(type) || (ignoreDisabled && element.disabled)) continue;
    if ((type === "checkbox" || type === "radio") && !element.checked) continue;
    if (isPrivate(element) || element.matches(privateFields)) continue;
    const values = type === "select-multiple" ? Array.from(element.selectedOptions, ({ value }) => value) : [element.value];
    if (values.some(isCardNumber)) continue;
    // A property's name may hold no dot and begin with no dollar.
    const property = name.replaceAll(".", "_").replace(/^\$+/, "").slice(0, 256);
    if (property.trim() === "" || property === "__proto__") continue;
    const known = Object.hasOwn(fields, property) ? [fields[property]].flat() : [];
    const all = [...known, ...values].map((value) => value.toWellFormed?.() ?? value);
    fields[property] = all.length === 1 && type !== "select-multiple" ? all[0] : all;
  }
  return fields;
}

function isPrivate(element) {
  if (NEVER_TYPES.has(element.type) || NEVER_FILLED.test(element.autocomplete ?? "")) return true;
  // As a field that shows what it hides was one before.
  if (/password/i.test(element.getAttribute("type") ?? "")) return true;
  const names = [element.name, element.id, element.placeholder, element.getAttribute("aria-label"), ...Array.from(element.labels ?? [], ({ textContent }) => textContent)];
  // `cardNumber` and `card_number` as `card-number`.
  const words = names.map((name) => (name ?? "").replace(/([a-z])([A-Z])/g, "$1-$2").replace(/[\s_.[\]]+/g, "-"));
  return words.some((name) => NEVER_NAMED.test(name));
}

/** Thirteen to nineteen digits with the check digit of a payment card, wherever they were typed. */
function isCardNumber(value) {
  const digits = value.replace(/[\s-]/g, "");
  if (!/^\d{13,19}$/.test(digits)) return false;
  const sum = Array.from(digits, Number).reverse().reduce((total, digit, at) => {
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
