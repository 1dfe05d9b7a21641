// Can these options be used? Then they lead to a project's address.

/** The address; `projectUrl` is the core's function. Throws a TypeError that names the option, and not its value. */
export function configured(projectUrl, options) {
  const { url, projectId, key } = options ?? {};
  const address = projectUrl(textOrEmpty(url), textOrEmpty(projectId), textOrEmpty(key));
  if (address.startsWith("!")) throw new TypeError(address.slice(1));
  return address;
}

/** The key, if it is fit for a header: the platform's own complaint about one that is not would quote it. */
export function fitKey(key) {
  if (typeof key === "string" && /^[!-~]+$/.test(key)) return key;
  throw new TypeError("Keyhole: key must be a string that is not empty, without blanks or line breaks.");
}

/** The core asks for strings; what is none is as missing as an empty one. */
function textOrEmpty(value) {
  return typeof value === "string" ? value : "";
}
