// What does one tile show? Its data, or why there is none: loading, nothing, refused, failed.

import { element, icon } from "./element.js";

const LOCK =
  "M7 10V8a5 5 0 0 1 10 0v2h1a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1h1Zm2 0h6V8a3 3 0 0 0-6 0v2Z";
const WARNING = "M12 3 2 20h20L12 3Zm-1 7h2v5h-2v-5Zm0 6.5h2v2h-2v-2Z";

/**
 * A tile of one kind (see kinds.js) that asks with `client`. `load(span)` asks anew and forgets what
 * was asked before; the frame keeps its height whatever it shows.
 */
export function createTile(kind, client, place) {
  const title = element("h3", { class: "tile-title" });
  const body = element("div", { class: "tile-body" });
  const node = element("article", { class: `tile tile-${kind.size}`, "data-tile": kind.id }, title, body);
  let asking = new AbortController();
  let stop = () => {};
  let shown;

  function show(state, ...children) {
    stop();
    stop = () => {};
    node.dataset.state = state;
    node.setAttribute("aria-busy", String(state === "loading"));
    body.replaceChildren(...children);
  }

  function draw(data, span) {
    shown = { data, span };
    if (kind.isEmpty?.(data)) {
      show("empty", message(kind.emptyText ?? "Nothing was recorded in these years."));
      return;
    }
    show("ready");
    stop = kind.draw(body, data, { span, place, title: kind.title(span) }) ?? stop;
  }

  async function load(span) {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    shown = undefined;
    title.textContent = kind.title(span);
    show("loading", element("div", { class: "skeleton" }), element("span", { class: "visually-hidden" }, "Loading"));
    try {
      draw(await kind.ask(client, span, { signal }), span);
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 401 || error.status === 403) {
        show("forbidden", message(error.message, LOCK));
        return;
      }
      const again = element("button", { class: "button", type: "button", onclick: () => load(span) }, "Try again");
      show("error", message(error.message, WARNING), again);
    }
  }

  addEventListener("themechange", () => {
    if (shown) draw(shown.data, shown.span);
  });
  return { node, load };
}

function message(text, path) {
  return element("p", { class: "tile-message" }, ...(path ? [icon(path)] : []), text);
}
