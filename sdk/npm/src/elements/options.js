// What do all charts share? Letters, the box beside the pointer, and a legend where there is more than one series.

import { shortened } from "./shapes.js";

const ROUND = ["pie", "donut"];
const LEGEND_MAX = 20;

export function commonOptions(type, drawn, { palette, format, isRightToLeft }) {
  const { series, labels } = drawn;
  const isRound = ROUND.includes(type);
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const font = { family: palette.font, size: 11.5 };
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: isStill ? false : { duration: 300 },
    font,
    locale: undefined,
    plugins: {
      legend: {
        display: isRound || (series.length > 1 && type !== "heatmap"),
        position: "bottom",
        rtl: isRightToLeft,
        textDirection: isRightToLeft ? "rtl" : "ltr",
        labels: {
          color: palette.text,
          font,
          boxWidth: 9,
          boxHeight: 9,
          padding: 10,
          generateLabels: isRound ? () => shares(drawn, palette, format) : filled,
          filter: (item) => (item.datasetIndex ?? item.index) < LEGEND_MAX,
        },
      },
      tooltip: {
        rtl: isRightToLeft,
        textDirection: isRightToLeft ? "rtl" : "ltr",
        displayColors: !isRound && series.length > 1 && type !== "heatmap",
        boxWidth: 8,
        boxHeight: 8,
        boxPadding: 4,
        backgroundColor: palette.strong,
        titleColor: palette.surface,
        bodyColor: palette.surface,
        titleFont: { ...font, weight: "600" },
        bodyFont: font,
        padding: 9,
        cornerRadius: 7,
        caretSize: 0,
        callbacks: {
          title: ([item]) => item && labels[item.dataIndex],
          label: (item) => bodyOf(item, drawn, format),
        },
      },
    },
  };
}

/** The value itself, not its place on the axis. */
function bodyOf({ dataset, datasetIndex, dataIndex }, { series, names }, format) {
  const at = dataset.series ?? datasetIndex;
  const value = format.full(series[at].values[dataIndex]);
  return series.length > 1 ? `${shortened(names[at], 40)}: ${value}` : value;
}

/** Lines too by a full swatch. */
function filled(chart) {
  const items = chart.constructor.defaults.plugins.legend.labels.generateLabels(chart);
  return items.map((item) => {
    const colour = chart.data.datasets[item.datasetIndex];
    return {
      ...item,
      fillStyle: colour.borderDash ? colour.borderColor : colour.backgroundColor,
      lineWidth: 0,
      borderRadius: 3,
    };
  });
}

/** A legend for a round chart says each part's share of the whole. */
function shares({ series, labels }, palette, format) {
  const values = series[0].values.map((value) => Number(value ?? 0));
  const total = values.reduce((sum, value) => sum + value, 0);
  return labels.map((label, index) => ({
    text: total > 0 ? `${shortened(label, 22)} ${format.share(values[index] / total)}` : shortened(label, 22),
    fillStyle: palette.series[index % palette.series.length],
    strokeStyle: "transparent",
    lineWidth: 0,
    borderRadius: 3,
    fontColor: palette.text,
    hidden: false,
    index,
  }));
}
