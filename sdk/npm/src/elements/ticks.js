// Which buckets of time bear a label on the axis? As many as there is room for, where a larger unit begins.

import { granularity } from "./format.js";

/** From the largest: the text that neighbours below it share, the format of its label, and the steps that fit it. */
const LEVELS = [
  { unit: "year", label: "year", steps: [2, 5, 10, 20, 50, 100] },
  { unit: "month", label: "monthOnly", steps: [2, 3, 6, 12] },
  { unit: "dayOnly", label: "dayOnly", steps: [2, 7, 14, 28] },
  { unit: "minute", label: "minuteOnly", steps: [2, 3, 6, 12, 24] },
];

/** Fewer say too little about where one is. */
const TICKS_MIN = 3;

/** By place: the label of a bucket. At most `room` have one. */
export function timeTicks(buckets, format, room) {
  if (buckets.length === 0) return new Map();
  const finest = { year: 0, month: 1, day: 2, minute: 3 }[granularity(buckets[0].start, buckets[0].end)];
  if (buckets.length <= room) return labelled([...buckets.keys()], buckets, format, finest);
  for (let level = finest - 1; level >= 0; level -= 1) {
    const places = beginnings(buckets, format, LEVELS[level].unit);
    if (places.length >= TICKS_MIN && places.length <= room) return labelled(places, buckets, format, level);
    if (level === 0 && places.length > room) return labelled(everySome(places, room, 0), buckets, format, 0);
  }
  return labelled(everySome([...buckets.keys()], room, finest), buckets, format, finest);
}

/** Every second, every fifth, …: the first step that leaves few enough. */
function everySome(places, room, level) {
  const step = LEVELS[level].steps.find((every) => places.length / every <= room);
  const every = step ?? Math.ceil(places.length / room);
  return places.filter((_, at) => at % every === 0);
}

/** Where the unit begins: its name is another one than just before. */
function beginnings(buckets, format, unit) {
  const name = (instant) => format.dateFormat(unit).format(instant);
  let last = name(Date.parse(buckets[0].start) - 1);
  return buckets.flatMap(({ start }, at) => {
    const before = last;
    last = name(Date.parse(start));
    return last === before ? [] : [at];
  });
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
