// How a reader finds documents: a field for titles and texts, and filters.

import { useApp } from "../app-context.ts";
import { undated, values, yearOf } from "../document-filter.ts";
import type { DocumentInfo } from "../record.ts";
import type { DocumentSearch } from "../route.ts";
import { useMedia } from "../use-media.ts";
import { Button } from "./basics.tsx";

interface FieldProps {
  words: string;
  /** onWords hears every key, and filters titles; onSearch is for the texts. */
  onWords(words: string): void;
  onSearch(): void;
  /** onLeave is for words that were typed and left. */
  onLeave(): void;
}

export function SearchField({ words, onWords, onSearch, onLeave }: FieldProps) {
  const { w } = useApp();
  const submit = (e: Event) => {
    e.preventDefault();
    onSearch();
  };
  return (
    <form class="search" role="search" onSubmit={submit}>
      <label class="utrecht-form-label" for="find">{w.searchDocuments}</label>
      <div class="ask-row">
        <input id="find" type="search" class="utrecht-textbox utrecht-textbox--html-input" value={words} maxLength={4000}
          onInput={(e) => onWords(e.currentTarget.value)} onChange={onLeave} />
        <Button type="submit">{w.search}</Button>
      </div>
    </form>
  );
}

interface FilterProps {
  docs: DocumentInfo[];
  search: DocumentSearch;
  onChange(change: Partial<DocumentSearch>): void;
}

/** Filters are folded away where there is little room; what is chosen stays in view. */
export function Filters({ docs, search, onChange }: FilterProps) {
  const { w } = useApp();
  const roomy = useMedia("(min-width: 48rem)");
  const named = (value: string) => value === undated ? w.undated : value;
  const select = (name: "publisher" | "kind" | "year", of: (d: DocumentInfo) => string) => (
    <label class="utrecht-form-label">
      {w[name]}
      <select class="utrecht-select utrecht-select--html-select" value={search[name]}
        onChange={(e) => onChange({ [name]: e.currentTarget.value })}>
        <option value="">{w.any}</option>
        {values(docs, of).map((v) => <option key={v} value={v}>{named(v)}</option>)}
      </select>
    </label>
  );
  const chosen = [search.publisher, search.kind, search.year].filter(Boolean).map(named);
  return (
    <details class="filters" open={roomy}>
      <summary>{[w.filters, ...chosen].join(" · ")}</summary>
      <div class="selects">
        {select("publisher", (d) => d.publisher)}
        {select("kind", (d) => d.kind)}
        {select("year", yearOf)}
      </div>
    </details>
  );
}
