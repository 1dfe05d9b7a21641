// Is there a Python, with the packages that a test needs, in an environment of its own?

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { attempt, root, run } from "./run.mjs";
import { Problem, step } from "./steps.mjs";

const folder = path.join(root, "build", "python");
const stamp = path.join(folder, "made-from.txt");

/** Makes the environment of a file of requirements, once. Gives the folder of its programs. */
export async function requirePython(requirements) {
  const programs = path.join(folder, "bin");
  const wanted = readFileSync(path.join(root, requirements), "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return programs;
  await requireVenv();
  rmSync(folder, { recursive: true, force: true });
  await step("installing the Python packages", async (report) => {
    await run("python3", ["-m", "venv", folder], { report });
    await run(path.join(programs, "pip"), ["install", "--quiet", "--requirement", requirements], { report });
  });
  writeFileSync(stamp, wanted);
  return programs;
}

/** Debian parts Python from what makes environments. */
async function requireVenv() {
  if (await hasVenv()) return;
  if (process.env.CI === "true") {
    await step("installing Python", async (report) => {
      const environment = { DEBIAN_FRONTEND: "noninteractive" };
      await run("apt-get", ["update", "-qq"], { report });
      await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "python3-venv"], { report, env: environment });
    });
  }
  if (!(await hasVenv())) throw new Problem("Python 3 and its venv are missing: on Debian, `apt-get install python3-venv`.");
}

async function hasVenv() {
  return (await attempt("python3", ["-c", "import ensurepip, venv"])).code === 0;
}
