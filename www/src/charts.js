// How is a list of numbers drawn? By Chart.js, of which only the used parts are in the bundle.

import {
  ArcElement,
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  DoughnutController,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from "chart.js";

Chart.register(
  ArcElement,
  BarController,
  BarElement,
  CategoryScale,
  DoughnutController,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
);
Chart.defaults.font.family = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';
Chart.defaults.font.size = 11.5;
Chart.defaults.maintainAspectRatio = false;
Chart.defaults.animation.duration = 350;

const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Draws `points` ({label, value, and a `tick` where the axis shall bear one}) as an area under a line. */
export function areaChart(canvas, points, { palette, numbers }) {
  const data = {
    ...series(points),
    borderColor: palette.accent,
    backgroundColor: palette.accentSoft,
    borderWidth: 1.75,
    pointRadius: 0,
    pointHitRadius: 12,
    pointHoverRadius: 4,
    pointHoverBackgroundColor: palette.accent,
    fill: true,
    // Smooth without swinging below what was counted.
    cubicInterpolationMode: "monotone",
  };
  const scales = {
    x: labelScale(palette, { maxRotation: 0, autoSkip: false, callback: (_, at) => points[at]?.tick }),
    y: valueScale(palette, numbers),
  };
  return draw(canvas, "line", points, data, { palette, numbers, scales });
}

/** Draws `points` as columns. */
export function columnChart(canvas, points, { palette, numbers }) {
  const data = { ...series(points), ...bar(palette), maxBarThickness: 26 };
  const scales = {
    x: labelScale(palette, { maxRotation: 0, autoSkipPadding: 8 }),
    y: valueScale(palette, numbers),
  };
  return draw(canvas, "bar", points, data, { palette, numbers, scales });
}

/** Draws `points` as bars that lie, their labels beside them. */
export function barChart(canvas, points, { palette, numbers }) {
  const data = { ...series(points), ...bar(palette), barPercentage: 0.72, categoryPercentage: 0.92 };
  const scales = {
    x: valueScale(palette, numbers),
    y: labelScale(palette, { autoSkip: false, color: palette.strong }),
  };
  return draw(canvas, "bar", points, data, { palette, numbers, scales, indexAxis: "y" });
}

/** Draws `points` as a ring. */
export function ringChart(canvas, points, { palette, numbers }) {
  const data = {
    ...series(points),
    backgroundColor: palette.series,
    borderColor: palette.surface,
    borderWidth: 2,
    hoverOffset: 3,
  };
  return draw(canvas, "doughnut", points, data, { palette, numbers, cutout: "68%", layout: { padding: 4 } });
}

function draw(canvas, type, points, dataset, { palette, numbers, ...options }) {
  const tooltip = {
    displayColors: false,
    backgroundColor: palette.strong,
    titleColor: palette.surface,
    bodyColor: palette.surface,
    padding: 9,
    cornerRadius: 7,
    caretSize: 0,
    callbacks: { label: ({ raw }) => numbers.full(raw) },
  };
  return new Chart(canvas, {
    type,
    data: { labels: points.map(({ label }) => label), datasets: [dataset] },
    options: {
      ...options,
      ...(still.matches ? { animation: false } : {}),
      interaction: type === "doughnut" ? {} : { mode: "index", axis: options.indexAxis ?? "x", intersect: false },
      plugins: { tooltip },
    },
  });
}

const series = (points) => ({ data: points.map(({ value }) => value) });

const bar = (palette) => ({
  backgroundColor: palette.accent,
  hoverBackgroundColor: palette.strong,
  borderRadius: 4,
  borderSkipped: "start",
});

const labelScale = (palette, ticks) => ({
  border: { display: false },
  grid: { display: false },
  ticks: { color: palette.text, ...ticks },
});

const valueScale = (palette, numbers) => ({
  beginAtZero: true,
  border: { display: false },
  grid: { color: palette.grid },
  ticks: { color: palette.text, maxTicksLimit: 5, precision: 0, callback: (value) => numbers.short(value) },
});
