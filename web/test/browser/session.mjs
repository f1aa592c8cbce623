// Signing in, where the server wants to know who asks.

import assert from "node:assert/strict";
import test from "node:test";
import { ask, manage, open, serve, tempDir } from "../harness.mjs";
import { realSite } from "../site.mjs";
import { violations } from "../views.mjs";

const question = "Wat is de signalentafel mensenhandel Midden-Nederland?";

let locked;
/** lockedSite is a server that takes keys, and two of them. */
function lockedSite() {
  return locked ??= (async () => {
    const data = tempDir();
    const url = await serve("--data", data, "--auth", "keys");
    const key = (name) => manage("keys", "add", name, "--data", data).trim().split("\n").at(-1).trim();
    return { url, data, els: key("els"), piet: key("piet") };
  })();
}

async function enter(page, key) {
  await page.getByLabel("Sleutel").fill(key);
  await page.getByRole("button", { name: "Aanmelden met sleutel" }).click();
}

test("who isn't signed in sees nothing but the way in", async () => {
  const { url } = await lockedSite();
  const page = await open(url);
  await page.getByRole("heading", { name: "Meld u aan" }).waitFor();
  assert.equal(await page.locator("#question, .history, .examples").count(), 0);
  assert.match(await page.locator(".notice").innerText(), /geautomatiseerd systeem/);
  assert.deepEqual(await violations(page), []);
  await page.setViewportSize({ width: 360, height: 740 });
  assert.equal(await page.getByRole("button", { name: "Gesprekken" }).count(), 0, "conversations are offered to nobody");
  await enter(page, "bw_verzonnen");
  await page.locator(".utrecht-alert--error").waitFor();
  assert.match(await page.locator(".utrecht-alert--error").innerText(), /niet \(meer\) geldig/);
  await page.locator("[role=status]", { hasText: /niet \(meer\) geldig/ }).waitFor({ state: "attached" });
  const field = page.getByLabel("Sleutel");
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.match(await page.locator(`[id="${await field.getAttribute("aria-describedby")}"]`).innerText(), /niet \(meer\) geldig/);
  await focus(page, "input[type=password]");
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

const focus = (page, selector) => page.waitForFunction((s) => document.activeElement.matches(s), selector);

test("who signed in goes on where they came for", async () => {
  const { url, els } = await lockedSite();
  for (const [path, place] of [["/", "#question"], ["/documents", "#view"]]) {
    const page = await open(url + path);
    await enter(page, els);
    await focus(page, place);
    await page.context().close();
  }
});

for (const reload of [false, true]) {
  test(`a session that ended is taken up again with the question${reload ? ", after a reload" : ""}`, async () => {
    const { url, els } = await lockedSite();
    const page = await open(url);
    await enter(page, els);
    await ask(page, question);
    if (reload) {
      await page.reload();
      await page.locator(".turn").waitFor();
    }
    await page.fill("#question", "In welk jaar is die opgezet?");
    await page.context().clearCookies();
    await page.press("#question", "Enter");
    await page.getByRole("heading", { name: "Meld u aan" }).waitFor();
    await enter(page, els);
    await focus(page, "#question");
    assert.equal(await page.inputValue("#question"), "In welk jaar is die opgezet?");
    assert.equal(await page.locator(".turn").isVisible(), true);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("when the server can't say who asks, the page says so and asks again", async () => {
  const { proxy } = await realSite();
  const busy = { status: 503, headers: { "Retry-After": "7" }, body: { error: { code: "busy", message: "Het is te druk.", request_id: "abcdefgh12" } } };
  const page = await open("about:blank");
  for (const path of ["/api/v1/session", "/api/v1/info"]) {
    proxy.plan(path, busy);
    await page.goto(proxy.url);
    const failure = page.locator(".utrecht-alert--error", { hasText: /te druk.*over 7 seconden/s });
    await failure.waitFor();
    await page.locator("[role=status]", { hasText: "Het is te druk." }).waitFor({ state: "attached" });
    assert.deepEqual(await violations(page), [], path);
    await failure.getByRole("button", { name: "Probeer opnieuw" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".examples li").first().waitFor();
    assert.equal(await page.locator(".utrecht-alert--error").count(), 0);
    await focus(page, "#question");
  }
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a key lets in, keeps conversations apart, and signing out forgets", async () => {
  const { url, els, piet } = await lockedSite();
  const page = await open(url);
  await enter(page, els);
  await ask(page, question);
  const cookies = await page.context().cookies();
  const cookie = cookies.find((c) => c.name === "bronwijzer_session");
  assert.ok(cookie.httpOnly && cookie.secure && cookie.sameSite === "Lax", JSON.stringify(cookie));
  const mine = page.url();
  await page.reload();
  await page.locator(".turn").waitFor();
  await page.getByRole("button", { name: "Afmelden" }).click();
  await page.getByRole("heading", { name: "Meld u aan" }).waitFor();
  await enter(page, piet);
  await page.locator("#question").waitFor();
  await page.goto(mine);
  await page.locator(".utrecht-alert--error").waitFor();
  assert.equal(await page.locator(".turn").count(), 0, "another's conversation is shown");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a session that ends keeps the question and what was in view", async () => {
  const { url, data } = await lockedSite();
  const key = manage("keys", "add", "kort", "--data", data).trim().split("\n").at(-1).trim();
  const page = await open(url);
  await enter(page, key);
  await ask(page, question);
  manage("keys", "revoke", "kort", "--data", data);
  await page.fill("#question", "In welk jaar is die opgezet?");
  await page.press("#question", "Enter");
  await page.getByRole("heading", { name: "Meld u aan" }).waitFor();
  assert.equal(await page.inputValue("#question"), "In welk jaar is die opgezet?");
  assert.equal(await page.locator(".turn").isVisible(), false, "an answer is in view of whoever comes by");
  await page.context().close();
});
