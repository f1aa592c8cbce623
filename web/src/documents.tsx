// What the assistant knows: the list, filters, search in titles and texts, and
// the choice that a question can be limited to.

import { useEffect, useMemo, useState } from "preact/hooks";
import { getDocuments, search, type Failure } from "./api.ts";
import { focusOn, useApp } from "./app-context.ts";
import { asFailure } from "./chat-state.ts";
import { everything, matches, values, yearOf, type DocumentFilter } from "./document-filter.ts";
import { Button, Failed, Go, Meta } from "./parts/basics.tsx";
import { DocumentRow } from "./parts/document-row.tsx";
import type { DocumentInfo, Passage } from "./record.ts";
import { documentPath } from "./route.ts";

/** maxScope is how many documents the server takes in a filter. */
const maxScope = 100;

interface Props {
  scope: string[];
  onScope(documents: string[]): void;
  /** back is the conversation to return to. */
  back: string;
}

export function DocumentsView({ scope, onScope, back }: Props) {
  const { w } = useApp();
  const [docs, setDocs] = useState<DocumentInfo[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [filter, setFilter] = useState<DocumentFilter>(everything);
  const load = () => {
    setFailure(null);
    getDocuments().then(setDocs, (e: unknown) => setFailure(asFailure(e)));
  };
  useEffect(load, []);
  const shown = useMemo(() => (docs ?? []).filter((d) => matches(d, filter)), [docs, filter]);
  const toggle = (id: string) => onScope(scope.includes(id) ? scope.filter((s) => s !== id) : [...scope, id]);
  const chooseShown = () => onScope([...new Set([...scope, ...shown.map((d) => d.id)])]);
  return (
    <div class="page">
      <h1 class="nl-heading nl-heading--level-1" id="view" tabIndex={-1}>{w.documents}</h1>
      {failure && <Failed failure={failure} retry={load} />}
      {!docs && !failure && <p class="nl-paragraph soft">{w.loading}</p>}
      {docs && (
        <>
          <p class="nl-paragraph">{w.documentsIntro(docs.length)}</p>
          <Search words={filter.words} onWords={(words) => setFilter({ ...filter, words })} />
          <Filters docs={docs} filter={filter} onFilter={setFilter} />
          <div class="tools">
            <span class="soft">{w.shown(shown.length, docs.length)}</span>
            <Button small look="subtle" onClick={chooseShown}>{w.chooseShown}</Button>
            {scope.length > 0 && <Button small look="subtle" onClick={() => { onScope([]); focusOn("view"); }}>{w.chooseNone}</Button>}
          </div>
          <ul class="plain documents">
            {shown.map((d) => <DocumentRow key={d.id} d={d} chosen={scope.includes(d.id)} onToggle={toggle} />)}
          </ul>
          {shown.length === 0 && <p class="nl-paragraph">{w.noMatches}</p>}
          {scope.length > 0 && (
            <div class="choice">
              <span>{scope.length > maxScope ? w.tooMany(maxScope) : w.chosen(scope.length)}</span>
              {scope.length <= maxScope && <Go to={back} class="nl-button nl-button--primary">{w.askAbout}</Go>}
            </div>
          )}
        </>
      )}
    </div>
  );
}

function Filters({ docs, filter, onFilter }: { docs: DocumentInfo[]; filter: DocumentFilter; onFilter(f: DocumentFilter): void }) {
  const { w } = useApp();
  const select = (name: "publisher" | "kind" | "year", of: (d: DocumentInfo) => string) => (
    <label class="utrecht-form-label">
      {w[name]}
      <select class="utrecht-select utrecht-select--html-select" value={filter[name]}
        onChange={(e) => onFilter({ ...filter, [name]: e.currentTarget.value })}>
        <option value="">{w.any}</option>
        {values(docs, of).map((v) => <option key={v} value={v}>{v === "-" ? w.undated : v}</option>)}
      </select>
    </label>
  );
  return (
    <div class="filters">
      {select("publisher", (d) => d.publisher)}
      {select("kind", (d) => d.kind)}
      {select("year", yearOf)}
    </div>
  );
}

/** Search filters titles while the reader types, and on Enter searches the texts. */
function Search({ words, onWords }: { words: string; onWords(words: string): void }) {
  const { w, say } = useApp();
  const [found, setFound] = useState<{ q: string; passages: Passage[] } | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const submit = async (e: Event) => {
    e.preventDefault();
    const q = words.trim();
    if (q === "") return setFound(null);
    try {
      const { passages } = await search(q);
      setFound({ q, passages });
      setFailure(null);
      say(passages.length > 0 ? w.foundIn(q) : w.noMatches);
    } catch (cause) {
      setFailure(asFailure(cause));
    }
  };
  return (
    <>
      <form class="search" role="search" onSubmit={submit}>
        <label class="utrecht-form-label" for="find">{w.searchDocuments}</label>
        <div class="ask-row">
          <input id="find" type="search" class="utrecht-textbox utrecht-textbox--html-input" value={words} maxLength={4000}
            onInput={(e) => onWords(e.currentTarget.value)} />
          <Button type="submit">{w.searchTexts}</Button>
        </div>
      </form>
      {failure && <Failed failure={failure} />}
      {found && (
        <section class="found" aria-label={w.foundIn(found.q)}>
          <h2 class="nl-heading nl-heading--level-3">{w.foundIn(found.q)}</h2>
          {found.passages.length === 0 && <p class="nl-paragraph">{w.noMatches}</p>}
          <ol class="plain passages" lang="nl">
            {found.passages.map((p) => (
              <li key={p.passage_id}>
                <Go to={documentPath(p)}>{p.title}</Go>
                {p.section.length > 0 && <><br /><Meta facts={[p.section.join(" › ")]} /></>}
                <p class="snippet">{p.text}</p>
              </li>
            ))}
          </ol>
          <Button small look="subtle" onClick={() => { setFound(null); focusOn("find"); }}>{w.close}</Button>
        </section>
      )}
    </>
  );
}
