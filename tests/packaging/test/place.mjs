// Where do the apps find the package and the API? The package as npm packs it, the API as a script.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { answers } from "../../browser/gallery_answers.mjs";

export const apps = fileURLToPath(new URL("../apps", import.meta.url));
export const folder = path.dirname(apps);
export const root = path.join(folder, "..", "..");
export const built = path.join(root, "build", "packaging");
export const installed = path.join(folder, "node_modules", "@keyhole", "sdk");

/** Packs the package and unpacks it where the apps look; gives npm's list of what is in it. */
export function installPackage() {
  const target = mkdtempSync(path.join(tmpdir(), "keyhole-pack-"));
  try {
    const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", target, path.join(root, "sdk", "npm")];
    const [packed] = JSON.parse(execFileSync("npm", pack, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
    rmSync(installed, { recursive: true, force: true });
    mkdirSync(installed, { recursive: true });
    execFileSync("tar", ["-xzf", path.join(target, packed.filename), "--strip-components=1", "-C", installed]);
    return packed;
  } finally {
    rmSync(target, { recursive: true });
  }
}

const TYPES = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
};

/** Serves the files of `site` beside the API, with a Content Security Policy if there is one. */
export async function serve(site, policy) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://local");
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (pathname.startsWith("/3.0/")) return answer(request, Buffer.concat(chunks).toString(), response);
    const name = pathname === "/" ? "/index.html" : pathname;
    const file = path.join(site ?? "/nowhere", path.normalize(name));
    const found = existsSync(file);
    const type = TYPES[path.extname(file)] ?? "application/octet-stream";
    const headers = { "content-type": type, ...(policy ? { "content-security-policy": policy } : {}) };
    response.writeHead(found ? 200 : 404, headers).end(found ? readFileSync(file) : "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

const DESCRIPTION = {
  kind: "access",
  id: "0123456789abcdef01234567",
  project_id: "0123456789abcdef01234567",
  permitted: ["queries"],
  options: { queries: { collections: { allowed: ["sales"] } } },
};

function answer({ url, method }, text, response) {
  const reply = (status, json) => {
    response.writeHead(status, { "content-type": "application/json", etag: '"1"' });
    response.end(JSON.stringify(json));
  };
  if (url.endsWith("/keys/self")) return reply(200, DESCRIPTION);
  if (url.endsWith("/keys") && method === "POST") return reply(201, { id: "made" });
  if (url.includes("/events/")) return reply(201, { created: true });
  if (url.endsWith("/events")) {
    const stored = Object.entries(JSON.parse(text)).map(([name, events]) => [
      name,
      events.map(() => ({ success: true })),
    ]);
    return reply(200, Object.fromEntries(stored));
  }
  return reply(200, answers({ path: url, json: text ? JSON.parse(text) : undefined }));
}
