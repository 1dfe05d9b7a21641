// Which buckets of time bear a label on the axis? As many as there is room for, where a larger unit begins.

import { granularity } from "./format.js";

/** From the largest to the smallest: the text that two neighbours share below it, and the format of the label. */
const LEVELS = [
  { unit: "year", label: "year" },
  { unit: "month", label: "monthOnly" },
  { unit: "dayOnly", label: "dayOnly" },
  { unit: "minute", label: "minuteOnly" },
];

/** By place: the label of a bucket, or nothing. At most `room` have one. */
export function timeTicks(buckets, format, room) {
  if (buckets.length === 0) return new Map();
  const finest = { year: 0, month: 1, day: 2, minute: 3 }[granularity(buckets[0].start, buckets[0].end)];
  for (let level = finest; level > 0; level -= 1) {
    const places = beginnings(buckets, format, LEVELS[level].unit, level === finest);
    if (places.length <= room) return labelled(places, buckets, format, level);
  }
  // Years too are too many: every second, every fifth, …
  const places = beginnings(buckets, format, "year", finest === 0);
  const step = [1, 2, 5, 10, 20, 50, 100].find((every) => places.length / every <= room) ?? places.length;
  const chosen = places.filter((_, at) => at % step === 0);
  if (chosen.length > 1 || finest === 0) return labelled(chosen, buckets, format, 0);
  return thinned(buckets, format, room, finest);
}

/** Where the unit changes; the first bucket too, if it is one of the unit's own. */
function beginnings(buckets, format, unit, all) {
  const texts = buckets.map(({ start }) => format.dateFormat(unit).format(new Date(start)));
  return texts.flatMap((text, at) => (all || (at > 0 && text !== texts[at - 1]) ? [at] : []));
}

/** A label says the larger unit where that begins. */
function labelled(places, buckets, format, level) {
  const textAt = (at, name) => format.dateFormat(name).format(new Date(buckets[at].start));
  return new Map(
    places.map((at, index) => {
      const larger = level === 1 ? "year" : level === 3 ? "dayOnly" : undefined;
      const changes = larger && index > 0 && textAt(at, larger) !== textAt(places[index - 1], larger);
      return [at, textAt(at, changes ? larger : LEVELS[level].label)];
    }),
  );
}

/** No larger unit begins among them: evenly. */
function thinned(buckets, format, room, level) {
  const step = Math.ceil(buckets.length / room);
  const places = buckets.flatMap((_, at) => (at % step === 0 ? [at] : []));
  return labelled(places, buckets, format, level);
}
