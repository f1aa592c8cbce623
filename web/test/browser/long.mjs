// A conversation of 200 turns stays smooth: a delta changes the last turn only.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, lastRecord, open } from "../harness.mjs";
import { frame } from "../proxy.mjs";
import { realSite } from "../site.mjs";
import { question } from "./ask.mjs";

const deltas = 200;

test("200 turns: a delta touches nothing but the last one", async () => {
  const { proxy } = await realSite();
  const page = await open(proxy.url);
  await ask(page, question);
  const r = await lastRecord(page);
  proxy.plan(`/api/v1/conversations/${r.conversation_id}`, { change: (body) => {
    const c = JSON.parse(body);
    c.answers = Array.from({ length: 200 }, (_, i) => ({ ...r, id: `ans_${i}`, question: `Vraag ${i}` }));
    return JSON.stringify(c);
  } });
  await page.reload();
  await page.locator(".turn").nth(199).waitFor();

  const text = Array.from({ length: deltas }, (_, i) => `Zin ${i} van het antwoord. `);
  const plan = proxy.plan("/api/v1/chat", {
    frames: 1, pause: 4,
    change: (body) => {
      const done = JSON.parse(/event: done\ndata: (.*)\n\n/.exec(body)[1]);
      return [frame("sources", { passages: [] }), ...text.map((delta) => frame("text", { delta })), frame("done", { ...done, text: text.join("") })].join("");
    },
  });
  await page.fill("#question", "Nog een?");
  await page.press("#question", "Enter");
  await plan.held;
  await page.locator('.turn[data-state="busy"]').waitFor();
  const session = await page.context().newCDPSession(page);
  // The page's own time: what it waits for others on a busy machine doesn't count.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map((m) => [m.name, m.value]));
  };
  await page.evaluate(() => {
    window.elsewhere = 0;
    window.longest = 0;
    const last = document.querySelector(".turn:last-child");
    new MutationObserver((all) => { window.elsewhere += all.filter((m) => !last.contains(m.target)).length; })
      .observe(document.querySelector(".turns"), { subtree: true, childList: true, characterData: true, attributes: true });
    new PerformanceObserver((l) => { for (const e of l.getEntries()) window.longest = Math.max(window.longest, e.duration); })
      .observe({ type: "longtask" });
  });
  const before = await spent();
  plan.release();
  await page.waitForFunction((n) => document.querySelector(".turn:last-child .answer-text")?.textContent.includes(`Zin ${n} `), deltas - 1);
  const after = await spent();
  const [elsewhere, longest] = await page.evaluate(() => [window.elsewhere, window.longest]);
  const script = (after.ScriptDuration - before.ScriptDuration) * 1000;
  const layout = (after.LayoutDuration + after.RecalcStyleDuration - before.LayoutDuration - before.RecalcStyleDuration) * 1000;
  console.log(`${deltas} deltas under 200 turns: script ${script.toFixed(0)} ms, style and layout ${layout.toFixed(0)} ms, longest task ${longest.toFixed(0)} ms`);
  assert.equal(elsewhere, 0, "turns that didn't change were touched");
  // 1 ms on an idle machine; a busy one may take its time, a full render takes far more.
  assert.ok((script + layout) / deltas < 8, `${((script + layout) / deltas).toFixed(1)} ms for a delta`);
  await page.context().close();
});
