// Can a server component use the package, and hand over to one of the client?

import { Keyhole, KeyholeError } from "@keyhole/sdk";
import { count } from "@keyhole/sdk/queries";
import { Keys } from "@keyhole/sdk/server";
import "@keyhole/sdk/elements";
import { place } from "../../program.js";
import { Client } from "./client.jsx";

export default async function Page() {
  const [keyhole, keys] = [new Keyhole(place("http://127.0.0.1:9")), new Keys(place("http://127.0.0.1:9"))];
  const refused = await keyhole.record("sales", { "no.dots": 1 }).catch((error) => error);
  const works = refused instanceof KeyholeError && typeof keys.create === "function" && count("a").analysis_type;
  return (
    <main>
      <p id="server">{`on the server: ${works}`}</p>
      <Client />
    </main>
  );
}
