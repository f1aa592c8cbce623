// Modules of src, as they are bundled for the browser.

import { build } from "esbuild";

export async function load(name) {
  const file = new URL(`../../src/${name}`, import.meta.url).pathname;
  const { outputFiles } = await build({ entryPoints: [file], bundle: true, write: false, format: "esm", jsx: "automatic", jsxImportSource: "preact" });
  return import("data:text/javascript;base64," + Buffer.from(outputFiles[0].text).toString("base64"));
}
