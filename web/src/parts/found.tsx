// The passages that a search in the texts found, the best first.

import { useState } from "preact/hooks";
import { focusOn, useApp } from "../app-context.ts";
import { snippet } from "../plain.ts";
import type { Passage } from "../record.ts";
import { documentPath } from "../route.ts";
import { Button, Go, Meta } from "./basics.tsx";

/** few is how many are shown at once: the list of documents stands below them. */
const few = 5;
const snippetMax = 280;

export function Found({ q, found, onClear }: { q: string; found: Passage[]; onClear(): void }) {
  const { w } = useApp();
  const [all, setAll] = useState(false);
  const showAll = () => {
    setAll(true);
    focusOn("found");
  };
  return (
    <section class="found" aria-labelledby="found">
      <h2 class="nl-heading nl-heading--level-3" id="found" tabIndex={-1}>{w.foundIn(q)}</h2>
      <ol class="plain passages" lang="nl">
        {(all ? found : found.slice(0, few)).map((p) => (
          <li key={p.passage_id}>
            <Go to={documentPath(p)}>{p.title}</Go>
            {p.section.length > 0 && <><br /><Meta facts={[p.section.join(" › ")]} /></>}
            <p class="snippet">{snippet(p, snippetMax)}</p>
          </li>
        ))}
      </ol>
      <div class="tools">
        {!all && found.length > few && <Button small onClick={showAll}>{w.moreFound(found.length - few)}</Button>}
        <Button small look="subtle" onClick={onClear}>{w.clearSearch}</Button>
      </div>
    </section>
  );
}
