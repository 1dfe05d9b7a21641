// How does a test kill a browser as a crash would? With a process of its own, and a profile that outlives it.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { FLAGS } from "./browser.mjs";

/** Gives `{start, remove}`; `start` opens a browser on the profile and gives `{context, kill}`. */
export async function makeProfile() {
  const folder = await mkdtemp(path.join(tmpdir(), "keyhole-profile-"));
  return {
    start: () => start(folder),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function start(folder) {
  const flags = [...FLAGS, "--headless=new", "--remote-debugging-port=0", `--user-data-dir=${folder}`, "about:blank"];
  // A group of its own: every process of the browser dies at once, and nothing else does.
  const child = spawn(process.env.CHROMIUM ?? "/usr/bin/chromium", flags, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const address = await new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`the browser did not start:\n${said}`)), 30_000);
    child.stderr.on("data", (text) => {
      said += text;
      const found = /DevTools listening on (\S+)/.exec(said);
      if (!found) return;
      clearTimeout(timer);
      resolve(found[1]);
    });
  });
  const browser = await chromium.connectOverCDP(address);
  return {
    context: browser.contexts()[0],
    async kill() {
      process.kill(-child.pid, "SIGKILL");
      await gone;
      await browser.close().catch(() => {});
    },
  };
}
