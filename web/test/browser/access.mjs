// Everybody can use it: axe finds nothing in any view and display, the keyboard
// is enough, nothing scrolls sideways, focus is never lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, open } from "../harness.mjs";
import { realSite } from "../site.mjs";
import { prepared, show, views, violations } from "../views.mjs";
import { question } from "./ask.mjs";

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [{ width: 1440, height: 900 }, { width: 360, height: 740 }]) {
    test(`axe finds nothing: ${colorScheme}, ${viewport.width} px`, async () => {
      const { url } = await realSite();
      const { page, r } = await prepared(url, { colorScheme, viewport });
      for (const [name, view] of Object.entries(views)) {
        await show(page, url, r, view);
        assert.deepEqual(await violations(page), [], `${name}, ${colorScheme}, ${viewport.width} px`);
      }
      assert.deepEqual(page.faults, []);
      await page.context().close();
    });
  }
}

// 320 × 256 is what is left of 1280 × 1024 at 400 %.
for (const viewport of [{ width: 320, height: 640 }, { width: 320, height: 256 }, { width: 768, height: 1024 }]) {
  test(`nothing scrolls sideways at ${viewport.width} × ${viewport.height}, and the notice is in view`, async () => {
    const { url } = await realSite();
    const { page, r } = await prepared(url, { viewport });
    for (const [name, view] of Object.entries(views)) {
      await show(page, url, r, view);
      const { wide, notice, small } = await page.evaluate(() => {
        const visible = (b) => b.width > 0 && b.height > 0;
        const box = document.querySelector("#notice").getBoundingClientRect();
        const targets = [...document.querySelectorAll("button, select, input, textarea, summary, .nl-button")];
        return {
          wide: document.documentElement.scrollWidth - window.innerWidth,
          notice: visible(box) && box.top >= 0 && box.bottom <= window.innerHeight,
          small: targets.map((t) => [t.textContent || t.id, t.getBoundingClientRect()])
            .filter(([, b]) => visible(b) && (b.width < 24 || b.height < 23.9)).map(([name, b]) => `${name} ${b.width} × ${b.height}`),
        };
      });
      assert.ok(wide <= 0, `${name} scrolls sideways by ${wide} px`);
      // Scrolled to its head, the notice stands below it; a dialog covers all.
      if (viewport.height > 300 && !name.includes("confirm")) assert.ok(notice, `${name}: the notice is out of view`);
      assert.deepEqual(small, [], `${name} has targets below 24 px`);
    }
    await page.evaluate(() => scrollTo(0, 400));
    await page.context().close();
  });
}

const active = (page) => page.evaluate(() => {
  const a = document.activeElement;
  return `${a.tagName}${a.id && "#" + a.id}.${a.className}`;
});

/** tabTo presses Tab until the focus is on what fits; it must never be nowhere. */
async function tabTo(page, selector, key = "Tab") {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press(key);
    if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return;
    const inView = await page.evaluate(() => {
      const b = document.activeElement.getBoundingClientRect();
      return document.activeElement === document.body || (b.bottom > 0 && b.top < innerHeight);
    });
    assert.ok(inView, `focus out of view: ${await active(page)}`);
  }
  assert.fail(`no ${selector} by ${key}; focus is on ${await active(page)}`);
}

for (const viewport of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
  test(`the keyboard is enough at ${viewport.width} px`, async () => {
    const { url } = await realSite();
    const page = await open(url, { viewport });
    await page.locator(".examples button").first().waitFor();
    await page.keyboard.press("Tab");
    assert.match(await active(page), /nl-skip-link/);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.match(await active(page), /#question/);
    await page.keyboard.type(question);
    await page.keyboard.press("Enter");
    await page.locator('.turn[data-state="done"]').waitFor();
    assert.match(await active(page), /#question/, "the focus left the field");

    await tabTo(page, "button.cite", "Shift+Tab");
    await page.keyboard.press("Enter");
    await page.locator(".source mark").first().waitFor();
    assert.match(await active(page), /^H3/);
    await tabTo(page, ".source-frame");
    await page.keyboard.press("Escape");
    await page.locator(".source").waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement.matches("button.cite"));

    await tabTo(page, ".feedback button:nth-child(2)");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.matches(".comment textarea"));
    await page.keyboard.type("Te kort.");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.matches(".thanks"));

    await tabTo(page, "#question");
    await page.keyboard.type("In welk jaar is die opgezet?");
    await page.keyboard.press("Enter");
    await page.locator('.turn:nth-child(2)[data-state="done"]').waitFor();

    await tabTo(page, ".scope a");
    await page.keyboard.press("Enter");
    await page.locator(".documents li").first().waitFor();
    assert.match(await active(page), /H1#view/, "a new view doesn't begin at its heading");
    await tabTo(page, ".documents input");
    await page.keyboard.press("Space");
    await tabTo(page, ".choice a");
    await page.keyboard.press("Enter");
    await page.locator(".turn:nth-child(2)").waitFor();
    await page.locator(".scope .only").waitFor();
    await tabTo(page, "#question");
    await page.keyboard.type("Wat staat hier over mensenhandel?");
    await page.keyboard.press("Enter");
    await page.locator('.turn:nth-child(3)[data-state="done"]').waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("on a wide screen only the columns scroll, and a new question comes to the top", async () => {
  const { url } = await realSite();
  const { page } = await prepared(url, { viewport: { width: 1440, height: 900 } });
  await page.evaluate(() => scrollTo(0, 500));
  assert.equal(await page.evaluate(() => scrollY), 0);
  const { area, turn } = await page.evaluate(() => ({
    area: document.querySelector(".turns-area").getBoundingClientRect().top,
    turn: document.querySelector(".turn:last-child").getBoundingClientRect().top,
  }));
  assert.ok(turn >= area && turn < area + 100, `${turn} isn't just below ${area}`);
  await page.context().close();
});

test("a dialog takes the focus and gives it back", async () => {
  const { url } = await realSite();
  const page = await open(url, { viewport: { width: 360, height: 740 } });
  await ask(page, question);
  await page.getByRole("button", { name: "Gesprekken" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest("dialog") !== null), await active(page));
  }
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement.textContent === "Gesprekken");
  await page.context().close();
});

test("without script a document still shows its text and the quote", async () => {
  const { url } = await realSite();
  const { page, r } = await prepared(url);
  await page.context().close();
  const plain = await open(url + r.citations[0].url, { javaScriptEnabled: false });
  assert.equal(await plain.locator("mark").textContent(), r.citations[0].quote);
  await plain.goto(url);
  assert.match(await plain.locator("main").innerText(), /JavaScript nodig/);
  await plain.context().close();
});
