// What the first view costs, and how it is kept.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { open } from "../harness.mjs";
import { realSite } from "../site.mjs";

const assets = new URL("../../dist/assets/", import.meta.url);
const gzipped = (ext) => readdirSync(assets).filter((f) => f.endsWith(ext))
  .reduce((sum, f) => sum + gzipSync(readFileSync(new URL(f, assets)), { level: 9 }).length, 0);

test("script and style are small", () => {
  const [js, css] = [gzipped(".js"), gzipped(".css")];
  console.log(`gzipped: script ${js} bytes, style ${css} bytes`);
  assert.ok(js > 1000 && js <= 40_000, `script: ${js}`);
  assert.ok(css > 1000 && css <= 25_000, `style: ${css}`);
});

test("the first view is small, and its files are kept", async () => {
  const { url } = await realSite();
  const page = await open("about:blank");
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", (e) => { bytes += e.encodedDataLength; });
  const responses = [];
  page.on("response", (r) => responses.push(r));
  await page.goto(url);
  await page.locator(".examples button").first().waitFor();
  console.log(`first view: ${bytes} bytes in ${responses.length} answers`);
  assert.ok(bytes > 10_000 && bytes <= 150_000, `${bytes} bytes`);
  const files = responses.filter((r) => r.url().includes("/assets/"));
  assert.ok(files.length >= 3);
  for (const f of files) {
    const h = f.headers();
    assert.match(h["cache-control"], /immutable/);
    assert.ok(h.etag && f.url().match(/-[0-9a-f]{10}\./), f.url());
    if (!f.url().endsWith(".svg")) assert.equal(h["content-encoding"], "gzip");
  }
  await page.context().close();
});
