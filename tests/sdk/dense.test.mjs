// Does the wasm that travels inside a script come out as it went in?

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const dist = new URL("../../sdk/npm/dist/", import.meta.url);
const { bytesOf } = await import(new URL("dense.js", dist));

for (const [wasm, script] of [
  ["keyhole_bg.wasm", "wasm-inline.js"],
  ["policy_bg.wasm", "policy-wasm-inline.js"],
  ["track_bg.wasm", "track-wasm-inline.js"],
]) {
  test(`${script} holds ${wasm}, and nothing that a charset or a minifier could change`, async () => {
    const { default: text } = await import(new URL(script, dist));
    assert.deepEqual(Buffer.from(bytesOf(text)), readFileSync(new URL(wasm, dist)));
    assert.match(text, /^[!-~]+$/);
    assert.doesNotMatch(text, /["'`\\$<]/);
  });
}
