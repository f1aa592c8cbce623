// What a reader leaves for another view is there when they come back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, lastRecord, open } from "../harness.mjs";
import { realSite } from "../site.mjs";
import { begin, question } from "./ask.mjs";

const focus = (page, selector) => page.waitForFunction((s) => document.activeElement.matches(s), selector);
const field = (page, words) => page.waitForFunction((w) => document.querySelector("#question")?.value === w, words);

test("a typed question outlives limiting it, and belongs to its conversation", async () => {
  const { url } = await realSite();
  const page = await open(url);
  await page.fill("#question", "Wat doet het kabinet?");
  await page.getByRole("link", { name: "Beperken" }).click();
  await page.getByRole("checkbox").first().check();
  await page.getByRole("link", { name: "Stel een vraag over deze keuze" }).click();
  await focus(page, "#question");
  await field(page, "Wat doet het kabinet?");
  await page.getByRole("link", { name: "Wijzigen" }).click();
  await page.locator(".documents li").first().waitFor();
  await page.goBack();
  await focus(page, "#question");
  await field(page, "Wat doet het kabinet?");
  await page.locator(".scope").getByRole("button", { name: "Alle documenten" }).waitFor();

  await page.getByRole("link", { name: "Nieuw gesprek" }).click();
  await field(page, "");
  await page.locator(".scope", { hasText: "Zoekt in alle documenten" }).waitFor();
  await ask(page, question);
  await page.fill("#question", "In welk jaar is die opgezet?");
  await page.getByRole("link", { name: "Nieuw gesprek" }).click();
  await field(page, "");
  await page.locator(".conversations .entry").first().click();
  await page.locator(".turn").waitFor();
  await field(page, "In welk jaar is die opgezet?");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("an answer goes on being made while its reader looks at the documents", async () => {
  const { proxy } = await realSite();
  const page = await open(proxy.url);
  for (const [round, away] of [[1, false], [2, true]]) {
    const plan = await begin(page, proxy, question);
    await page.getByRole("link", { name: "Documenten" }).click();
    await page.locator(".documents li").first().waitFor();
    if (away) {
      plan.release();
      await page.locator("[role=status]", { hasText: "Antwoord klaar" }).waitFor({ state: "attached" });
      await page.waitForFunction((n) => document.querySelectorAll(".conversations li").length === n, round);
    }
    await page.goBack();
    if (!away) {
      await page.locator('.turn[data-state="busy"] button.cite').first().waitFor();
      plan.release();
    }
    await page.locator('.turn[data-state="done"]').waitFor();
    await page.waitForURL(/\/c\/conv_/);
    assert.equal(await page.locator(".turn").count(), 1);
    assert.equal((await lastRecord(page)).incomplete, null);
    await page.getByRole("link", { name: "Nieuw gesprek" }).click();
    await page.locator(".examples li").first().waitFor();
  }
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a new conversation ends what is being made", async () => {
  const { proxy } = await realSite();
  const page = await open(proxy.url);
  const plan = await begin(page, proxy, question);
  await page.getByRole("link", { name: "Nieuw gesprek" }).click();
  await plan.gone;
  await page.locator(".examples li").first().waitFor();
  await page.locator(".conversations .entry").first().click();
  await page.locator(".turn:not([data-state=busy])", { hasText: question }).waitFor();
  plan.release();
  await page.context().close();
});

for (const viewport of [{ width: 1280, height: 700 }, { width: 390, height: 664 }]) {
  test(`back leads to the same place, with the source open, at ${viewport.width} px`, async () => {
    const { url } = await realSite();
    const page = await open(url, { viewport });
    for (const q of [question, "Hoeveel fte komt er bij voor de AVIM?", "Wat kost een paspoort in 2024?"]) await ask(page, q);
    const first = page.locator(".turn").first();
    await first.locator("button.cite").first().click();
    await first.locator(".source mark").first().waitFor();
    const quote = await first.locator(".source mark").allTextContents();
    const place = () => page.evaluate(() => scrollY + document.querySelector(".turns-area, .page").scrollTop);
    await first.getByRole("link", { name: "Hele document" }).scrollIntoViewIfNeeded();
    const before = await place();
    const there = async () => {
      await first.locator(".source mark").first().waitFor();
      await focus(page, "#source");
      assert.deepEqual(await first.locator(".source mark").allTextContents(), quote);
      await page.waitForFunction((y) => Math.abs(scrollY + document.querySelector(".turns-area").scrollTop - y) < 2, before);
    };
    await first.getByRole("link", { name: "Hele document" }).click();
    await page.locator(".document mark").first().waitFor();
    await page.goBack();
    await there();
    await page.reload();
    await there();
    await page.keyboard.press("Escape");
    await page.locator(".source").waitFor({ state: "detached" });
    await focus(page, "button.cite");
    assert.equal(await first.locator("button.cite:focus").count(), 1, "the focus is in another answer");

    const scroll = (y) => page.evaluate((top) => {
      scrollTo(0, top);
      document.querySelector(".turns-area, .page").scrollTop = top;
    }, y);
    await scroll(0);
    await page.getByRole("link", { name: "Documenten" }).click();
    await page.locator(".documents li").first().waitFor();
    await scroll(1e6);
    assert.ok(await place() > 0, "the list of documents is too short for this test");
    await page.goBack();
    await focus(page, "#question");
    assert.equal(await place(), 0);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}
