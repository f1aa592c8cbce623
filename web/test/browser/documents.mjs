// The page of documents: what a search lists, what the address keeps, little room.

import assert from "node:assert/strict";
import { test } from "node:test";
import { open, serve, tempDir } from "../harness.mjs";
import { realSite } from "../site.mjs";
import { violations } from "../views.mjs";

const get = async (url, path) => (await fetch(url + path)).json();
const listed = (page) => page.locator(".documents a").evaluateAll((all) => all.map((a) => decodeURIComponent(a.href.split("/").pop())));
const find = (page) => page.getByRole("searchbox", { name: "Zoek in titels en teksten" });

test("the newest documents come first, and a search lists the documents that it found", async () => {
  const { url } = await realSite();
  const page = await open(url + "/documents");
  await page.locator(".documents li").first().waitFor();
  const { documents } = await get(url, "/api/v1/documents?per_page=200");
  const date = (id) => documents.find((d) => d.id === id).date;
  const dates = (await listed(page)).map(date);
  assert.deepEqual(dates, dates.toSorted().reverse());

  await find(page).fill("webcrawler");
  await page.getByText("Geen titel met deze woorden").waitFor();
  assert.doesNotMatch(await page.locator("main").innerText(), /Niets gevonden/);
  await find(page).press("Enter");
  await page.locator(".found li").first().waitFor();
  const { passages } = await get(url, "/api/v1/search?q=webcrawler&k=20");
  assert.deepEqual((await listed(page)).sort(), [...new Set(passages.map((p) => p.document_id))].sort());
  assert.doesNotMatch(await page.locator("main").innerText(), /Niets gevonden/);
  assert.equal(await page.locator(".found li").count(), 5);
  await page.getByRole("button", { name: "Toon nog 15" }).click();
  assert.equal(await page.locator(".found li").count(), 20);
  assert.equal(await page.evaluate(() => document.activeElement.id), "found");
  assert.ok(await page.evaluate(() => document.querySelector(".filters").getBoundingClientRect().bottom <= document.querySelector(".found").getBoundingClientRect().top));

  const answered = page.waitForResponse(/search\?.*kind=nieuwsbericht/);
  await page.getByLabel("Soort").selectOption("nieuwsbericht");
  const news = documents.filter((d) => d.kind === "nieuwsbericht").map((d) => d.id);
  const limited = (await (await answered).json()).passages;
  assert.equal(limited.length, 20, "the server's search isn't limited to the filter");
  assert.ok(limited.every((p) => news.includes(p.document_id)));
  await page.waitForFunction((want) => [...document.querySelectorAll(".found a")].map((a) => new URL(a.href).searchParams.get("start")).join() === want,
    limited.map((p) => p.start).join());
  assert.ok((await listed(page)).every((id) => news.includes(id)));
  await page.getByLabel("Jaar").selectOption({ label: "Zonder datum" });
  await page.waitForFunction((n) => document.querySelectorAll(".documents li").length === n, news.filter((id) => date(id) === "").length);
  assert.ok((await listed(page)).every((id) => date(id) === ""));

  await page.getByRole("button", { name: "Wis zoekopdracht" }).click();
  await page.locator(".found").waitFor({ state: "detached" });
  assert.equal(await find(page).inputValue(), "");
  assert.equal(await page.evaluate(() => document.activeElement.id), "find");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("back, a reload and a link give a search and its filters again", async () => {
  const { url } = await realSite();
  const page = await open(url + "/documents");
  await find(page).fill("webcrawler");
  await find(page).press("Enter");
  await page.getByLabel("Soort").selectOption("kamerbrief");
  await page.waitForURL(/documents\?q=webcrawler&kind=kamerbrief$/);
  await page.locator(".found li").nth(3).waitFor();
  const again = async (p) => {
    await p.locator(".found li").nth(3).waitFor();
    assert.equal(await find(p).inputValue(), "webcrawler");
    assert.equal(await p.getByLabel("Soort").inputValue(), "kamerbrief");
  };
  await page.locator(".found a").nth(3).click();
  await page.locator(".document mark").first().waitFor();
  await page.goBack();
  await again(page);
  await page.reload();
  await again(page);
  const other = await open(page.url());
  await again(other);
  await other.context().close();

  await page.getByRole("link", { name: "Documenten", exact: true }).click();
  await page.locator(".found").waitFor({ state: "detached" });
  assert.equal(await find(page).inputValue(), "");
  await find(page).fill("actieplan");
  await page.locator(".documents a").click();
  await page.locator(".source-text").waitFor();
  await page.goBack();
  await page.locator(".documents li").waitFor();
  assert.equal(await find(page).inputValue(), "actieplan");
  await page.context().close();
});

test("without documents the pages say so", async () => {
  const url = await serve("--embedder", "none", "--corpus", tempDir());
  const page = await open(url);
  await page.getByText("Er zijn nog geen documenten").waitFor();
  await page.goto(url + "/documents");
  await page.getByText("Er zijn nog geen documenten").waitFor();
  assert.equal(await page.locator(".search, .filters, .documents").count(), 0);
  assert.doesNotMatch(await page.locator("main").innerText(), /\b0 /);
  assert.deepEqual(await violations(page), []);
  await page.context().close();
});

test("on a narrow screen the field has room, and the list begins in view", async () => {
  const { url } = await realSite();
  const box = (page, s) => page.locator(s).first().evaluate((e) => e.getBoundingClientRect().toJSON());
  const page = await open(url + "/documents", { viewport: { width: 320, height: 640 } });
  await page.locator(".documents li").first().waitFor();
  assert.ok((await box(page, "#find")).width >= 180);
  assert.ok((await box(page, ".documents")).top <= 500, `the list begins at ${(await box(page, ".documents")).top}`);
  assert.ok((await box(page, ".head")).height <= 90, `the head is ${(await box(page, ".head")).height} px high`);
  assert.equal(await page.getByLabel("Soort").isVisible(), false);
  await page.getByText("Filters").click();
  await page.getByLabel("Soort").selectOption("kamerbrief");
  await page.getByText("Filters · kamerbrief").click();
  assert.equal(await page.getByLabel("Soort").isVisible(), false);
  for (const width of [768, 1024]) {
    await page.setViewportSize({ width, height: 800 });
    await page.getByLabel("Soort").waitFor();
    assert.ok((await box(page, ".head")).height <= 60, `the head is ${(await box(page, ".head")).height} px high at ${width} px`);
  }
  await page.context().close();
});
