// How is a heatmap drawn? A row for each series, a column for each category, the more the stronger.

import { faded } from "./palette.js";
import { labelScale, position, shortened } from "./shapes.js";

const WEAKEST = 0.06;

export function heatmapConfiguration({ axis, categories, series, names, labels }, context) {
  const { palette, isRightToLeft, canvas, format } = context;
  const all = series.flatMap(({ values }) => values.map(position)).filter((value) => value !== null);
  const [lowest, highest] = [Math.min(0, ...all), Math.max(...all)];
  const brush = canvas.getContext("2d");
  const colour = (value) => {
    const place = position(value);
    if (place === null) return "transparent";
    const strength = highest === lowest ? 1 : (place - lowest) / (highest - lowest);
    return faded(brush, palette.accent, WEAKEST + (1 - WEAKEST) * strength);
  };
  // The first series on top.
  const rows = series.map((_, at) => series.length - 1 - at);
  const columns = { ...labelScale(palette, false, Infinity), stacked: true, reverse: isRightToLeft };
  if (axis === "time") columns.ticks.callback = (_, at) => format.time(categories[at]);
  else columns.ticks.callback = (_, at) => shortened(labels[at], 12);
  return {
    type: "bar",
    data: {
      labels,
      datasets: rows.map((row) => ({
        label: names[row],
        data: series[row].values.map(() => 1),
        backgroundColor: series[row].values.map(colour),
        borderColor: palette.surface,
        borderWidth: 1,
        borderRadius: 3,
        borderSkipped: false,
        barPercentage: 1,
        categoryPercentage: 1,
        series: row,
      })),
    },
    options: {
      scales: {
        x: columns,
        y: {
          stacked: true,
          min: 0,
          max: series.length,
          border: { display: false },
          grid: { display: false },
          position: isRightToLeft ? "right" : "left",
          afterBuildTicks(scale) {
            scale.ticks = rows.map((_, at) => ({ value: at + 0.5 }));
          },
          ticks: {
            color: palette.strong,
            autoSkip: names.length > 12,
            callback: (value) => shortened(names[rows[Math.floor(value)]], 18),
          },
        },
      },
      interaction: { mode: "nearest", intersect: true },
    },
  };
}
