// What is every event given by the page? Properties that were registered, merged below what the event says itself.

/** Properties for all events or for those of a collection: objects, or functions that make one for each event. */
export class Extensions {
  #all = [];
  #byCollection = new Map();

  add(collection, properties) {
    const list = collection === undefined ? this.#all : (this.#byCollection.get(collection) ?? []);
    list.push(properties);
    if (collection !== undefined) this.#byCollection.set(collection, list);
  }

  /** The event with all that is registered for it; itself when nothing is. Nothing given is changed. */
  extend(collection, event) {
    const own = this.#byCollection.get(collection) ?? [];
    if (this.#all.length + own.length === 0) return event;
    const itself = typeof event?.toJSON === "function" ? event.toJSON("") : event;
    // What is no event does not become one by what is added.
    if (typeof itself !== "object" || itself === null || Array.isArray(itself)) return itself;
    const below = [...this.#all, ...own].map((given) => (typeof given === "function" ? given() : given));
    // Of a class, or of another frame, an event is an object like any other.
    return [...below, { ...itself }].reduce(merged);
  }
}

/** The later one wins; objects are merged at every depth, lists are joined without repeating a value. */
function merged(below, above) {
  if (Array.isArray(below) && Array.isArray(above)) return [...new Set([...below, ...above])];
  if (!isPlain(below) || !isPlain(above)) return above === undefined ? below : above;
  const result = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const merge = Object.hasOwn(result, name) ? merged(result[name], value) : value;
    // Not by assignment, which `__proto__` would turn into something else.
    Object.defineProperty(result, name, { value: merge, enumerable: true, configurable: true, writable: true });
  }
  return result;
}

function isPlain(value) {
  const prototype = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  return prototype === Object.prototype || prototype === null;
}
