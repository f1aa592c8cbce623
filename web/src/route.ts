// Addresses and views. A path is relative to the base of the page, without a
// leading slash: "", "c/conv_1", "a/ans_1", "s/shr_1", "documents?q=…",
// "documents/doc_1?…".

import type { Place } from "./record.ts";

const searchParts = ["q", "titles", "publisher", "kind", "year"] as const;

/**
 * DocumentSearch is what the list of documents is limited to: words in the texts
 * (q) or in titles alone, and filters. "" limits nothing.
 */
export type DocumentSearch = Record<typeof searchParts[number], string>;

export type Route =
  | { view: "chat"; id: string }
  | { view: "answer"; id: string; shared: boolean }
  | { view: "documents"; search: DocumentSearch }
  | { view: "document"; id: string; version: string; start: string | null; end: string | null }
  | { view: "missing" };

/** parseRoute finds the view of a path. */
export function parseRoute(path: string): Route {
  const [names = "", query = ""] = path.split("#", 1)[0]!.split("?", 2);
  const [view = "", id = "", ...rest] = names.split("/").map(decode);
  const v = new URLSearchParams(query);
  if (rest.length > 0) return { view: "missing" };
  if (view === "" && id === "") return { view: "chat", id: "" };
  if (view === "sign-in" && id === "") return { view: "chat", id: "" };
  if (view === "documents" && id === "") return { view: "documents", search: parseSearch(v) };
  if (id === "") return { view: "missing" };
  switch (view) {
    case "c": return { view: "chat", id };
    case "a": return { view: "answer", id, shared: false };
    case "s": return { view: "answer", id, shared: true };
    case "documents":
      return { view: "document", id, version: v.get("version") ?? "", start: v.get("start"), end: v.get("end") };
    default: return { view: "missing" };
  }
}

function parseSearch(v: URLSearchParams): DocumentSearch {
  return Object.fromEntries(searchParts.map((name) => [name, v.get(name)?.trim() ?? ""])) as DocumentSearch;
}

/** documentsPath leads to the list as it was searched. */
export function documentsPath(s: DocumentSearch): string {
  const query = new URLSearchParams(Object.entries(s).filter(([, value]) => value !== "")).toString();
  return query ? `documents?${query}` : "documents";
}

function decode(s: string): string {
  try {
    return decodeURIComponent(s);
  } catch {
    return s;
  }
}

/** documentPath leads to a place in a document, with its words marked. */
export function documentPath(p: Pick<Place, "document_id" | "version" | "start" | "end">): string {
  return `documents/${encodeURIComponent(p.document_id)}?version=${encodeURIComponent(p.version)}&start=${p.start}&end=${p.end}`;
}

/**
 * originalLink leads to a quote in the original: to its page in a PDF, to its
 * words on a web page (the text fragments of the WICG, which browsers that don't
 * know them pass over). An address with a fragment of its own stays as it is.
 */
export function originalLink(raw: string, page: number | null, quote: string): string {
  const address = webLink(raw);
  if (!address || address.includes("#")) return address;
  if (page !== null || /\.pdf($|\?)/i.test(address)) return page === null ? address : `${address}#page=${page}`;
  const words = quote.trim().split(/\s+/);
  const part = (from: number, to?: number) => encodeURIComponent(words.slice(from, to).join(" ")).replace(/-/g, "%2D");
  if (words[0] === "") return address;
  return `${address}#:~:text=${words.length > 12 ? `${part(0, 5)},${part(-5)}` : part(0)}`;
}

/** webLink is an address that leads to the web, or nothing: a manifest could hold a javascript: one. */
export function webLink(raw: string): string {
  try {
    const u = new URL(raw);
    return u.protocol === "https:" || u.protocol === "http:" ? u.href : "";
  } catch {
    return "";
  }
}
