// How are hundreds of questions put to the Worker with one request? A Worker before it, that asks one by one.
//
// Takes `[{path, key, body}]`, follows each answer's cursor to its last page, and answers all that was said:
// for each question `[[status, headers, text], …]`, one for each page.

export default {
  async fetch(request, { KEYHOLE }) {
    const questions = await request.json();
    const said = await Promise.all(questions.map((question) => everythingAnswered(KEYHOLE, new URL(request.url).origin, question)));
    return Response.json(said);
  },
};

async function everythingAnswered(keyhole, origin, { path, key, body }) {
  const pages = [];
  for (let cursor; cursor !== null; ) {
    const asked = typeof body === "string" ? body : JSON.stringify(cursor ? { ...body, cursor } : body);
    const answered = await keyhole.fetch(`${origin}${path}`, { method: "POST", headers: { authorization: key }, body: asked });
    const text = await answered.text();
    pages.push([answered.status, [...answered.headers].filter(([name]) => name !== "date"), text]);
    cursor = answered.headers.get("keyhole-cursor") ?? /"cursor":"(\w+)"/.exec(text)?.[1] ?? null;
  }
  return pages;
}
