// What does the SDK export, with which types? The reference, made of the type declarations themselves.
//
// npm run reference

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./run.mjs";

const source = path.join(root, "sdk/npm/src");
export const REFERENCE = path.join(root, "docs/sdk-reference.md");

/** A comment, if there is one, and a declaration up to the end of its last line, which is not indented. */
const DECLARATION =
  /(?:^\/\*\*((?:[^*]|\*(?!\/))*)\*\/\n)?^export (?:declare )?(?:abstract )?(class|interface|type|function|const) (\w+)[^]*?(?:^\}.*$|\{\}$|;$)(?=\n(?:\n|\/\*\*|export|declare|$))/gm;

/** The whole reference, as Markdown. */
export function reference() {
  const { name, exports } = JSON.parse(readFileSync(path.join(root, "sdk/npm/package.json"), "utf8"));
  const entries = Object.entries(exports).filter(([, target]) => target.types);
  const parts = entries.map(([entry, { types }]) => {
    const text = readFileSync(path.join(source, path.basename(types)), "utf8");
    return section(path.posix.join(name, entry), text);
  });
  const head = `# Reference of @keyhole/sdk

Made of the package's type declarations by \`npm run reference\`; do not edit. How things are used stands in the
[package's README](../sdk/npm/README.md).

${entries
  .map(([entry]) => path.posix.join(name, entry))
  .map((entry) => `[${entry}](#${anchor(entry)})`)
  .join(" · ")}
`;
  return `${head}\n${parts.join("\n")}`;
}

function section(entry, text) {
  const declarations = [...text.matchAll(DECLARATION)];
  const inner = declarations.map(([whole, comment, kind, name]) => {
    const prose = comment ? `${plain(comment)}\n\n` : "";
    const code = whole.replace(/^\/\*\*(?:[^*]|\*(?!\/))*\*\/\n/, "").replace(/^export (declare )?/, "");
    return `### ${kind === "function" ? `${name}()` : name}\n\n${prose}\`\`\`ts\n${code.trimEnd()}\n\`\`\`\n`;
  });
  return `## ${entry}\n\n${inner.join("\n")}`;
}

const plain = (comment) => comment.replaceAll(/^ ?\* ?/gm, "").trim();
const anchor = (title) =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");

/** The names that the declarations export, to hold the reference against. */
export function exportedNames() {
  const { exports } = JSON.parse(readFileSync(path.join(root, "sdk/npm/package.json"), "utf8"));
  const files = Object.values(exports).flatMap(({ types }) => (types ? [path.basename(types)] : []));
  return files.flatMap((file) =>
    [
      ...readFileSync(path.join(source, file), "utf8").matchAll(
        /^export (?:declare )?(?:class|interface|type|function|const) (\w+)/gm,
      ),
    ].map(([, name]) => name),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(REFERENCE, reference());
