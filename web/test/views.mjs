// All there is to see, for tests that look at every view.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { ask, lastRecord, open } from "./harness.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** violations are what axe finds wrong with a page as it is. */
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate((values) => window.axe.run({ runOnly: { type: "tag", values } }), tags);
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120) + " " + n.failureSummary).join("\n")}`);
}

/** views have a path, a sign that they are there, and something to do. */
export const views = {
  welcome: { path: () => "" },
  conversation: { path: (r) => `c/${r.conversation_id}`, ready: ".turn:nth-child(2)" },
  "source open": { path: (r) => `c/${r.conversation_id}`, ready: ".turn:nth-child(2)",
    act: async (p) => { await p.locator("button.cite").first().click(); await p.locator(".source mark").first().waitFor(); } },
  preview: { path: (r) => `c/${r.conversation_id}`, ready: ".turn:nth-child(2)",
    act: async (p) => { await p.locator("button.cite").first().focus(); await p.locator("[role=tooltip]").waitFor(); } },
  "also found": { path: (r) => `c/${r.conversation_id}`, ready: ".turn:nth-child(2)",
    act: async (p) => { await p.locator(".also summary").first().click(); await p.getByRole("button", { name: "Klopt niet" }).first().click(); } },
  answer: { path: (r) => `a/${r.id}`, ready: ".turn" },
  documents: { path: () => "documents", ready: ".documents li",
    act: async (p) => {
      await p.getByRole("searchbox", { name: /Zoek in titels en/ }).fill("mensenhandel");
      await p.keyboard.press("Enter");
      await p.locator(".found li").first().waitFor();
      await p.getByRole("checkbox").first().check();
    } },
  document: { path: (r) => r.citations[0].url.slice(1), ready: ".document mark" },
  "a document that isn't there": { path: () => "documents/doc_x", ready: ".utrecht-alert--error" },
  "a page that isn't there": { path: () => "c/conv_x", ready: ".utrecht-alert--error" },
  "a question to confirm": { path: (r) => `c/${r.conversation_id}`, ready: ".turn:nth-child(2)",
    act: async (p) => {
      const list = p.getByRole("button", { name: "Gesprekken" });
      if (await list.isVisible()) await list.click();
      await p.getByRole("button", { name: "Alles wissen" }).click();
    } },
};

/** prepared is a page whose owner has a conversation with an answer and a refusal. */
export async function prepared(url, options) {
  const page = await open(url, options);
  await ask(page, "Wat is de signalentafel mensenhandel Midden-Nederland?");
  const r = await lastRecord(page);
  await ask(page, "Wat kost een paspoort in 2024?");
  return { page, r };
}

export async function show(page, url, r, view) {
  // The same address once more would be a reload, which keeps an open source open.
  await page.goto("about:blank");
  await page.goto(`${url}/${view.path(r)}`);
  await page.locator(view.ready ?? ".examples li").first().waitFor();
  await view.act?.(page);
}
