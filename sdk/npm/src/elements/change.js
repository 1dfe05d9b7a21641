// By how much has a number changed? `{ direction, text }`; nothing where there is nothing to compare with.

import { position } from "./shapes.js";
import { word } from "./words.js";

export function changeOf(now, before, format) {
  const [later, earlier] = [position(now), position(before)];
  if (later === null || !earlier) return undefined;
  const ratio = (later - earlier) / Math.abs(earlier);
  if (Math.abs(ratio) < 0.005) return { direction: "same", text: word("unchanged") };
  const direction = ratio > 0 ? "up" : "down";
  // Rounding must not say that all of it is gone.
  const isNearlyAll = later > 0 && ratio < -0.99;
  const change = isNearlyAll ? word("over", { share: format.share(0.99) }) : format.share(Math.abs(ratio));
  return { direction, text: word(direction, { change }) };
}
