// Which colours does a chart use? Those of the style sheet, as they are where the chart stands.

const VARIABLES = {
  accent: "--accent",
  accentSoft: "--accent-soft",
  series: ["--series-1", "--series-2", "--series-3", "--series-4"],
  text: "--text-muted",
  strong: "--text",
  grid: "--grid",
  surface: "--surface",
};

/** Resolves the variables at `node`: a canvas understands neither `var()` nor `light-dark()`. */
export function paletteAt(node) {
  const probe = document.createElement("span");
  probe.hidden = true;
  node.append(probe);
  const resolve = (variable) => {
    probe.style.color = `var(${variable})`;
    return getComputedStyle(probe).color;
  };
  const palette = Object.fromEntries(
    Object.entries(VARIABLES).map(([name, variable]) => [
      name,
      Array.isArray(variable) ? variable.map(resolve) : resolve(variable),
    ]),
  );
  probe.remove();
  return palette;
}
