// Which documents the list shows, and in what order.

import { folded } from "./fold.ts";
import type { DocumentInfo } from "./record.ts";
import type { DocumentSearch } from "./route.ts";

/** undated stands for the year of documents without a date. */
export const undated = "-";

export const yearOf = (d: DocumentInfo) => d.date.slice(0, 4) || undated;

/** passes tells whether a document gets through the filters. */
export function passes(d: DocumentInfo, s: Pick<DocumentSearch, "publisher" | "kind" | "year">): boolean {
  return (s.publisher === "" || d.publisher === s.publisher) &&
    (s.kind === "" || d.kind === s.kind) &&
    (s.year === "" || yearOf(d) === s.year);
}

/** titled tells whether the words stand in what the list shows of a document. */
export function titled(d: DocumentInfo, words: string): boolean {
  const text = folded(`${d.title} ${d.publisher} ${d.kind} ${d.dossier}`);
  return folded(words).split(/\s+/).every((word) => text.includes(word));
}

/** newestFirst orders by date, then by title; without a date comes last. */
export function newestFirst(a: DocumentInfo, b: DocumentInfo): number {
  return b.date.localeCompare(a.date) || a.title.localeCompare(b.title, "nl");
}

/** values are the different ones that documents have, sorted. */
export function values(docs: DocumentInfo[], of: (d: DocumentInfo) => string): string[] {
  return [...new Set(docs.map(of))].filter(Boolean).sort((a, b) => a.localeCompare(b, "nl"));
}
