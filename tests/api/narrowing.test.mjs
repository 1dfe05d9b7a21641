// Does each place in the policy stand where `npm run attacks:without-narrowing` takes it out?

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { narrowing } from "../../xtask/scripts/narrowing.mjs";

for (const { what, file, from } of narrowing) {
  test(`once in ${file}: ${what}`, () => {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
    assert.equal(text.split(from).length - 1, 1, from);
  });
}
