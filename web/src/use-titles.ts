// The titles of documents, for what names documents by id.

import { useEffect, useState } from "preact/hooks";
import { getDocuments } from "./api.ts";
import type { DocumentInfo } from "./record.ts";

type Titles = ReadonlyMap<string, string>;

let titles: Titles = new Map();
let reading: Promise<void> | null = null;

/** listDocuments reads the list, and keeps its titles. */
export function listDocuments(): Promise<DocumentInfo[]> {
  const list = getDocuments();
  reading = list.then(
    (docs) => void (titles = new Map(docs.map((d) => [d.id, d.title]))),
    () => void (reading = null), // somebody else may try again
  );
  return list;
}

/** useTitles has the titles of these documents by id, without those that are gone or not known yet. */
export function useTitles(documents: readonly string[]): Titles {
  const [known, setKnown] = useState(titles);
  const needed = documents.length > 0;
  useEffect(() => {
    if (!needed) return;
    if (!reading) void listDocuments().catch(() => {});
    void reading?.then(() => setKnown(titles));
  }, [needed]);
  return known;
}
