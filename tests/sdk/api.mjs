// What does the SDK meet in these tests? A local server that answers by a script and remembers.

import { createServer } from "node:http";
import { Keyhole } from "@keyhole/sdk";

/** Answers requests by `answer(request, count)`: `{status, headers, json, text, cut}`. */
export async function startApi(answer) {
  const requests = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const { method, url: path, headers } = incoming;
    const request = { method, path, headers, text, json: text && JSON.parse(text), at: Date.now() };
    requests.push(request);
    const { status = 200, headers: extra, json, text: body, cut } = await answer(request, requests.length);
    if (cut) {
      outgoing.destroy();
      return;
    }
    outgoing.writeHead(status, { "content-type": "application/json", ...extra });
    outgoing.end(body ?? JSON.stringify(json));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${server.address().port}`, requests, close };
}

/** Hands `use` a client and the API it speaks to. */
export async function withApi(answer, use) {
  const api = await startApi(answer);
  try {
    await use(new Keyhole({ url: api.url, projectId: PROJECT, key: KEY }), api);
  } finally {
    await api.close();
  }
}

/** What a server says that takes every event of a batch. */
export function allStored({ json }) {
  const outcomes = Object.entries(json).map(([collection, events]) => [
    collection,
    events.map(() => ({ success: true })),
  ]);
  return { status: 200, json: Object.fromEntries(outcomes) };
}

export const created = { status: 201, json: { created: true } };

export const KEY = "kh_secret0123456789";
export const PROJECT = "0123456789abcdef01234567";
