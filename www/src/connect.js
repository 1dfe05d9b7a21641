// What if the page was given no keys? It says how to get one, and takes it from the visitor's hand.

import { element } from "./element.js";

const OPEN = "Open the dashboard";
const LABELS = { url: "URL of the API", projectId: "Project id", key: "Access key" };

/** A card with the steps and a form; `open(place)` is awaited with what was entered, and may throw. */
export function createConnect(open) {
  const problem = element("p", { class: "form-problem", role: "alert" });
  const button = element("button", { class: "button button-primary", type: "submit" }, OPEN);
  const form = element(
    "form",
    { class: "form", novalidate: true, onsubmit: submit },
    field("url", { type: "url", value: location.origin, autocomplete: "url" }),
    field("projectId", { placeholder: "24 hexadecimal digits" }),
    field("key", { type: "password" }),
    problem,
    button,
  );

  async function submit(event) {
    event.preventDefault();
    if (button.disabled) return;
    const entered = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
    problem.textContent = "";
    button.disabled = true;
    button.textContent = "Asking …";
    try {
      await open({ ...entered, id: "entered", name: "Your events" });
      askForAnother();
    } catch (error) {
      problem.textContent = error.message.replace(/^Keyhole: /, "").replace(/^\w+(?= must)/, (name) => LABELS[name] ?? name);
    }
    button.disabled = false;
    button.textContent = OPEN;
  }

  /** The steps were taken; what is left is a place for a second key, beside the first one's dashboard. */
  function askForAnother() {
    card.classList.add("connect-another");
    card.replaceChildren(element("h2", {}, "Compare with another key"), form);
    form.elements.key.value = "";
  }

  const card = element(
    "section",
    { class: "connect tile" },
    element("h2", {}, "No keys here yet"),
    element("p", {}, "A deployed page carries none: your own app hands each customer theirs. To see dashboards,"),
    element(
      "ul",
      {},
      element(
        "li",
        {},
        "run ",
        element("code", {}, "npm start"),
        " on your machine: it records the demo's events and serves this page with two keys, or",
      ),
      element(
        "li",
        {},
        "make an access key with your project's master key, and enter it below. It stays in this tab's memory. The " +
          "dashboard asks for the demo's collection, ",
        element("code", {}, "strikes"),
        ".",
      ),
    ),
    element("pre", { class: "code", tabindex: "0" }, element("code", {}, example())),
    form,
  );
  return card;
}

function field(name, attributes) {
  const input = element("input", {
    name,
    id: `connect-${name}`,
    required: true,
    spellcheck: "false",
    autocomplete: "off",
    ...attributes,
  });
  return element("div", { class: "field" }, element("label", { for: `connect-${name}` }, LABELS[name]), input);
}

function example() {
  const filter = { property_name: "customer.id", operator: "eq", property_value: "american-airlines" };
  const body = {
    name: "American Airlines",
    is_active: true,
    permitted: ["queries"],
    options: { queries: { filters: [filter] } },
  };
  return `curl ${location.origin}/3.0/projects/PROJECT_ID/keys \\
  -H "Authorization: MASTER_KEY" -H "Content-Type: application/json" \\
  -d '${JSON.stringify(body)}'`;
}
