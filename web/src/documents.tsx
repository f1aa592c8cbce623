// What the assistant knows: the list, filters, search in titles and texts, and
// the choice that a question can be limited to.

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Failure } from "./api.ts";
import { focusOn, useApp, useTitle } from "./app-context.ts";
import { asFailure, useConversation, type Conversation } from "./chat-state.ts";
import { newestFirst, passes, titled } from "./document-filter.ts";
import { Button, Failed, Go } from "./parts/basics.tsx";
import { Filters, SearchField } from "./parts/document-search.tsx";
import { DocumentRow } from "./parts/document-row.tsx";
import { Found } from "./parts/found.tsx";
import type { DocumentInfo } from "./record.ts";
import { documentsPath, type DocumentSearch } from "./route.ts";
import { useFound } from "./use-found.ts";
import { listDocuments } from "./use-titles.ts";

/** maxScope is how many documents the server takes in a filter. */
const maxScope = 100;

interface Props {
  /** search is what the address asks for; it changes with what the reader does. */
  search: DocumentSearch;
  /** conversation is the one that the choice is for; back leads to it. */
  conversation: Conversation;
  back: string;
}

export function DocumentsView({ search, conversation, back }: Props) {
  const { w } = useApp();
  useTitle(w.documents);
  const [docs, setDocs] = useState<DocumentInfo[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const load = () => {
    setFailure(null);
    listDocuments().then((all) => setDocs(all.sort(newestFirst)), (e: unknown) => setFailure(asFailure(e)));
  };
  useEffect(load, []);
  return (
    <div class="page">
      <h1 class="nl-heading nl-heading--level-1" id="view" tabIndex={-1}>{w.documents}</h1>
      {failure && <Failed failure={failure} retry={load} />}
      {!docs && !failure && <p class="nl-paragraph soft">{w.loading}</p>}
      {docs && <p class="nl-paragraph">{docs.length > 0 ? w.documentsIntro(docs.length) : w.noDocuments}</p>}
      {docs && docs.length > 0 && <List docs={docs} search={search} conversation={conversation} back={back} />}
    </div>
  );
}

function List({ docs, search, conversation, back }: Props & { docs: DocumentInfo[] }) {
  const { w, settle } = useApp();
  const { scope } = useConversation(conversation);
  const onScope = (scope: string[]) => conversation.set({ scope });
  const [words, setWords] = useState(search.q || search.titles);
  const passing = useMemo(() => docs.filter((d) => passes(d, search)), [docs, search.publisher, search.kind, search.year]);
  const { found, failure, retry } = useFound(search, passing);
  // What was found belongs to the words that were searched for, not to those being typed.
  const searched = search.q !== "" && words.trim() === search.q;
  const shown = useMemo(() => {
    const inTexts = new Set(searched ? found?.map((p) => p.document_id) : []);
    return passing.filter((d) => titled(d, words) || inTexts.has(d.id));
  }, [passing, words, searched, found]);

  const ask = (change: Partial<DocumentSearch>) => settle(documentsPath({ ...search, ...change }));
  const toggle = (id: string) => onScope(scope.includes(id) ? scope.filter((s) => s !== id) : [...scope, id]);
  const chooseShown = () => onScope([...new Set([...scope, ...shown.map((d) => d.id)])]);
  const clear = () => {
    setWords("");
    ask({ q: "", titles: "" });
    focusOn("find");
  };
  const waiting = searched && !found && !failure;
  return (
    <>
      <SearchField words={words} onWords={setWords} onSearch={() => ask({ q: words.trim(), titles: "" })}
        onLeave={() => words.trim() !== search.q && ask({ q: "", titles: words.trim() })} />
      <Filters docs={docs} search={search} onChange={ask} />
      {failure && <Failed failure={failure} retry={retry} />}
      {waiting && <p class="nl-paragraph soft">{w.loading}</p>}
      {searched && found && found.length > 0 && <Found key={search.q} q={search.q} found={found} onClear={clear} />}
      <div class="tools">
        <span class="soft">{w.shown(shown.length, docs.length)}</span>
        {shown.length > 0 && <Button small look="subtle" onClick={chooseShown}>{w.chooseShown}</Button>}
        {scope.length > 0 && <Button small look="subtle" onClick={() => { onScope([]); focusOn("view"); }}>{w.chooseNone}</Button>}
      </div>
      <ul class="plain documents">
        {shown.map((d) => <DocumentRow key={d.id} d={d} chosen={scope.includes(d.id)} onToggle={toggle} />)}
      </ul>
      {shown.length === 0 && !waiting && <p class="nl-paragraph">{searched || words.trim() === "" ? w.noMatches : w.noTitles}</p>}
      {scope.length > 0 && (
        <div class="choice">
          <span>{scope.length > maxScope ? w.tooMany(maxScope) : w.chosen(scope.length)}</span>
          {scope.length <= maxScope && <Go to={back} focus="question" class="nl-button nl-button--primary">{w.askAbout}</Go>}
        </div>
      )}
    </>
  );
}
