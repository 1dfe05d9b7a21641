// Does the reference say what the types say?

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { exportedNames, reference, REFERENCE } from "../../xtask/scripts/reference.mjs";

test("docs/sdk-reference.md is as `npm run reference` makes it", () => {
  assert.equal(readFileSync(REFERENCE, "utf8"), reference());
});

test("every exported name has its place in it", () => {
  const headings = [...reference().matchAll(/^### (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(headings, exportedNames());
});
