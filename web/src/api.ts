// The one door to the server. It knows addresses and errors, nothing of what is
// shown. Addresses are relative to the page's base, so a sub-path works.

import { createParser } from "eventsource-parser";
import { undated } from "./document-filter.ts";
import type {
  Answer, Citation, Conversation, ConversationHead, DocumentInfo, Filter, Info, Link, Passage, Session,
} from "./record.ts";
import type { DocumentSearch } from "./route.ts";

/**
 * Failure is every way in which a request can go wrong. Its code is the
 * server's, or "offline" (no answer) or "cut" (an answer that broke off).
 */
export class Failure extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly requestID = "",
    /** retryAfter is in seconds; 0 where the server doesn't say. */
    readonly retryAfter = 0,
  ) {
    super(message);
  }
}

let signedOut = () => {};
/** onSignedOut is called when the server wants to know who asks. */
export const onSignedOut = (f: () => void) => void (signedOut = f);

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", redirect: "error", ...init });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new Failure("offline", "");
  }
  if (response.ok) return response;
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  const body = await response.json().catch(() => null) as { error?: { code?: string; message?: string; request_id?: string } } | null;
  const e = body?.error ?? {};
  if (response.status === 401) signedOut();
  throw new Failure(e.code ?? "internal", e.message ?? "", e.request_id, retryAfter);
}

async function json<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await send(path, init);
  try {
    return await response.json() as T;
  } catch {
    throw new Failure("cut", "");
  }
}

function body(method: string, value: unknown): RequestInit {
  return { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) };
}

const id = encodeURIComponent;

export const getInfo = () => json<Info>("api/v1/info");
export const getSession = () => json<Session>("api/v1/session");
export const signIn = (key: string) => json<Session>("api/v1/session", body("POST", { key }));
export const signOut = () => json<{ sign_out_url: string }>("api/v1/session", { method: "DELETE" });
export const getShared = (link: string) => json<Answer>(`api/v1/shared/${id(link)}?include=passages`);
export const share = (answer: string) => json<Link>(`api/v1/answers/${id(answer)}/share`, { method: "POST" });
export const unshare = (answer: string) => send(`api/v1/answers/${id(answer)}/share`, { method: "DELETE" });
export const getAnswer = (answer: string) => json<Answer>(`api/v1/answers/${id(answer)}?include=passages`);
export const getConversation = (c: string) => json<Conversation>(`api/v1/conversations/${id(c)}?include=passages`);
export const getConversations = (page: number, perPage = 200) =>
  json<{ conversations: ConversationHead[]; total: number }>(`api/v1/conversations?page=${page}&per_page=${perPage}`);
export const rename = (c: string, title: string) => send(`api/v1/conversations/${id(c)}`, body("PATCH", { title }));
export const remove = (c: string) => send(`api/v1/conversations/${id(c)}`, { method: "DELETE" });
export const removeAll = () => send("api/v1/conversations", { method: "DELETE" });
export const getDocument = (d: string) => json<DocumentInfo>(`api/v1/documents/${id(d)}`);

/** search finds passages for s.q in documents that pass the filters of s. */
export function search(s: DocumentSearch) {
  const v = new URLSearchParams({ q: s.q, k: "20" });
  if (s.publisher) v.set("publisher", s.publisher);
  if (s.kind) v.set("kind", s.kind);
  if (s.year && s.year !== undated) {
    v.set("from", `${s.year}-01-01`);
    v.set("to", `${s.year}-12-31`);
  }
  return json<{ passages: Passage[] }>(`api/v1/search?${v}`);
}

export const giveFeedback = (answer: string, verdict: "good" | "bad", comment: string, citation?: number) =>
  send(`api/v1/answers/${id(answer)}/feedback`, body("POST", { verdict, comment, ...(citation ? { citation } : {}) }));

/** getDocuments reads the whole list. */
export async function getDocuments(): Promise<DocumentInfo[]> {
  const all: DocumentInfo[] = [];
  for (let page = 1; ; page++) {
    const got = await json<{ documents: DocumentInfo[]; total: number }>(`api/v1/documents?page=${page}&per_page=200`);
    all.push(...got.documents);
    if (got.documents.length === 0 || all.length >= got.total) return all;
  }
}

/**
 * getText reads the exact text of a version. Response.text() would drop a byte
 * order mark, and every offset after it would be one off.
 */
export async function getText(document: string, version: string): Promise<string> {
  const query = version ? `?version=${id(version)}` : "";
  const response = await send(`api/v1/documents/${id(document)}/text${query}`);
  try {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.arrayBuffer());
  } catch {
    throw new Failure("cut", "");
  }
}

export interface Question {
  question: string;
  conversation_id?: string;
  filter?: Filter;
}

/** Progress hears of an answer's making, in the order of the stream. */
export interface Progress {
  sources(passages: Passage[]): void;
  citation(c: Citation): void;
  text(delta: string): void;
}

/** ask streams an answer and returns its record. */
export async function ask(q: Question, on: Progress, signal: AbortSignal): Promise<Answer> {
  const init = body("POST", { ...q, stream: true, include: ["passages"] });
  const response = await send("api/v1/chat", { ...init, signal });
  let done: Answer | null = null;
  const parser = createParser({
    onEvent: ({ event, data }) => {
      const value = JSON.parse(data);
      switch (event) {
        case "sources": return on.sources(value.passages);
        case "citation": return on.citation(value);
        case "text": return on.text(value.delta);
        case "done": done = value; return;
        case "error": throw new Failure(value.error.code, value.error.message, value.error.request_id);
      }
    },
  });
  try {
    await read(response, (chunk) => parser.feed(chunk));
  } catch (cause) {
    if (signal.aborted || cause instanceof Failure) throw cause;
    throw new Failure("cut", "");
  }
  if (!done) throw new Failure("cut", "");
  return done;
}

async function read(response: Response, feed: (chunk: string) => void): Promise<void> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    feed(decoder.decode(value, { stream: true }));
  }
}
