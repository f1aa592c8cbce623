// Conversations, links, documents, a limited question, feedback, copying.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, lastRecord, open } from "../harness.mjs";
import { realSite } from "../site.mjs";
import { violations } from "../views.mjs";
import { question } from "./ask.mjs";

const focus = (page, selector) => page.waitForFunction((s) => document.activeElement.matches(s), selector);

test("a conversation survives a reload, and its answers have links", async () => {
  const { url } = await realSite();
  const page = await open(url);
  await ask(page, question);
  await ask(page, "In welk jaar is die opgezet?");
  const before = await page.locator(".turns").innerText();
  await page.reload();
  await page.locator(".turn").nth(1).waitFor();
  assert.equal(await page.locator(".turns").innerText(), before);
  const r = await lastRecord(page);

  await page.goto(`${url}/a/${r.id}`);
  await page.locator("button.cite").first().click();
  await page.locator(".source mark").first().waitFor();
  assert.equal((await page.locator(".source mark").allTextContents()).join(""), r.citations[0].quote);

  const other = await open(`${url}/a/${r.id}`);
  await other.locator(".utrecht-alert--error").waitFor();
  assert.equal(await other.locator(".turn").count(), 0, "somebody else's answer is shown");
  await other.goto(`${url}/c/${r.conversation_id}`);
  await other.locator(".utrecht-alert--error").waitFor();
  assert.equal(await other.locator(".turn").count(), 0, "somebody else's conversation is shown");
  await ask(other, "Hoeveel fte komt er bij voor de AVIM?");
  assert.notEqual((await lastRecord(other)).conversation_id, r.conversation_id);
  await other.context().close();
  await page.context().close();
});

test("a link shares one answer, until it is withdrawn", async () => {
  const { url } = await realSite();
  const page = await open(url);
  await ask(page, question);
  await page.getByRole("button", { name: "Deel met link" }).click();
  const link = await page.locator(".shared a").getAttribute("href");
  assert.ok(link.startsWith(`${url}/s/shr_`), link);
  await page.reload();
  await page.locator(".shared").waitFor();
  assert.equal(await page.locator(".shared a").getAttribute("href"), link, "a reload forgets the link");

  const other = await open(link);
  await other.locator("button.cite").first().click();
  await other.locator(".source mark").first().waitFor();
  assert.equal(await other.locator(".feedback, .turn-links a[href*='c/']").count(), 0, "a reader of a link is taken for the owner");
  assert.equal(await other.getByRole("button", { name: "Deel met link" }).count(), 0);
  assert.deepEqual(other.faults, []);

  await page.getByRole("button", { name: "Trek link in" }).click();
  await page.locator(".shared").waitFor({ state: "detached" });
  await other.reload();
  await other.locator(".utrecht-alert--error").waitFor();
  assert.equal(await other.locator(".turn").count(), 0, "a withdrawn link still works");
  await other.context().close();
  await page.context().close();
});

test("conversations are listed, found, renamed and deleted", async () => {
  const { url } = await realSite();
  const page = await open(url);
  for (const q of [question, "Hoeveel fte komt er bij voor de AVIM?", "Waarom is de webcrawler juridisch ingewikkeld?"]) {
    await page.goto(url);
    await ask(page, q);
  }
  const list = page.locator(".conversations li");
  await page.waitForFunction(() => document.querySelectorAll(".conversations li").length === 3);
  await page.getByRole("searchbox", { name: "Zoek in titels" }).fill("AVIM");
  assert.equal(await list.count(), 1);
  await list.hover();
  await list.getByRole("button", { name: /^Hernoemen/ }).click();
  await page.getByRole("textbox", { name: "Nieuwe titel" }).fill("Capaciteit AVIM <b>");
  await page.keyboard.press("Enter");
  await page.locator(".conversations", { hasText: "Capaciteit AVIM <b>" }).waitFor();
  await page.getByRole("searchbox", { name: "Zoek in titels" }).fill("");
  await list.first().hover();
  await list.first().getByRole("button", { name: /^Verwijderen/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Verwijderen" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".conversations li").length === 2);
  await page.waitForURL(url + "/");
  await page.getByRole("button", { name: "Alles wissen" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Annuleren" }).click();
  assert.equal(await list.count(), 2);
  await page.getByRole("button", { name: "Alles wissen" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Alles wissen" }).click();
  await page.locator(".history", { hasText: "Nog geen gesprekken" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement !== document.body), true, "the focus is lost");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("documents are listed, filtered, searched and shown with their own text", async () => {
  const { url } = await realSite();
  const page = await open(url + "/documents");
  const all = (await (await fetch(url + "/api/v1/documents?per_page=200")).json()).documents;
  await page.locator(".documents li").first().waitFor();
  assert.equal(await page.locator(".documents li").count(), all.length);
  await page.getByLabel("Soort").selectOption("kamerbrief");
  assert.equal(await page.locator(".documents li").count(), all.filter((d) => d.kind === "kamerbrief").length);
  await page.getByLabel("Jaar").selectOption("2023");
  assert.equal(await page.locator(".documents li").count(), 1);
  await page.getByLabel("Soort").selectOption("");
  await page.getByLabel("Jaar").selectOption("");
  await page.getByRole("searchbox", { name: "Zoek in titels en teksten" }).fill("webcrawler");
  await page.keyboard.press("Enter");
  await page.locator(".found .passages a").first().click();
  await page.waitForURL(/\/documents\/.*start=\d+/);
  await page.locator(".document mark").first().waitFor();
  const v = new URL(page.url());
  const text = [...await (await fetch(`${url}/api/v1${v.pathname}/text?version=${v.searchParams.get("version")}`)).text()];
  const want = text.slice(+v.searchParams.get("start"), +v.searchParams.get("end")).join("");
  assert.equal((await page.locator(".document mark").allTextContents()).join(""), want);
  assert.equal(await page.locator(".source-text").evaluate((e) => e.textContent), text.join(""));
  await page.goto(page.url().replace(/end=\d+/, "end=99999999"));
  await page.locator(".document .unmarked").waitFor();
  assert.equal(await page.locator(".document mark").count(), 0);
  await page.goto(url + "/documents/doc_bestaatniet");
  await page.locator(".utrecht-alert--error").waitFor();
  await page.context().close();
});

test("a question can be limited to a choice of documents", async () => {
  const { url } = await realSite();
  const page = await open(url);
  await ask(page, question);
  const outside = (await lastRecord(page)).citations[0].document_id;
  await page.getByRole("link", { name: "Beperken" }).click();
  const all = (await (await fetch(url + "/api/v1/documents?per_page=200")).json()).documents;
  const other = all.find((d) => d.id !== outside && d.kind === "kamerbrief");
  await page.getByRole("checkbox", { name: `Kies ${other.title}` }).check();
  await page.getByRole("link", { name: "Stel een vraag over deze keuze" }).click();
  await page.locator(".turn").waitFor();
  assert.equal(await page.locator(".scope .only").innerText(), other.title);
  await ask(page, "Wat doet het kabinet tegen mensenhandel?");
  const r = await lastRecord(page);
  const used = new Set([...r.citations, ...r.passages].map((p) => p.document_id));
  assert.deepEqual([...used], [other.id]);
  await page.getByRole("button", { name: "Alle documenten" }).click();
  assert.match(await page.locator(".scope").innerText(), /in alle documenten/);
  assert.equal(await page.evaluate(() => document.activeElement.id), "question");
  await page.context().close();
});

test("an answer says which documents it was limited to, on the page and in a copy", async () => {
  const { url } = await realSite();
  const page = await open(url + "/documents", { permissions: ["clipboard-read", "clipboard-write"] });
  const all = (await (await fetch(url + "/api/v1/documents?per_page=200")).json()).documents;
  const [one, two] = all.filter((d) => d.kind === "kamerbrief");
  await page.getByRole("checkbox", { name: `Kies ${one.title}` }).check();
  await page.getByRole("link", { name: "Stel een vraag over deze keuze" }).click();
  const first = await ask(page, "Wat doet het kabinet tegen mensenhandel?");
  const said = `Gezocht in: ${one.title}`;
  assert.equal(await first.locator(".searched").last().innerText(), said);
  await page.getByRole("link", { name: "Wijzigen" }).click();
  await page.getByRole("checkbox", { name: `Kies ${two.title}` }).check();
  await page.getByRole("link", { name: "Stel een vraag over deze keuze" }).click();
  await page.locator(".scope", { hasText: "2 gekozen documenten" }).waitFor();
  await ask(page, "Wat doet het kabinet tegen uitbuiting?");
  await page.reload();
  await page.locator(".turn").nth(1).waitFor();
  await first.locator(".searched", { hasText: said }).waitFor();
  const limited = page.locator(".turn").nth(1).locator("details.limited");
  assert.equal(await limited.locator("summary").innerText(), "Gezocht in: 2 gekozen documenten");
  await limited.locator("summary").click();
  assert.deepEqual(await limited.locator("a").allTextContents(), [one.title, two.title]);
  assert.deepEqual(await violations(page), []);
  await first.getByRole("button", { name: "Kopieer met bronnen" }).click();
  await page.waitForFunction(() => document.querySelector("[role=status]").textContent.startsWith("Gekopieerd"));
  assert.ok((await page.evaluate(() => navigator.clipboard.readText())).includes(`\n${said}\n`));
  await page.emulateMedia({ media: "print" });
  assert.equal(await first.locator(".searched", { hasText: said }).isVisible(), true);
  assert.equal(await page.getByText(`Gezocht in: 2 gekozen documenten (${one.title}; ${two.title})`).isVisible(), true);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a document that is gone is counted, and a limited refusal can be asked everywhere", async () => {
  const { url, proxy } = await realSite();
  const page = await open(proxy.url + "/documents");
  const all = (await (await fetch(url + "/api/v1/documents?per_page=200")).json()).documents;
  const { title } = all.find((d) => d.title.includes("onmisbaar"));
  await page.getByRole("checkbox", { name: `Kies ${title}` }).check();
  await page.getByRole("link", { name: "Stel een vraag over deze keuze" }).click();
  const turn = await ask(page, "Hoeveel fte komt er bij voor de AVIM?");
  assert.equal(await turn.getAttribute("data-status"), "refused");
  await turn.getByRole("button", { name: "Zoek in alle documenten" }).click();
  await page.locator('.turn:nth-child(2)[data-state="done"]').waitFor();
  const second = page.locator(".turn").nth(1);
  assert.equal(await second.getAttribute("data-status"), "answered");
  assert.equal(await second.locator(".searched", { hasText: "Gezocht in" }).count(), 0);
  proxy.plan("/api/v1/documents?", { change: (body) => JSON.stringify({ documents: [], total: 0, page: 1, per_page: 200, was: body.length }) });
  await page.reload();
  await turn.locator(".searched", { hasText: "Gezocht in: 1 gekozen document" }).waitFor();
  await page.context().close();
});

test("feedback on an answer and on a citation reaches the server", async () => {
  const { url } = await realSite();
  const page = await open(url);
  const sent = [];
  page.on("request", (r) => r.url().endsWith("/feedback") && sent.push(r));
  const turn = await ask(page, question);
  await turn.locator("button.cite").first().click();
  await page.getByRole("button", { name: "Bron 1 klopt niet" }).click();
  await page.waitForFunction(() => document.activeElement.matches(".comment textarea"));
  await page.keyboard.type("De datum is <b>oud</b>.");
  await page.locator(".source").getByRole("button", { name: "Versturen" }).click();
  await page.locator(".source .thanks").waitFor();
  await page.keyboard.press("Escape");
  await turn.getByRole("button", { name: "Goed" }).click();
  await turn.locator(".thanks").waitFor();
  await focus(page, "button[aria-pressed=true]");
  assert.deepEqual(sent.map((r) => r.postDataJSON()), [
    { verdict: "bad", comment: "De datum is <b>oud</b>.", citation: 1 }, { verdict: "good", comment: "" },
  ]);
  for (const r of sent) assert.equal((await r.response()).status(), 204);
  await page.reload();
  await turn.locator("button[aria-pressed=true]", { hasText: "Goed" }).waitFor();
  assert.equal(await turn.locator("button[aria-pressed=true]").count(), 1);
  await turn.locator("button.cite").first().click();
  await page.locator(".source button[aria-pressed=true]", { hasText: "Bron 1 klopt niet" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.context().close();
});

test("a verdict that is refused says so, in line with the text, until the next try", async () => {
  const { proxy } = await realSite();
  const page = await open(proxy.url);
  const turn = await ask(page, question);
  proxy.plan("/api/v1/answers/", { status: 429, headers: { "Retry-After": "7" }, body: { error: { code: "rate_limited", message: "Te veel verzoeken.", request_id: "abcdefgh12" } } });
  await turn.getByRole("button", { name: "Goed" }).click();
  const failure = turn.locator(".utrecht-alert--error");
  await failure.waitFor();
  await page.locator("[role=status]", { hasText: /Te veel verzoeken.*over 7 seconden/ }).waitFor({ state: "attached" });
  const left = (l) => l.evaluate((e) => e.getBoundingClientRect().left);
  assert.equal(await left(failure), await left(turn.locator(".sources")));
  await turn.getByRole("button", { name: "Goed" }).click();
  await turn.locator(".thanks").waitFor();
  assert.equal(await failure.count(), 0);
  proxy.plan("/api/v1/answers/", { status: 429, headers: { "Retry-After": "7" }, body: { error: { code: "rate_limited", message: "Te veel verzoeken.", request_id: "abcdefgh12" } } });
  await turn.getByRole("button", { name: "Klopt niet" }).click();
  await page.keyboard.type("Te kort.");
  await turn.getByRole("button", { name: "Versturen" }).click();
  await failure.waitFor();
  assert.equal(await turn.locator(".thanks").count(), 0);
  assert.equal(await turn.locator(".comment textarea").inputValue(), "Te kort.");
  await page.context().close();
});

test("the list of conversations keeps the focus", async () => {
  const { proxy } = await realSite();
  const page = await open(proxy.url);
  for (const q of [question, "Hoeveel fte komt er bij voor de AVIM?"]) {
    await page.getByRole("link", { name: "Nieuw gesprek" }).click();
    await ask(page, q);
  }
  // The older one isn't open: its buttons show only while they are used.
  const entry = page.locator(".conversations li").nth(1);
  for (const name of [/^Hernoemen/, /^Verwijderen/]) {
    const button = entry.getByRole("button", { name });
    await button.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await focus(page, `[aria-label="${await button.getAttribute("aria-label")}"]`);
  }
  await entry.getByRole("button", { name: /^Hernoemen/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Nieuwe titel" }).fill("Signalentafel");
  await page.keyboard.press("Enter");
  await page.locator(".entry:focus", { hasText: "Signalentafel" }).waitFor();

  const refused = { status: 500, body: { error: { code: "internal", message: "Er ging iets mis.", request_id: "abcdefgh12" } } };
  proxy.plan("/api/v1/conversations/conv", refused);
  const current = page.locator(".conversations .current");
  await current.getByRole("button", { name: /^Verwijderen/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Verwijderen" }).click();
  await page.locator(".history .utrecht-alert--error").waitFor();
  assert.equal(await page.locator(".turn").count(), 1, "a conversation that wasn't removed is closed");
  const other = page.locator(".conversations li:not(.current)");
  await other.getByRole("button", { name: /^Verwijderen/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Verwijderen" }).click();
  await other.waitFor({ state: "detached" });
  await focus(page, ".current .entry");
  assert.equal(await page.locator(".history .utrecht-alert--error").count(), 0);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("on a phone, deleting another conversation leaves the list open", async () => {
  const { url } = await realSite();
  const page = await open(url, { viewport: { width: 390, height: 664 } });
  await ask(page, question);
  await page.goto(url);
  await ask(page, "Hoeveel fte komt er bij voor de AVIM?");
  await page.getByRole("button", { name: "Gesprekken" }).click();
  await page.locator(".drawer li:not(.current)").getByRole("button", { name: /^Verwijderen/ }).click();
  await page.getByRole("dialog", { name: "Verwijderen" }).getByRole("button", { name: "Verwijderen" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".drawer .entry").length === 1);
  await focus(page, ".drawer .current .entry");
  await page.locator(".drawer").getByRole("button", { name: /^Verwijderen/ }).click();
  await page.getByRole("dialog", { name: "Verwijderen" }).getByRole("button", { name: "Verwijderen" }).click();
  await page.locator(".drawer").waitFor({ state: "detached" });
  await page.waitForURL(url + "/");
  await page.context().close();
});

test("a copy has the sources, and printing shows one answer with its quotes", async () => {
  const { url } = await realSite();
  const page = await open(url, { permissions: ["clipboard-read", "clipboard-write"] });
  await ask(page, question);
  await ask(page, "In welk jaar is die opgezet?");
  const r = await lastRecord(page);
  await page.getByRole("button", { name: "Kopieer met bronnen" }).last().click();
  await page.waitForFunction(() => document.querySelector("[role=status]").textContent.startsWith("Gekopieerd"));
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  for (const want of [r.text, r.citations[0].title, r.citations[0].quote.replace(/\s+/g, " ")]) assert.ok(copied.includes(want), want);
  assert.ok(!copied.includes(url), "a link is copied that nobody else can open");

  await page.evaluate(() => { window.print = () => { window.printed = [...document.querySelectorAll(".turn.printed .question")].map((q) => q.textContent); }; });
  await page.getByRole("button", { name: "Afdrukken" }).last().click();
  assert.deepEqual(await page.evaluate(() => window.printed), [r.question]);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("blockquote").last().isVisible(), true);
  assert.equal(await page.locator(".ask").isVisible(), false);
  await page.context().close();
});

test("language and display are kept in the browser", async () => {
  const { url } = await realSite();
  const page = await open(url);
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "Ask your question" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByLabel("Display").selectOption("dark");
  await page.waitForFunction((before) => getComputedStyle(document.body).backgroundColor !== before, light);
  const dark = await ground();
  await page.reload();
  await page.getByRole("heading", { name: "Ask your question" }).waitFor();
  assert.equal(await ground(), dark);
  await page.getByLabel("Display").selectOption("light");
  await page.waitForFunction((want) => getComputedStyle(document.body).backgroundColor === want, light);
  await page.context().close();
});

test("every view has a title of its own", async () => {
  const { url } = await realSite();
  const page = await open(url);
  const titled = (title) => page.waitForFunction((want) => document.title === `${want} · Bronwijzer`, title);
  await titled("Stel uw vraag");
  await ask(page, question);
  await titled(question);
  const r = await lastRecord(page);
  await page.reload();
  await titled(question);
  await page.goto(`${url}/a/${r.id}`);
  await titled(question);
  await page.getByRole("link", { name: "Documenten", exact: true }).click();
  await titled("Documenten");
  await page.locator(".documents a").first().click();
  await page.locator(".source-text").waitFor();
  await titled(await page.locator("h1").innerText());
  assert.notEqual(await page.locator("h1").innerText(), "Documenten");
  await page.context().close();
});
