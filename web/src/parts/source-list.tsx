// The sources below an answer, and what was found but not cited.

import { day, useApp } from "../app-context.ts";
import type { Answer, Citation, Passage } from "../record.ts";
import type { Words } from "../words.nl.ts";
import { Meta } from "./basics.tsx";

/** facts are what is known of where a citation stands. */
export function facts(w: Words, c: Citation): string[] {
  return [c.publisher, c.date && day(w, c.date), c.section.join(" › "), c.page ? w.page(c.page) : ""].filter(Boolean);
}

export function SourceList({ answer, shown, onShow }: { answer: Answer; shown: number; onShow(n: number): void }) {
  const { w } = useApp();
  if (answer.citations.length === 0) return null;
  return (
    <section class="sources" aria-label={w.sources}>
      <ol class="plain" lang="nl">
        {answer.citations.map((c) => (
          <li key={c.number}>
            <span class="nl-number-badge cite" aria-hidden="true">{c.number}</span>
            <div>
              <button type="button" class="link-button" aria-expanded={c.number === shown} onClick={() => onShow(c.number)}>
                <span class="hidden">{w.source(c.number)}: </span>{c.title}
              </button>
              <br /><Meta facts={facts(w, c)} />
              {c.document_status !== "current" && <p class="note">{w.statuses[c.document_status]}</p>}
              <blockquote class="print-only">{c.quote}</blockquote>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** uncited are the passages in which no citation of the answer lies. */
export function uncited(a: Answer): Passage[] {
  return a.passages.filter((p) => !a.citations.some((c) =>
    c.document_id === p.document_id && c.version === p.version && c.start < p.end && p.start < c.end));
}

const snippetMax = 180;

/** Passages lists what isn't cited, folded away unless it is bare. */
export function Passages({ answer, bare, onShow }: { answer: Answer; bare?: boolean; onShow(n: number): void }) {
  const { w } = useApp();
  const found = uncited(answer);
  if (found.length === 0) return null;
  const list = (
    <ul class="plain passages" lang="nl">
      {found.map((p, i) => (
        <li key={p.passage_id}>
          <button type="button" class="link-button" onClick={() => onShow(i + 1)}>{p.title}</button>
          {p.section.length > 0 && <><br /><Meta facts={[p.section.join(" › "), p.page ? w.page(p.page) : ""]} /></>}
          <p class="snippet">{p.text.length > snippetMax ? p.text.slice(0, snippetMax) + "…" : p.text}</p>
        </li>
      ))}
    </ul>
  );
  return bare ? list : <details class="also"><summary>{w.alsoFound(found.length)}</summary>{list}</details>;
}
