// The functions that turn words and offsets into what is shown.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "./load.mjs";

const { locate, units, unitAt } = await load("spans.ts");
const { parseAnswer, runs } = await load("answertext.ts");
const { stretches, parts } = await load("sourcelines.ts");
const { parseRoute, documentPath, documentsPath, originalLink, webLink } = await load("route.ts");
const { withSources, snippet } = await load("plain.ts");
const { passes, titled, newestFirst, values } = await load("document-filter.ts");

/** random numbers that are the same every time (mulberry32). */
function numbers(seed) {
  return (n) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 4294967296 * n);
  };
}
const alphabet = ["a", "é", "€", "𝔅", "👩‍💻", "\n", "\r\n", " ", "\ufeff", "- ", "1. ", "[1]", "[12]", "[", "]", "x".repeat(70), "\u0301", "."];
const noise = (pick, n) => Array.from({ length: pick(n) }, () => alphabet[pick(alphabet.length)]).join("");

test("spans count code points", () => {
  const pick = numbers(1);
  for (let i = 0; i < 2000; i++) {
    const points = [...noise(pick, 30)];
    const text = points.join("");
    const start = pick(points.length + 2);
    const end = pick(points.length + 2);
    const want = start < end && end <= points.length ? points.slice(start, end).join("") : null;
    const got = units(text, start, end);
    assert.equal(got && text.slice(got.from, got.to), want, JSON.stringify([text, start, end]));
  }
  assert.equal(unitAt("𝔅b", 1), 2);
  for (const wrong of [-1, 0.5, NaN, Infinity, 4]) assert.equal(unitAt("abc", wrong), -1);
  assert.equal(units("abc", 1, NaN), null);
});

test("a quote that isn't there is not located", () => {
  assert.deepEqual(locate("x𝔅yz", 1, 3, "𝔅y"), { from: 1, to: 4 });
  assert.equal(locate("x𝔅yz", 1, 3, "𝔅z"), null);
  assert.equal(locate("x𝔅yz", 3, 9, "z"), null);
});

test("an answer's blocks keep every character but list signs and markers", () => {
  const pick = numbers(2);
  for (let i = 0; i < 2000; i++) {
    const text = noise(pick, 40);
    for (const block of parseAnswer(text, (n) => n === 1)) {
      for (const piece of block.items.flat()) {
        if ("cite" in piece) assert.equal(piece.cite, 1);
        else assert.equal(text.slice(piece.at, piece.at + piece.text.length), piece.text);
      }
    }
  }
});

test("answers have paragraphs, lists and markers", () => {
  const blocks = parseAnswer("Eerst [1].\nNog [3]\n\n- a [2]\n- b\n\n3. c\n4. d\nslot", (n) => n < 3);
  assert.deepEqual(blocks.map((b) => [b.kind, b.first, b.items.length]), [["p", 1, 1], ["ul", 1, 2], ["ol", 3, 2], ["p", 1, 1]]);
  assert.deepEqual(blocks[0].items[0].map((p) => p.text ?? p.cite), ["Eerst ", 1, ".", "\n", "Nog [3]"]);
});

test("no line begins with a marker", () => {
  const of = (text) => parseAnswer(text, () => true)[0].items.map((item) => runs(item).map((run) => run.map((p) => p.text ?? p.cite)))[0];
  assert.deepEqual(of("Een zin. [1] Nog een.[2] [3]\n[4]"), [["Een "], ["zin. ", 1], [" Nog "], ["een.", 2, " ", 3], ["\n"], [4]]);
  assert.deepEqual(of("[1] en 😀[2]"), [[1], [" en "], ["😀", 2]]);
  const long = "x".repeat(90);
  assert.deepEqual(of(`${long} [1]`), [[long.slice(20)], [long.slice(0, 20) + " ", 1]]);
  const pick = numbers(4);
  for (let i = 0; i < 2000; i++) {
    for (const item of parseAnswer(noise(pick, 40), (n) => n === 1).flatMap((b) => b.items)) {
      const text = (pieces) => pieces.map((p) => p.text ?? `[${p.cite}]`).join("");
      assert.equal(runs(item).map(text).join(""), text(item));
      for (const p of runs(item).flat()) if ("text" in p) assert.ok(item.some((q) => "text" in q && q.text.slice(p.at - q.at, p.at - q.at + p.text.length) === p.text));
    }
  }
});

test("a source's stretches joined are the source", () => {
  const pick = numbers(3);
  const corpus = new URL("../../../corpus/", import.meta.url);
  const texts = readdirSync(corpus).filter((f) => f.endsWith(".txt")).map((f) => readFileSync(new URL(f, corpus), "utf8"));
  assert.ok(texts.length > 0);
  for (let i = 0; i < 2000; i++) texts.push(noise(pick, 60));
  for (const text of texts) {
    const all = stretches(text);
    assert.equal(all.map((s) => text.slice(s.from, s.to)).join(""), text);
    const from = pick(text.length + 1);
    const mark = { from, to: from + pick(text.length - from + 1) };
    const cut = all.flatMap((s) => parts(text, s, mark));
    assert.equal(cut.map((p) => p.text).join(""), text);
    assert.equal(cut.filter((p) => p.marked).map((p) => p.text).join(""), text.slice(mark.from, mark.to));
  }
});

test("source lines look as what they are", () => {
  const long = "Deze regel is door een zetter afgebroken en loopt op de volgende";
  const text = `Titel\n\n${long}\nregel door.\n- een punt\n## Kop\n\n3. Een genummerde titel die zo lang is dat zij lijkt af te breken\nDe tekst erna.\n`;
  assert.equal(stretches("Een korte regel die\nin kleine letters doorgaat\nMaar dit niet").length, 2);
  const whole = "Een alinea die de lezer van het bestand in haar geheel op een regel heeft gezet, zoals uit een PDF, en die daarom lang is: langer dan een regel op een bladzijde.";
  const short = "Deze alinea is kort, maar toch zo lang als een regel van een blad.";
  assert.equal(stretches([whole, short, "2.2 Sluiting", whole].join("\n")).length, 4, "whole paragraphs stay apart");
  assert.equal(stretches([short, "Stap | Termijn", "Bezwaar | vier weken", "Beroep | zes weken bij de rechtbank, die daarna zelf beslist"].join("\n")).length, 4, "rows stay apart");
  assert.deepEqual(stretches(text).map((s) => s.kind), ["heading", "blank", "text", "item", "heading", "blank", "item", "text"]);
});

test("routes", () => {
  assert.deepEqual(parseRoute(""), { view: "chat", id: "" });
  assert.deepEqual(parseRoute("c/conv_1"), { view: "chat", id: "conv_1" });
  assert.deepEqual(parseRoute("a/ans_1?x=1#y"), { view: "answer", id: "ans_1", shared: false });
  assert.deepEqual(parseRoute("s/shr_1"), { view: "answer", id: "shr_1", shared: true });
  assert.deepEqual(parseRoute("sign-in?to=/c/x"), { view: "chat", id: "" });
  const nothing = { q: "", titles: "", publisher: "", kind: "", year: "" };
  assert.deepEqual(parseRoute("documents"), { view: "documents", search: nothing });
  assert.equal(documentsPath(nothing), "documents");
  const search = { q: "kosten & baten?", titles: "", publisher: "Één/twee", kind: "a=b", year: "-" };
  assert.deepEqual(parseRoute(documentsPath(search)), { view: "documents", search });
  for (const path of ["x", "c", "c/", "c/a/b", "documents/a/b", "x/y"]) assert.equal(parseRoute(path).view, "missing", path);
  const place = { document_id: "doc a/b", version: "v", start: 3, end: 9 };
  assert.deepEqual(parseRoute(documentPath(place)), { view: "document", id: "doc a/b", version: "v", start: "3", end: "9" });
  assert.equal(parseRoute("documents/%zz").view, "document");
});

test("the original is opened at the quote", () => {
  const quote = "In 2022 is een pilot opgezet.";
  assert.equal(originalLink("https://a.example/brief", null, quote), "https://a.example/brief#:~:text=In%202022%20is%20een%20pilot%20opgezet.");
  assert.equal(originalLink("https://a.example/brief", null, "een twee drie vier vijf zes, zeven acht negen-tien elf twaalf dertien veertien\n"),
    "https://a.example/brief#:~:text=een%20twee%20drie%20vier%20vijf,negen%2Dtien%20elf%20twaalf%20dertien%20veertien");
  assert.equal(originalLink("https://a.example/nota.pdf", 3, quote), "https://a.example/nota.pdf#page=3");
  assert.equal(originalLink("https://a.example/nota.pdf?x=1", null, quote), "https://a.example/nota.pdf?x=1");
  assert.equal(originalLink("https://a.example/wet#artikel-3", null, quote), "https://a.example/wet#artikel-3");
  assert.equal(originalLink("javascript:alert(1)", null, quote), "");
  assert.equal(originalLink("https://a.example/", null, "  "), "https://a.example/");
});

test("only the web is linked to", () => {
  assert.equal(webLink("https://example.org/a b"), "https://example.org/a%20b");
  for (const raw of ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "//example.org", "vbscript:x", "", "file:///etc"]) {
    assert.equal(webLink(raw), "", raw);
  }
});

test("a copy has the sources with their quotes", () => {
  const answer = {
    question: "Wat?", text: "Dat. [1]", notice: "Controleer.",
    citations: [{ number: 1, title: "T", publisher: "P", date: "2023-10-18", section: ["A", "B"], page: 4, source_url: "", quote: "dat\nis zo", document_status: "current" },
      { number: 2, title: "R", publisher: "", date: "", section: [], page: null, source_url: "", quote: "a |  1\nb | 2", document_status: "superseded" }],
  };
  const w = { question: "Vraag", sources: "Bronnen", page: (n) => `p. ${n}`, date: (d) => d, statuses: { current: "", superseded: "Oud." } };
  assert.equal(withSources(answer, "Gezocht in: T", "https://x/a/1", w),
    "Vraag: Wat?\nGezocht in: T\n\nDat. [1]\n\nBronnen:\n[1] T, P, 2023-10-18, A › B, p. 4\n    “dat is zo”\n[2] R\n    Oud.\n    “a | 1\n     b | 2”\n\nControleer.\nhttps://x/a/1\n");
  assert.match(withSources(answer, "", "", w), /^Vraag: Wat\?\n\nDat\./);
});

test("documents are filtered without regard to case and accents", () => {
  const doc = { title: "Actieplan Één", publisher: "Ministerie", kind: "kamerbrief", date: "2023-10-18", dossier: "28 638" };
  const all = { publisher: "", kind: "", year: "" };
  for (const words of ["", "actieplan een", "638 MINISTERIE"]) assert.ok(titled(doc, words), words);
  assert.ok(!titled(doc, "twee"));
  for (const f of [{}, { year: "2023" }, { publisher: "Ministerie", kind: "kamerbrief" }]) assert.ok(passes(doc, { ...all, ...f }), JSON.stringify(f));
  for (const f of [{ year: "2020" }, { year: "-" }, { publisher: "ministerie" }, { kind: "nota" }]) assert.ok(!passes(doc, { ...all, ...f }), JSON.stringify(f));
  assert.ok(passes({ ...doc, date: "" }, { ...all, year: "-" }));
  assert.deepEqual(values([doc, { ...doc, kind: "" }, doc], (d) => d.kind), ["kamerbrief"]);
});

test("the newest document comes first, then by title", () => {
  const docs = [["b", ""], ["c", "2020-01-01"], ["a", ""], ["d", "2023-10-18"], ["Á", "2020-01-01"]].map(([title, date]) => ({ title, date }));
  assert.equal(docs.sort(newestFirst).map((d) => d.title).join(""), "dÁcab");
});

test("a snippet leaves out the titles of its section and is cut at a word", () => {
  const p = { section: ["3) Opsporing", "3B) De webcrawler"], text: "3) Opsporing\n\n3B) De webcrawler\nOver de inzet van\nde webcrawler 😀 wordt al lang gesproken." };
  assert.equal(snippet(p, 100), "Over de inzet van de webcrawler 😀 wordt al lang gesproken.");
  assert.equal(snippet(p, 30), "Over de inzet van de…");
  assert.equal(snippet({ section: ["Over"], text: "Over de inzet" }, 7), "Over…");
  assert.equal(snippet({ section: [], text: "😀".repeat(9) }, 4), "😀😀😀😀…");
});
