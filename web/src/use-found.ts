// What a search in the texts finds.

import { useEffect, useMemo, useState } from "preact/hooks";
import { search as searchTexts, type Failure } from "./api.ts";
import { useApp } from "./app-context.ts";
import { asFailure } from "./chat-state.ts";
import type { DocumentInfo, Passage } from "./record.ts";
import type { DocumentSearch } from "./route.ts";

interface Got {
  q: string;
  passages: Passage[] | null;
  failure: Failure | null;
}

/**
 * useFound searches for search.q in the documents that pass its filters. Found
 * is null until there is something for these words; with other filters what
 * was found stays, as far as it passes, until the server has answered.
 */
export function useFound(search: DocumentSearch, passing: DocumentInfo[]) {
  const { w, say } = useApp();
  const { q, publisher, kind, year } = search;
  const [got, setGot] = useState<Got>({ q: "", passages: null, failure: null });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let here = true;
    setGot((old) => ({ ...old, failure: null }));
    if (q === "") return;
    searchTexts(search).then(
      ({ passages }) => {
        if (!here) return;
        setGot({ q, passages, failure: null });
        say(passages.length > 0 ? w.foundIn(q) : w.noMatches);
      },
      (e: unknown) => here && setGot({ q, passages: null, failure: asFailure(e) }),
    );
    return () => void (here = false);
  }, [q, publisher, kind, year, attempt]);
  // The server knows no filter for documents without a date.
  const found = useMemo(() => {
    const ids = new Set(passing.map((d) => d.id));
    return got.q === q && got.passages ? got.passages.filter((p) => ids.has(p.document_id)) : null;
  }, [got, q, passing]);
  return { found, failure: got.failure, retry: () => setAttempt(attempt + 1) };
}
