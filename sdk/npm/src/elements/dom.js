// How is a node made? In one call, its text never taken for markup.

const SVG = "http://www.w3.org/2000/svg";

/** `node("p", { class: "note", onclick }, "text", child)` */
export function node(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** An icon drawn by one path in a box of 24 units. */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  const drawn = document.createElementNS(SVG, "path");
  drawn.setAttribute("d", path);
  return filled(svg, { viewBox: "0 0 24 24", "aria-hidden": "true", class: "icon" }, [drawn]);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}
