// What leaves the page as text: copies of answers, and how things are written.

import type { Answer, Citation, Passage } from "./record.ts";

/** Words are the words that a copy needs in the reader's language. */
export interface Words {
  question: string;
  sources: string;
  page(n: number): string;
  date(day: string): string;
  statuses: Record<Citation["document_status"], string>;
}

/** withSources is an answer as plain text, with what it was limited to, its sources and their quotes. */
export function withSources(a: Answer, limit: string, link: string, w: Words): string {
  const out = [`${w.question}: ${a.question}`, limit, "", a.text];
  if (a.citations.length > 0) {
    out.push("", `${w.sources}:`);
    for (const c of a.citations) {
      out.push(`[${c.number}] ${reference(c, w)}`);
      const note = w.statuses[c.document_status];
      if (note) out.push(`    ${note}`);
      out.push(`    “${quoted(c.quote)}”`);
    }
  }
  out.push("", a.notice, link);
  return out.filter((line, i) => line !== "" || out[i - 1] !== "").join("\n").trim() + "\n";
}

/** quoted is a quote on one line, or one for each row of a table. */
function quoted(quote: string): string {
  const lines = quote.split("\n").map((l) => l.replace(/\s+/g, " ").trim());
  return lines.join(lines.some((l) => l.includes(" | ")) ? "\n     " : " ");
}

function reference(c: Citation, w: Words): string {
  const section = c.section.join(" › ");
  return [c.title, c.publisher, c.date && w.date(c.date), section, c.page ? w.page(c.page) : "", c.source_url]
    .filter(Boolean).join(", ");
}

/** snippet is how a passage begins, without the titles of its section, at most max long and cut at a word. */
export function snippet(p: Pick<Passage, "text" | "section">, max: number): string {
  let text = p.text.trimStart();
  for (const title of p.section) if (text.startsWith(title + "\n")) text = text.slice(title.length).trimStart();
  text = text.replace(/\s+/g, " ").trim();
  const points = [...text];
  return points.length <= max ? text : points.slice(0, max).join("").replace(/\s\S*$/, "") + "…";
}
