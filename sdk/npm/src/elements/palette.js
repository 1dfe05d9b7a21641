// Which colours does a chart use? Those of the style sheet, as they are where the chart stands.

export const SERIES = 8;

const VARIABLES = {
  text: "--_text-muted",
  strong: "--_text",
  grid: "--_grid",
  surface: "--_surface",
  accent: "--_accent",
  soft: "--_soft",
};

/** Resolves the variables at `place`: a canvas understands neither `var()` nor `light-dark()`. */
export function paletteAt(place) {
  const probe = document.createElement("span");
  probe.hidden = true;
  place.append(probe);
  const resolve = (variable) => {
    probe.style.color = `var(${variable})`;
    return getComputedStyle(probe).color;
  };
  const palette = Object.fromEntries(Object.entries(VARIABLES).map(([name, variable]) => [name, resolve(variable)]));
  palette.series = Array.from({ length: SERIES }, (_, at) => resolve(`--_series-${at + 1}`));
  palette.font = getComputedStyle(probe).fontFamily;
  probe.remove();
  return palette;
}

/** Calls back when colours change: another theme, another style sheet. Answers how to stop. */
export function watchColours(place, changed) {
  // A transition of a colour that nobody sees begins whenever that colour changes, for whatever reason.
  const probe = document.createElement("span");
  probe.className = "colour-probe";
  probe.setAttribute("aria-hidden", "true");
  place.append(probe);
  let planned;
  probe.addEventListener("transitionend", () => {
    cancelAnimationFrame(planned);
    planned = requestAnimationFrame(changed);
  });
  return () => {
    cancelAnimationFrame(planned);
    probe.remove();
  };
}

/** `rgb(1, 2, 3)` and the like with so much of its strength. */
export function faded(context, colour, strength) {
  context.save();
  context.fillStyle = colour;
  const solid = context.fillStyle;
  context.restore();
  if (!/^#[0-9a-f]{6}$/i.test(solid)) return solid;
  const alpha = Math.round(strength * 255)
    .toString(16)
    .padStart(2, "0");
  return solid + alpha;
}
