// What the browser tests stand on: the real program on a port of its own, a
// proxy that can hold, cut and spoil what it says, and a browser.

import { spawn, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const root = new URL("../..", import.meta.url).pathname;
const cleanups = [];

/** atEnd is called when all tests are done. */
export const atEnd = (f) => void cleanups.push(f);

/** cleanup ends everything that was started here, the last first. */
export async function cleanup() {
  for (const f of cleanups.reverse()) await f();
}

export function tempDir() {
  const dir = mkdtempSync(join(tmpdir(), "bronwijzer-web-"));
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

let built;
/** program is the binary: BRONWIJZER_BIN, or built from this tree. */
function program() {
  if (process.env.BRONWIJZER_BIN) return process.env.BRONWIJZER_BIN;
  if (!built) {
    built = join(tempDir(), "bronwijzer");
    execFileSync("go", ["build", "-tags", "nomsgpack", "-o", built, "./cmd/bronwijzer"], { cwd: root, stdio: "inherit" });
  }
  return built;
}

/** manage runs a command of the program and returns what it prints. */
export const manage = (...args) => execFileSync(program(), args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

/** serve starts the program on port 0 and waits until it can answer. */
export async function serve(...flags) {
  const corpus = flags.includes("--corpus") ? [] : ["--corpus", join(root, "corpus")];
  const data = flags.includes("--data") ? [] : ["--data", tempDir()];
  const child = spawn(program(), ["serve", "--listen", "127.0.0.1:0", "--rate=-1", ...data, ...corpus, ...flags], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  cleanups.push(async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  const lines = createInterface({ input: child.stderr });
  const said = [];
  const url = await new Promise((found, failed) => {
    lines.on("line", (line) => {
      said.push(line);
      const m = /luistert op (http:\/\/\S+)/.exec(line);
      if (m) found(m[1]);
    });
    child.on("exit", () => failed(new Error(`the program ended:\n${said.join("\n")}`)));
  });
  for (const began = Date.now(); ; await new Promise((wake) => setTimeout(wake, 50))) {
    if (await fetch(url + "/readyz").then((r) => r.ok, () => false)) return url;
    if (child.exitCode !== null) throw new Error(`the program ended:\n${said.join("\n")}`);
    // Without vector instructions the texts take minutes to embed.
    if (Date.now() - began > 900_000) throw new Error("not ready after 15 minutes");
  }
}

let browser;
/** context is a new browser profile that records what must not happen. */
export async function context(options = {}) {
  if (!browser) {
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    if (!existsSync(executablePath)) throw new Error(`no browser at ${executablePath}: install chromium, or set CHROMIUM`);
    browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"],
    });
    cleanups.push(() => browser.close());
  }
  const c = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options });
  c.setDefaultTimeout(30_000);
  return c;
}

/** open opens a page and collects its errors and the origins it talks to. */
export async function open(url, options) {
  const page = await (await context(options)).newPage();
  page.faults = [];
  page.origins = new Set();
  page.on("pageerror", (e) => page.faults.push(`error: ${e.message}`));
  page.on("console", (m) => m.type() === "error" && !/Failed to load resource/.test(m.text()) && page.faults.push(`console: ${m.text()}`));
  page.on("dialog", (d) => { page.faults.push(`dialog: ${d.message()}`); void d.dismiss(); });
  page.on("request", (r) => page.origins.add(new URL(r.url()).origin));
  await page.goto(url);
  return page;
}

/** ask types a question and waits for the whole answer; it returns its turn. */
export async function ask(page, question) {
  const before = await page.locator(".turn").count();
  await page.fill("#question", question);
  await page.press("#question", "Enter");
  const turn = page.locator(".turn").nth(before);
  await page.locator(`.turn:nth-child(${before + 1})[data-state="done"]`).waitFor();
  return turn;
}

/** record reads an answer's record through the page, as its owner. */
export async function lastRecord(page) {
  return page.evaluate(async () => {
    const id = location.pathname.split("/").pop();
    const c = await (await fetch(`api/v1/conversations/${id}?include=passages`)).json();
    return c.answers.at(-1);
  });
}
