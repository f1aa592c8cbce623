// Builds dist: the same input gives the same bytes. Style and script are
// bundled by esbuild; of the design tokens only those that are used stay.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const here = new URL(".", import.meta.url).pathname;
const tokensFile = here + "node_modules/@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css";

/** tokens reads the declarations of the example theme. */
function tokens(css) {
  const all = new Map();
  for (const [, name, value] of css.replace(/\/\*[^]*?\*\//g, "").matchAll(/(--[\w-]+):\s*([^;]+);/g)) all.set(name, value.trim());
  return all;
}

/** used are the names that css reads, and those that their values read. */
function used(css, all) {
  const names = new Set();
  const visit = (text) => {
    for (const [, name] of text.matchAll(/var\(\s*(--[\w-]+)/g)) {
      if (names.has(name) || !all.has(name)) continue;
      names.add(name);
      visit(all.get(name));
    }
  };
  visit(css);
  return [...all.keys()].filter((name) => names.has(name));
}

async function bundle(entry, options = {}) {
  const result = await build({
    entryPoints: [here + entry], bundle: true, minify: true, write: false, legalComments: "none", logLevel: "warning",
    target: ["chrome123", "firefox121", "safari17.5"], ...options,
  });
  return result.outputFiles[0].text;
}

/** asset writes a file under a name that carries a hash of its content. */
function asset(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const path = `assets/${name.replace(".", `-${hash}.`)}`;
  writeFileSync(here + "dist/" + path, content);
  return path;
}

rmSync(here + "dist", { recursive: true, force: true });
mkdirSync(here + "dist/assets", { recursive: true });

const theme = await bundle("theme.css");
const style = await bundle("src/style/app.css");
const all = tokens(readFileSync(tokensFile, "utf8"));
const kept = used(style + theme, all).map((name) => `${name}:${all.get(name)}`).join(";");
const script = await bundle("src/main.tsx", { format: "esm", jsx: "automatic", jsxImportSource: "preact" });

const page = {
  icon: asset("icon.svg", readFileSync(here + "src/icon.svg", "utf8")),
  style: asset("app.css", `:root{${kept}}\n${style}`),
  theme: asset("theme.css", theme),
  script: asset("app.js", script),
};
const html = readFileSync(here + "src/index.html", "utf8");
writeFileSync(here + "dist/index.html", html.replace(/%(\w+)%/g, (_, name) => page[name]));
