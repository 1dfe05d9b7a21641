// Is what was answered what the description of the API says?

import Ajv from "ajv/dist/2020.js";

const PATH = "/3.0/openapi.json";
const read = new WeakMap();

/** The description that a worker answers, read once. */
export function describedBy(worker) {
  if (!read.has(worker)) read.set(worker, worker.fetch(PATH).then(async (response) => new Description(await response.json())));
  return read.get(worker);
}

/** The document, and what can be asked of it. */
export class Description {
  #ajv = new Ajv({ strict: false, validateFormats: false, allErrors: false });
  #validators = new Map();

  constructor(document) {
    this.document = document;
    this.#ajv.addSchema(document, "api");
    // What varies in a path goes last: `/keys/self` is no key.
    const templates = Object.keys(document.paths).sort((one, other) => one.split("{").length - other.split("{").length);
    this.paths = templates.map((template) => {
      const pattern = template.replaceAll(/[.$]/g, "\\$&").replaceAll(/\{\w+\}/g, "[^/]+");
      return { template, pattern: new RegExp(`^${pattern}$`) };
    });
  }

  /** The endpoint of a request, `{template, method, operation, pointer}`; HEAD is that of GET. */
  find(method, target) {
    const path = target.split("?")[0];
    const wanted = (method === "HEAD" ? "GET" : method).toLowerCase();
    for (const { template, pattern } of this.paths) {
      const operation = pattern.test(path) && this.document.paths[template][wanted];
      if (operation) return { template, method: wanted, operation, pointer: `/paths/${escaped(template)}/${wanted}` };
    }
    return undefined;
  }

  /** Every endpoint. */
  endpoints() {
    return this.paths.flatMap(({ template }) => {
      const methods = ["get", "put", "post", "delete"].filter((method) => method in this.document.paths[template]);
      return methods.map((method) => this.find(method.toUpperCase(), template.replaceAll(/[{}]/g, "")));
    });
  }

  /** What stands at a place, and the place that it really stands at. */
  resolve(pointer) {
    const steps = pointer.split("/").slice(1);
    const value = steps.reduce((inside, step) => inside?.[step.replaceAll("~1", "/").replaceAll("~0", "~")], this.document);
    return value?.$ref ? this.resolve(value.$ref.slice(1)) : { value, pointer };
  }

  /** What is wrong with a value by the schema at a place; none when it fits. */
  complaints(pointer, value) {
    if (!this.#validators.has(pointer)) this.#validators.set(pointer, this.#ajv.compile({ $ref: `api#${encodeURI(pointer)}` }));
    const validate = this.#validators.get(pointer);
    if (validate(value)) return [];
    return validate.errors.map(({ instancePath, message, params }) => `${instancePath || "/"} ${message} ${JSON.stringify(params)}`);
  }

  /** In which ways an answer is not as described; none where its endpoint is not described at all. */
  differences(method, target, { status, headers, text, body }) {
    const endpoint = this.find(method, target);
    // 405 says which methods a path has, and is nobody's in particular.
    if (!endpoint || status === 405) return [];
    const said = `${method} ${endpoint.template} answers ${status}`;
    const { value: response, pointer } = this.resolve(`${endpoint.pointer}/responses/${status}`);
    if (!response) return [`${said}, which is not described: ${text.slice(0, 200)}`];
    const found = [];
    for (const [name, header] of Object.entries(response.headers ?? {})) {
      if (header.required && !headers.has(name)) found.push(`${said} without the header ${name}`);
    }
    const type = headers.get("content-type")?.split(";")[0];
    if (method === "HEAD" || text === "") {
      // CSV of no events has no lines.
      if (response.content?.[type] && type !== "text/csv" && method !== "HEAD") found.push(`${said} with nothing`);
      return found;
    }
    if (!response.content?.[type]) return [...found, `${said} as ${type}, which is not described`];
    if (type !== "application/json") return found;
    const wrong = this.complaints(`${pointer}/content/${escaped(type)}/schema`, body);
    return [...found, ...wrong.map((complaint) => `${said}, and at ${complaint}: ${text.slice(0, 300)}`)];
  }
}

/** A name as one step of a JSON pointer. */
export function escaped(name) {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
