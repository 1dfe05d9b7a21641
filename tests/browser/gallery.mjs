// What do the tests of the elements look at? The package's own files, unbundled, beside an API that answers by a script.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { answers, textOf } from "./gallery_answers.mjs";

const dist = fileURLToPath(new URL("../../sdk/npm/dist", import.meta.url));
const TYPES = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".map": "application/json",
  ".html": "text/html; charset=utf-8",
};

/** As strict as a page that shows elements can be. */
export const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self' data:";

/**
 * `{ url, asked, answer, close }`: `asked` gathers `{ path, json, key }` of each question; `answer` may be set to a
 * function of one that gives `{ status, json, text }`, or nothing to leave it to the script.
 */
export async function startGallery() {
  const gallery = { asked: [], answer: undefined, html: "" };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://local");
    if (pathname.startsWith("/3.0/")) return reply(request, response, gallery);
    const text = pathname === "/" ? gallery.html : file(pathname);
    response.writeHead(text === undefined ? 404 : 200, {
      "content-type": TYPES[path.extname(pathname) || ".html"] ?? "text/plain",
      "content-security-policy": POLICY,
    });
    response.end(text);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  gallery.url = `http://127.0.0.1:${server.address().port}`;
  gallery.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return gallery;
}

function file(pathname) {
  if (pathname === "/start.js") return 'import "./sdk/elements.js"; document.documentElement.dataset.started = "";';
  if (pathname === "/page.css") return css;
  if (!pathname.startsWith("/sdk/")) return undefined;
  try {
    return readFileSync(path.join(dist, path.normalize(pathname.slice("/sdk/".length))));
  } catch {
    return undefined;
  }
}

async function reply(request, response, gallery) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const question = { path: request.url, json: text ? JSON.parse(text) : undefined, key: request.headers.authorization };
  gallery.asked.push(question);
  const { status = 200, json, text: body } = (await gallery.answer?.(question)) ?? { json: answers(question) };
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body ?? textOf(json));
}

const css = `
:root { color-scheme: light dark; font-family: system-ui, "Liberation Sans", sans-serif; }
body { margin: 0; padding: 1rem; background: light-dark(#f5f6f8, #0e1116); }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; max-width: 1400px; margin: auto; }
main > * , keyhole-connection > * { padding: 1rem; border-radius: 12px; background: light-dark(#fff, #161b22); }
`;

/** A page with `elements` inside a connection. */
export function galleryPage(url, elements, { lang = "en", dir = "ltr", theme = "light dark" } = {}) {
  return `<!doctype html><html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><title>Elements</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="${theme}">
<link rel="icon" href="data:,"><link rel="stylesheet" href="page.css"><script type="module" src="start.js"></script></head><body><main>
<keyhole-connection url="${url}" project-id="0123456789abcdef01234567" access-key="kh_gallery">${elements}</keyhole-connection>
</main></body></html>`;
}
