// The sources below an answer, and what was found but not cited.

import { day, useApp } from "../app-context.ts";
import { snippet } from "../plain.ts";
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
    <div class="sources">
      <ol class="plain" lang="nl" aria-label={w.sources}>
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
    </div>
  );
}

/** uncited are the passages in which no citation of the answer lies. */
export function uncited(a: Answer): Passage[] {
  return a.passages.filter((p) => !a.citations.some((c) =>
    c.document_id === p.document_id && c.version === p.version && c.start < p.end && p.start < c.end));
}

const snippetMax = 180;

/** nearest is how many passages a refusal shows at once. */
const nearest = 3;

/** Nearest are the first passages, in view below a refusal. */
export function Nearest({ answer, onShow }: { answer: Answer; onShow(n: number): void }) {
  return <PassageList found={uncited(answer).slice(0, nearest)} first={1} onShow={onShow} />;
}

/** AlsoFound are the others, folded away. */
export function AlsoFound({ answer, onShow }: { answer: Answer; onShow(n: number): void }) {
  const { w } = useApp();
  const skip = answer.status === "refused" ? nearest : 0;
  const found = uncited(answer).slice(skip);
  if (found.length === 0 || answer.status === "reply") return null;
  return (
    <details class="also">
      <summary>{w.alsoFound(found.length)}</summary>
      <PassageList found={found} first={skip + 1} onShow={onShow} />
    </details>
  );
}

function PassageList({ found, first, onShow }: { found: Passage[]; first: number; onShow(n: number): void }) {
  const { w } = useApp();
  return (
    <ul class="plain passages" lang="nl">
      {found.map((p, i) => (
        <li key={p.passage_id}>
          <button type="button" class="link-button" onClick={() => onShow(first + i)}>{p.title}</button>
          {p.section.length > 0 && <><br /><Meta facts={[p.section.join(" › "), p.page ? w.page(p.page) : ""]} /></>}
          <p class="snippet">{snippet(p, snippetMax)}</p>
        </li>
      ))}
    </ul>
  );
}
