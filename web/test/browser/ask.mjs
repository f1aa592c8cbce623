// Ask: the stream, follow-ups, refusals, stop, failures, the keyboard.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, lastRecord, open } from "../harness.mjs";
import { changeRecord } from "../proxy.mjs";
import { realSite } from "../site.mjs";
import { violations } from "../views.mjs";

export const question = "Wat is de signalentafel mensenhandel Midden-Nederland?";

/** begin asks a question of which the answer stops half way, until its plan is released. */
export async function begin(page, proxy, words) {
  const plan = proxy.plan("/api/v1/chat", { frames: 3 });
  await page.fill("#question", words);
  await page.press("#question", "Enter");
  await plan.held;
  await page.locator(".answer-text button.cite").first().waitFor();
  return plan;
}

/** focused waits until the focus is on what has an id: it must never be nowhere. */
const focused = (page, id) => page.waitForFunction((id) => document.activeElement.id === id, id);

test("an example is asked, and the answer is the record", async () => {
  const { url } = await realSite();
  const page = await open(url);
  await page.getByRole("button", { name: question }).click();
  await page.locator('.turn[data-state="done"]').waitFor();
  await page.waitForURL(/\/c\/conv_/);
  const r = await lastRecord(page);
  assert.equal(r.question, question);
  const shown = await page.locator(".answer-text").evaluate((e) =>
    [...e.children].map((c) => c.textContent).join("\n\n"));
  assert.equal(shown, r.text.replace(/\[(\d+)\]/g, "$1"));
  assert.equal(await page.locator(".answer-text button.cite").count(), (r.text.match(/\[\d+\]/g) ?? []).length);
  assert.match(await page.locator(".mode").innerText(), /Letterlijk uit de documenten/);
  assert.equal(await page.inputValue("#question"), "");
  await focused(page, "question");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("sentences appear while the stream goes on, and two things are announced", async () => {
  const { proxy } = await realSite();
  const page = await open(proxy.url);
  await page.evaluate(() => {
    window.said = [];
    const status = document.querySelector("[role=status]");
    new MutationObserver(() => window.said.push(status.textContent)).observe(status, { childList: true, characterData: true, subtree: true });
  });
  const plan = await begin(page, proxy, "Hoeveel fte komt er bij voor de AVIM?");
  assert.equal(await page.locator(".turn").getAttribute("data-state"), "busy");
  assert.equal(await page.getByRole("button", { name: "Stop" }).isVisible(), true);
  plan.release();
  await page.locator('.turn[data-state="done"]').waitFor();
  await page.waitForFunction(() => window.said.filter(Boolean).length > 1);
  const said = await page.evaluate(() => window.said.filter(Boolean));
  assert.equal(said.length, 2, said.join(" | "));
  assert.match(said[0], /gezocht/);
  assert.match(said[1], /^Antwoord klaar, met \d+ bron/);
  await page.context().close();
});

test("while a model writes the page says so, above the first word and below the last", async () => {
  const { proxy } = await realSite();
  proxy.plan("/api/v1/info", { change: (body) => JSON.stringify({ ...JSON.parse(body), mode: "generated", model: "proef-1" }) });
  const page = await open(proxy.url);
  await page.locator(".examples button").first().waitFor();
  const place = (s) => page.locator(s).evaluate((e) => e.getBoundingClientRect().toJSON());
  for (const frames of [1, 3]) {
    proxy.plan("/api/v1/info", { change: (body) => JSON.stringify({ ...JSON.parse(body), mode: "generated", model: "proef-1" }) });
    const plan = proxy.plan("/api/v1/chat", { frames, change: changeRecord((r) => ({ ...r, mode: "generated", model: "proef-1" })) });
    await page.fill("#question", question);
    await page.press("#question", "Enter");
    await plan.held;
    const turn = page.locator(".turn").last();
    await turn.getByText("Geschreven door een taalmodel (proef-1)").waitFor();
    await turn.getByText("Het taalmodel schrijft…").waitFor();
    if (frames > 1) {
      await turn.locator("button.cite").waitFor();
      const [busy, text] = [await place(".busy"), await place(".turn:last-child .answer-text")];
      assert.ok(busy.top >= text.bottom, "the sign of activity isn't below the text");
    }
    const before = await place(".turn:last-child .answer-text");
    plan.release();
    await page.locator('.turn:last-child[data-state="done"]').waitFor();
    assert.equal((await place(".turn:last-child .answer-text")).top, before.top, "the text was pushed away");
    assert.equal(await page.locator(".busy").count(), 0);
    assert.match(await turn.locator(".mode").innerText(), /proef-1/);
  }
  await page.context().close();
});

test("a follow-up shows what was searched for", async () => {
  const { url } = await realSite();
  const page = await open(url);
  await ask(page, question);
  const turn = await ask(page, "In welk jaar is die opgezet?");
  const r = await lastRecord(page);
  assert.notEqual(r.search_question, r.question);
  assert.equal(await turn.locator(".searched span").innerText(), r.search_question);
  assert.equal(await page.locator(".turn .question").count(), 2);
  await page.context().close();
});

test("a refusal looks like one, gives its reason and the nearest passages", async () => {
  const { url } = await realSite();
  const page = await open(url);
  const turn = await ask(page, "Wat kost een paspoort in 2024?");
  const r = await lastRecord(page);
  assert.equal(r.status, "refused", "the question that should be refused is answered");
  assert.equal(await turn.getAttribute("data-status"), "refused");
  assert.match(await turn.locator(".refusal").innerText(), new RegExp(r.refusal.message.slice(0, 30)));
  assert.ok(await turn.locator(".refusal .passages li").count() >= 3);
  assert.equal(await turn.locator(".answer").count(), 0);
  await turn.locator(".passages button").first().click();
  await turn.locator(".source mark").first().waitFor();
  const marked = (await turn.locator(".source mark").allTextContents()).join("");
  assert.equal(marked, r.passages[0].text);
  await page.context().close();
});

test("what the notice says of this answer stands with it, what it says of all doesn't", async () => {
  const { url } = await realSite();
  const page = await open(url);
  const turn = await ask(page, "Hoeveel slachtoffers van mensenhandel waren er in 2022?");
  const r = await lastRecord(page);
  const { notice } = await (await fetch(url + "/api/v1/info")).json();
  const own = r.notice.slice(0, -notice.length).trim();
  assert.match(own, /^Let op: 2022 /);
  assert.equal(await turn.locator(".note").innerText(), own);
  await page.context().close();
});

test("a refusal speaks the reader's language, and says once what stands below it", async () => {
  const { url } = await realSite();
  const page = await open(url);
  const turn = await ask(page, "Wat kost een paspoort in 2024?");
  const near = (text) => text.match(/dichtst|closest/g)?.length;
  assert.equal(near(await turn.locator(".refusal").innerText()), 1);
  const { passages } = await lastRecord(page);
  for (const [i, shown] of (await turn.locator(".snippet").allTextContents()).slice(0, 3).entries()) {
    for (const title of passages[i].section) assert.ok(!shown.startsWith(title), shown);
    if (shown.endsWith("…")) assert.ok(passages[i].text.replace(/\s+/g, " ").includes(shown.slice(0, -1) + " "), shown);
  }
  await page.getByRole("button", { name: "English" }).click();
  await turn.getByText("The answer to this question is not in the documents.").waitFor();
  const text = await turn.locator(".refusal").innerText();
  assert.equal(near(text), 1);
  assert.doesNotMatch(text, /Het antwoord op deze vraag/);
  await page.context().close();
});

test("a question that is too long stays whole and isn't sent", async () => {
  const { url } = await realSite();
  const page = await open(url);
  const asked = [];
  page.on("request", (r) => r.url().endsWith("/chat") && asked.push(r));
  const field = page.locator("#question");
  await field.fill("é😀".repeat(2000) + "  ");
  assert.equal(await page.locator("#ask-length").isVisible(), false, "4,000 characters are not too many");
  await field.fill("é😀".repeat(2006));
  await page.getByText("Uw vraag is 12 tekens te lang").first().waitFor();
  await field.press("Enter");
  await page.locator("[role=status]", { hasText: "12 tekens te lang" }).waitFor({ state: "attached" });
  assert.equal((await field.inputValue()).length, 6018);
  assert.equal(asked.length, 0, "a question that is too long was sent");
  assert.equal(await page.locator(".turn").count(), 0);
  assert.deepEqual(await violations(page), []);
  await page.context().close();
});

test("stop keeps what was shown, and the server kept it too", async () => {
  const { proxy } = await realSite();
  const page = await open(proxy.url);
  const plan = await begin(page, proxy, question);
  await page.getByRole("button", { name: "Stop" }).click();
  await plan.gone;
  await page.locator('.turn[data-state="stopped"]').waitFor();
  assert.match(await page.locator(".turn .note").first().innerText(), /onderbroken/);
  await page.waitForURL(/\/c\/conv_/);
  await page.locator("[role=status]", { hasText: "Gestopt." }).waitFor({ state: "attached" });
  await focused(page, "question");
  await ask(page, "In welk jaar is die opgezet?");
  assert.equal(await page.locator(".turn").count(), 2);
  plan.release();
  await page.context().close();
});

test("stop before the first word gives the question back", async () => {
  const { proxy } = await realSite();
  const page = await open(proxy.url);
  const plan = proxy.plan("/api/v1/chat", { frames: 0 });
  await page.fill("#question", question);
  await page.press("#question", "Enter");
  await plan.held;
  await page.getByRole("button", { name: "Stop" }).click();
  await page.locator(".turn").waitFor({ state: "detached" });
  await page.waitForFunction((q) => document.querySelector("#question").value === q, question);
  plan.release();
  await page.context().close();
});

for (const [name, plan, words] of [
  ["a busy server", { status: 429, headers: { "Retry-After": "7" }, body: { error: { code: "rate_limited", message: "Te veel verzoeken.", request_id: "abcdefgh12" } } }, /over 7 seconden.*staat nog in het veld/s],
  ["a server that fails", { status: 500, body: { error: { code: "internal", message: "Er ging iets mis.", request_id: "abcdefgh12" } } }, /Er ging iets mis.*abcdefgh12/s],
  ["a stream that is cut", { frames: 1, then: "cut" }, /brak af/],
]) {
  test(`${name}: the question stays, and a retry works`, async () => {
    const { proxy } = await realSite();
    const page = await open(proxy.url);
    proxy.plan("/api/v1/chat", plan);
    await page.fill("#question", question);
    await page.press("#question", "Enter");
    const alert = page.locator(".utrecht-alert--error");
    await alert.waitFor();
    assert.match(await alert.innerText(), words);
    await page.waitForFunction((q) => document.querySelector("#question").value === q, question);
    await alert.getByRole("button", { name: "Probeer opnieuw" }).click();
    await page.locator('.turn[data-state="done"]').waitFor();
    await focused(page, "question");
    assert.equal(await page.locator(".utrecht-alert--error").count(), 0);
    assert.equal(await page.locator(".turn").count(), 1);
    await page.context().close();
  });
}

test("an error in the stream keeps the sentences that were shown", async () => {
  const { proxy } = await realSite();
  const page = await open(proxy.url);
  const error = { error: { code: "model_unavailable", message: "Het taalmodel is niet bereikbaar.", request_id: "abcdefgh12" } };
  proxy.plan("/api/v1/chat", { change: (body) => body.replace(/event: done\n.*\n\n/, `event: error\ndata: ${JSON.stringify(error)}\n\n`) });
  await page.fill("#question", question);
  await page.press("#question", "Enter");
  await page.locator('.turn[data-state="broken"]').waitFor();
  assert.match(await page.locator(".utrecht-alert--error").innerText(), /taalmodel is niet bereikbaar/);
  assert.ok((await page.locator(".answer-text").innerText()).length > 20);
  await page.context().close();
});

test("Shift+Enter breaks the line, Enter sends, asking again asks the same", async () => {
  const { url } = await realSite();
  const page = await open(url);
  await page.fill("#question", "Hoeveel fte");
  await page.press("#question", "Shift+Enter");
  await page.keyboard.type("komt er bij voor de AVIM?");
  assert.equal(await page.inputValue("#question"), "Hoeveel fte\nkomt er bij voor de AVIM?");
  await page.press("#question", "Enter");
  await page.locator('.turn[data-state="done"]').waitFor();
  await page.getByRole("button", { name: "Vraag opnieuw" }).click();
  await page.locator('.turn:nth-child(2)[data-state="done"]').waitFor();
  const [first, second] = await page.locator(".question").allTextContents();
  assert.equal(first, second);
  await page.fill("#question", "   ");
  await page.press("#question", "Enter");
  assert.equal(await page.locator(".turn").count(), 2);
  await page.context().close();
});
