// How is an element made? In one call, its text never taken for markup.

const SVG = "http://www.w3.org/2000/svg";

/** `element("p", { class: "note", onclick }, "text", child)` */
export function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** An icon drawn by one path in a box of 24 units. */
export function icon(path) {
  const svg = filled(
    document.createElementNS(SVG, "svg"),
    { viewBox: "0 0 24 24", "aria-hidden": "true", class: "icon" },
    [],
  );
  svg.append(filled(document.createElementNS(SVG, "path"), { d: path }, []));
  return svg;
}

function filled(node, attributes, children) {
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (attribute.startsWith("on")) node.addEventListener(attribute.slice(2), value);
    else node.setAttribute(attribute, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}
