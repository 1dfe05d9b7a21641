// What page do the browser tests of the SDK open? An empty one, beside the built package as it is.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("../../sdk/npm/dist/", import.meta.url));
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".map": "application/json" };
/** As strict as a page that uses the package can be, but for styles. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; connect-src *";

/** Gives `{url, close}`; `/dist/…` is the package, everything else is `html`. `more` are further files by their paths. */
export async function startSite({ html = "<!doctype html><title>A shop</title>", more = {}, policy = POLICY } = {}) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://site");
    const isScript = pathname in more || pathname.startsWith("/dist/");
    const type = isScript ? TYPES[path.extname(pathname)] : "text/html";
    // A page in a sandbox is nobody's, and so not of this site.
    const across = { "access-control-allow-origin": "*" };
    const headers = { "content-type": type, "content-security-policy": policy, "cache-control": "no-store", ...across };
    try {
      const body = more[pathname] ?? (isScript ? readFileSync(path.join(dist, pathname.slice(6))) : html);
      response.writeHead(200, headers).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
