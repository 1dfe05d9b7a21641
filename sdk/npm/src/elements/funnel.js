// How is a funnel drawn? Bars around a middle, as wide as the step is large; beside each what is left of the first.

import { labelScale, position, shortened } from "./shapes.js";

export function funnelConfiguration({ series, labels }, context) {
  const { palette, format, isRightToLeft } = context;
  const counts = series[0].values.map(position);
  const [first] = counts;
  const widest = Math.max(...counts, 1);
  const steps = { ...labelScale(palette, true), reverse: false, position: isRightToLeft ? "right" : "left" };
  steps.ticks.callback = (_, at) => shortened(labels[at], 22);
  return {
    type: "bar",
    data: {
      labels,
      datasets: [
        {
          data: counts.map((count) => (count === null ? null : [-count / 2, count / 2])),
          backgroundColor: palette.accent,
          borderRadius: 4,
          borderSkipped: false,
          barPercentage: 0.86,
          categoryPercentage: 0.96,
          minBarLength: 2,
        },
      ],
    },
    options: {
      indexAxis: "y",
      scales: { x: { display: false, min: -widest / 2, max: widest / 2 }, y: steps },
      interaction: { mode: "index", axis: "y", intersect: false },
      layout: { padding: isRightToLeft ? { left: 92 } : { right: 92 } },
    },
    plugins: [beside(series[0].values, counts, first, { palette, format, isRightToLeft })],
  };
}

/** Writes the count and its share of the first step at the end of each bar's line. */
function beside(values, counts, first, { palette, format, isRightToLeft }) {
  return {
    id: "beside",
    afterDatasetsDraw(chart) {
      const { ctx, width } = chart;
      const x = isRightToLeft ? 4 : width - 4;
      ctx.save();
      ctx.textBaseline = "middle";
      ctx.textAlign = isRightToLeft ? "left" : "right";
      for (const [at, { y }] of chart.getDatasetMeta(0).data.entries()) {
        ctx.font = `600 12.5px ${palette.font}`;
        ctx.fillStyle = palette.strong;
        ctx.fillText(format.short(values[at]), x, y - 8);
        if (!(first > 0) || counts[at] === null) continue;
        ctx.font = `11px ${palette.font}`;
        ctx.fillStyle = palette.text;
        ctx.fillText(format.share(counts[at] / first), x, y + 8);
      }
      ctx.restore();
    },
  };
}
