// Check: every citation opens its source, and what is marked is the quote.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ask, lastRecord, open, serve, tempDir } from "../harness.mjs";
import { changeRecord } from "../proxy.mjs";
import { realSite } from "../site.mjs";
import { question } from "./ask.mjs";

const marked = async (page) => (await page.locator(".source mark").allTextContents()).join("");

test("every marker of every example opens its quote in the document's own text", async () => {
  const { url } = await realSite();
  const page = await open(url);
  const info = await (await fetch(url + "/api/v1/info")).json();
  let checked = 0;
  for (const q of info.example_questions) {
    const turn = await ask(page, q);
    const r = await lastRecord(page);
    for (const c of r.citations) {
      await turn.locator("button.cite", { hasText: new RegExp(`^${c.number}$`) }).first().click();
      await turn.locator(".source mark").first().waitFor();
      await page.waitForFunction((n) => document.querySelector(".position")?.textContent.startsWith(`bron ${n} `), c.number);
      assert.equal(await marked(page), c.quote);
      const text = await (await fetch(`${url}/api/v1/documents/${c.document_id}/text?version=${c.version}`)).text();
      assert.equal(await page.locator(".source-text").evaluate((e) => e.textContent), text);
      const inFrame = await page.locator(".source mark").first().evaluate((m) => {
        const [a, b] = [m.getBoundingClientRect(), m.closest(".source-frame").getBoundingClientRect()];
        return a.top >= b.top && a.top < b.bottom;
      });
      assert.ok(inFrame, `the quote of ${q} [${c.number}] isn't in view`);
      checked++;
    }
    if (r.citations.length > 0) await page.getByRole("button", { name: "Terug naar het antwoord" }).click();
    await page.locator(".source").waitFor({ state: "detached" });
  }
  console.log(`citations checked: ${checked}`);
  assert.ok(checked >= 6);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("next and previous, Escape and the browser's back lead to the same place", async () => {
  const { url } = await realSite();
  const page = await open(url);
  let turn = await ask(page, question);
  let r = await lastRecord(page);
  for (const q of ["In welk jaar is die opgezet?", "Wat vindt het CKM van het plan van aanpak mensenhandel?"]) {
    if (r.citations.length > 1) break;
    turn = await ask(page, q);
    r = await lastRecord(page);
  }
  assert.ok(r.citations.length > 1, "no answer with two citations");
  const first = turn.locator("button.cite").first();
  await first.click();
  await turn.locator(".source mark").first().waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H3");
  await page.getByRole("button", { name: "Volgende" }).click();
  await page.waitForFunction((want) => [...document.querySelectorAll(".source mark")].map((m) => m.textContent).join("") === want, r.citations[1].quote);
  await page.getByRole("button", { name: "Vorige" }).click();
  await page.waitForFunction((want) => [...document.querySelectorAll(".source mark")].map((m) => m.textContent).join("") === want, r.citations[0].quote);
  for (const leave of [() => page.keyboard.press("Escape"), () => page.goBack()]) {
    await page.locator(".source").waitFor();
    await leave();
    await page.locator(".source").waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement.matches("button.cite"));
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "1");
    await first.click();
  }
  await page.context().close();
});

// 320 × 200 is what is left of 1280 × 800 at 400 %.
for (const [width, height] of [[320, 640], [360, 640], [390, 664], [320, 256], [320, 200]]) {
  test(`an opened source shows its quote at ${width} × ${height}, and facts below the text`, async () => {
    const { url } = await realSite();
    const page = await open(url, { viewport: { width, height } });
    await ask(page, question);
    const r = await lastRecord(page);
    assert.equal(r.citations.length, 1, "the question needs another answer");
    await page.locator("button.cite").first().click();
    await page.locator(".source mark").first().waitFor();
    const at = await page.evaluate(() => {
      const box = (s) => document.querySelector(s).getBoundingClientRect();
      return { mark: box(".source mark").top, notice: box("#notice").bottom, frame: box(".source-frame").bottom, about: box(".about").top };
    });
    assert.ok(at.mark >= at.notice && at.mark <= height / 2, `the quote is at ${at.mark}, below a notice that ends at ${at.notice}`);
    assert.ok(at.about >= at.frame, "the facts stand above the text");
    assert.equal(await page.locator(".source-tools button").count(), 1, "there is no next source");
    await page.context().close();
  });
}

test("the sentence of the open source is underlined, no marker begins a line, and a new question closes the source", async () => {
  const { url } = await realSite();
  const page = await open(url);
  const turn = await ask(page, question);
  for (let width = 320; width <= 420; width += 5) {
    await page.setViewportSize({ width, height: 740 });
    const alone = await page.evaluate(() => [...document.querySelectorAll("button.cite")].some((b) =>
      b.getBoundingClientRect().left - b.closest("p, li").getBoundingClientRect().left < 10));
    assert.ok(!alone, `a marker stands alone at ${width} px`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await turn.locator("button.cite").first().click();
  await page.locator(".source mark").first().waitFor();
  const [lit, quote] = await page.evaluate(() => [getComputedStyle(document.querySelector(".lit")).textDecorationColor,
    getComputedStyle(document.querySelector(".source mark")).borderBlockEndColor]);
  assert.equal(lit, quote);
  await ask(page, "In welk jaar is die opgezet?");
  await page.locator(".source").waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.id), "question");
  await page.context().close();
});

test("pointing at a marker or focusing it shows the quote; Escape hides it", async () => {
  const { url } = await realSite();
  const page = await open(url);
  await ask(page, question);
  const quote = (await lastRecord(page)).citations[0].quote;
  const marker = page.locator("button.cite").first();
  await marker.focus();
  const preview = page.locator("[role=tooltip]");
  await preview.waitFor();
  assert.ok((await preview.textContent()).includes(quote.slice(0, 100)));
  assert.equal(await marker.getAttribute("aria-describedby"), await preview.getAttribute("id"));
  await page.keyboard.press("Escape");
  await preview.waitFor({ state: "detached" });
  await page.mouse.move(0, 0);
  await marker.hover();
  await preview.waitFor();
  await preview.hover();
  assert.equal(await preview.isVisible(), true);
  await page.mouse.move(0, 0);
  await preview.waitFor({ state: "detached" });
  await page.context().close();
});

test("words that aren't there aren't marked, and the page says so", async () => {
  const { proxy } = await realSite();
  const page = await open(proxy.url);
  const off = (r) => ({ ...r, citations: r.citations.map((c) => ({ ...c, start: c.start + 1, end: c.end + 1 })) });
  proxy.plan("/api/v1/chat", { change: changeRecord(off) });
  await ask(page, question);
  await page.locator("button.cite").first().click();
  await page.locator(".source .unmarked").waitFor();
  assert.match(await page.locator(".source .unmarked").innerText(), /niets gemarkeerd/);
  assert.equal(await page.locator(".source mark").count(), 0);
  assert.ok((await page.locator(".source-text").textContent()).length > 1000);
  await page.context().close();
});

test("a source that can't be read can be asked for again", async () => {
  const { proxy } = await realSite();
  const page = await open(proxy.url);
  await ask(page, question);
  proxy.plan("/api/v1/documents/", { status: 500, body: { error: { code: "internal", message: "Er ging iets mis.", request_id: "abcdefgh12" } } });
  await page.locator("button.cite").first().click();
  await page.locator(".source").getByRole("button", { name: "Probeer opnieuw" }).click();
  await page.locator(".source mark").first().waitFor();
  await page.context().close();
});

test("what was found but not cited opens as a passage", async () => {
  const { url } = await realSite();
  const page = await open(url);
  await ask(page, question);
  const r = await lastRecord(page);
  await page.locator(".also summary").click();
  await page.locator(".also .passages button").first().click();
  await page.locator(".source mark").first().waitFor();
  const words = await marked(page);
  assert.ok(r.passages.some((p) => p.text === words), "the marked words are no passage of the record");
  assert.match(await page.locator(".position").innerText(), /^passage 1 van/);
  await page.context().close();
});

test("what a reader has to know of an answer is said", async () => {
  const { proxy } = await realSite();
  const page = await open(proxy.url);
  proxy.plan("/api/v1/chat", { change: changeRecord((r) => ({
    ...r, withheld: 2, incomplete: "length", mode: "generated", model: "proef-1",
    citations: r.citations.map((c) => ({ ...c, document_status: "changed", status: "corrected" })),
  })) });
  const turn = await ask(page, question);
  const text = await turn.innerText();
  for (const want of [/2 zinnen zijn weggelaten/, /te lang/, /Geschreven door een taalmodel \(proef-1\)/, /sindsdien gewijzigd/]) assert.match(text, want);
  await page.locator("button.cite").first().click();
  assert.match(await page.locator(".source").innerText(), /andere plaats/);
  await page.context().close();
});

test("a byte order mark, line ends of two characters and emoji shift nothing", async () => {
  const corpus = tempDir();
  const text = "\ufeffOver appels 🍏🍎\r\n\r\nEen appel 🍏 kost twee euro op de markt in Utrecht. 👩‍💻 koopt er drie.\r\n";
  writeFileSync(join(corpus, "a.txt"), text);
  const url = await serve("--embedder", "none", "--corpus", corpus);
  const page = await open(url);
  const turn = await ask(page, "Wat kost een appel op de markt in Utrecht?");
  const r = await lastRecord(page);
  const cited = r.citations.length > 0;
  await turn.locator(cited ? "button.cite" : ".passages button").first().click();
  await turn.locator(".source mark").first().waitFor();
  const [c] = cited ? r.citations : r.passages;
  assert.equal(await marked(page), [...text].slice(c.start, c.end).join(""));
  assert.equal(await page.locator(".source-text").evaluate((e) => e.textContent), text);
  await page.context().close();
});
