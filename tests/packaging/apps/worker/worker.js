// Does the package run in a Worker, where WebAssembly must come compiled?

import { Keys } from "@keyhole/sdk/server";
import { place, run } from "../program.js";

export default {
  async fetch(request) {
    const api = new URL(request.url).searchParams.get("api");
    const result = await run(place(api));
    const { id } = await new Keys(place(api)).create({ name: "made in a Worker", permitted: [] });
    return Response.json({ ...result, id });
  },
};
