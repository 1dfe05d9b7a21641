// How is the app built? Into files, its server components run at build time.

import path from "node:path";
import { fileURLToPath } from "node:url";

const apps = fileURLToPath(new URL("..", import.meta.url));

export default {
  output: "export",
  turbopack: { root: path.join(apps, "..") },
  outputFileTracingRoot: path.join(apps, ".."),
};
