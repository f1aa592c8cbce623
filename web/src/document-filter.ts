// Which documents the list shows.

import { folded } from "./fold.ts";
import type { DocumentInfo } from "./record.ts";

export interface DocumentFilter {
  words: string;
  publisher: string;
  kind: string;
  /** year is four digits, "" for all, or "-" for documents without a date. */
  year: string;
}

export const everything: DocumentFilter = { words: "", publisher: "", kind: "", year: "" };

export const yearOf = (d: DocumentInfo) => d.date.slice(0, 4) || "-";

export function matches(d: DocumentInfo, f: DocumentFilter): boolean {
  const text = folded(`${d.title} ${d.publisher} ${d.kind} ${d.dossier}`);
  return folded(f.words).split(/\s+/).every((word) => text.includes(word)) &&
    (f.publisher === "" || d.publisher === f.publisher) &&
    (f.kind === "" || d.kind === f.kind) &&
    (f.year === "" || yearOf(d) === f.year);
}

/** values are the different ones that documents have, sorted. */
export function values(docs: DocumentInfo[], of: (d: DocumentInfo) => string): string[] {
  return [...new Set(docs.map(of))].filter(Boolean).sort((a, b) => a.localeCompare(b, "nl"));
}
