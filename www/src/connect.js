// What if the page was given no keys? It says how to get one, and takes it from the visitor's hand.

import { element } from "./element.js";

/** A card with the steps and a form; `open(place)` is called with what was entered, and may throw. */
export function createConnect(open) {
  const problem = element("p", { class: "form-problem", role: "alert" });
  const form = element(
    "form",
    { class: "form", novalidate: true, onsubmit: submit },
    field("url", "URL of the API", { type: "url", value: location.origin, autocomplete: "url" }),
    field("projectId", "Project id", { placeholder: "24 hexadecimal digits" }),
    field("key", "Access key", { type: "password" }),
    problem,
    element("button", { class: "button button-primary", type: "submit" }, "Open the dashboard"),
  );

  function submit(event) {
    event.preventDefault();
    const entered = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
    try {
      open({ ...entered, id: "entered", name: "Your events" });
    } catch (error) {
      problem.textContent = error.message.replace(/^Keyhole: /, "");
    }
  }

  return element(
    "section",
    { class: "connect tile" },
    element("h2", {}, "No keys here yet"),
    element("p", {}, "A deployed page carries none: your own app hands each customer theirs. To see dashboards,"),
    element(
      "ol",
      {},
      element(
        "li",
        {},
        "run ",
        element("code", {}, "npm start"),
        " on your machine: it loads the demo events and opens this page with two keys, or",
      ),
      element(
        "li",
        {},
        "make an access key with your project's master key, and enter it below. It stays in this tab's memory.",
      ),
    ),
    element("pre", { class: "code", tabindex: "0" }, element("code", {}, example())),
    form,
  );
}

function field(name, label, attributes) {
  const input = element("input", {
    name,
    id: `connect-${name}`,
    required: true,
    spellcheck: "false",
    autocomplete: "off",
    ...attributes,
  });
  return element("div", { class: "field" }, element("label", { for: `connect-${name}` }, label), input);
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
