// Is there a browser to test in?

import { attempt, run } from "./run.mjs";
import { Problem, step } from "./steps.mjs";

const PACKAGES = ["chromium", "chromium-driver"];

/** Gives the environment that tells the tests where the browser and its driver are. */
export async function requireBrowser() {
  let found = await find();
  if (!found && process.env.CI === "true") {
    await step("installing Chromium", async (report) => {
      await run("apt-get", ["update", "-qq"], { report });
      const environment = { DEBIAN_FRONTEND: "noninteractive" };
      await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...PACKAGES], { report, env: environment });
    });
    found = await find();
  }
  if (found) return found;
  throw new Problem(`Chromium and its driver are missing: apt-get install ${PACKAGES.join(" ")}`);
}

async function find() {
  const chromium = process.env.CHROMIUM ?? (await which("chromium"));
  const driver = process.env.CHROMEDRIVER ?? (await which("chromedriver"));
  return chromium && driver ? { CHROMIUM: chromium, CHROMEDRIVER: driver } : undefined;
}

async function which(name) {
  const { code, output } = await attempt("sh", ["-c", `command -v ${name}`]);
  return code === 0 ? output.trim() : undefined;
}
