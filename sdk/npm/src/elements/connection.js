// Whose client does an element ask with? Its own, or that of the `<keyhole-connection>` around it.

import { Keyhole } from "../keyhole.js";

const CHANGED = "keyhole-connected";
const Base = globalThis.HTMLElement ?? class {};

/** Gives one client to every element inside: by its property `client`, or made from its attributes. */
export class KeyholeConnection extends Base {
  static observedAttributes = ["url", "project-id", "access-key"];
  #given;
  #made;

  connectedCallback() {
    this.style.display = "contents";
    if (Object.hasOwn(this, "client")) {
      // Set before the tag was defined.
      const { client } = this;
      delete this.client;
      this.client = client;
    }
    this.#tell();
  }

  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    this.#made = undefined;
    if (this.isConnected) this.#tell();
  }

  get client() {
    return this.#given ?? (this.#made ??= clientFromAttributes(this));
  }

  set client(client) {
    this.#given = client ?? undefined;
    if (this.isConnected) this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event(CHANGED));
  }
}

function clientFromAttributes(node) {
  const [url, projectId, key] = ["url", "project-id", "access-key"].map((name) => node.getAttribute(name));
  return url && projectId && key ? new Keyhole({ url, projectId, key }) : undefined;
}

/** The connection around `node`, also around the shadow tree that it stands in. */
export function connectionOf(node) {
  for (let at = node; at; at = at.getRootNode().host) {
    const found = at.closest("keyhole-connection");
    if (found) return found;
  }
  return undefined;
}

/** Calls back when the connection has another client. Answers how to stop. */
export function watchConnection(connection, changed) {
  connection?.addEventListener(CHANGED, changed);
  return () => connection?.removeEventListener(CHANGED, changed);
}
