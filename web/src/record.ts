// The values that the API speaks in: the answer record and what stands around
// it, as openapi.yaml describes them. Offsets are Unicode code points.

export interface Span {
  start: number;
  end: number;
}

/** Place is where words stand in a version of a document. */
export interface Place extends Span {
  document_id: string;
  version: string;
  title: string;
  section: string[];
  page: number | null;
}

export interface Citation extends Place {
  number: number;
  publisher: string;
  date: string;
  source_url: string;
  quote: string;
  status: "verified" | "corrected";
  document_status: "current" | "changed" | "withdrawn" | "superseded";
  answer_spans?: Span[];
}

export interface Passage extends Place {
  passage_id: string;
  text: string;
}

export interface Answer {
  id: string;
  conversation_id: string;
  created_at: string;
  question: string;
  search_question: string;
  /** filter is what the question was limited to, if it was. */
  filter?: Filter | null;
  status: "answered" | "refused" | "reply";
  refusal: { reason: string; message: string } | null;
  incomplete: "cancelled" | "upstream" | "length" | null;
  mode: "extractive" | "generated";
  model: string;
  text: string;
  citations: Citation[];
  passages: Passage[];
  withheld: number;
  notice: string;
}

export interface ConversationHead {
  id: string;
  title: string;
  created_at: string;
  updated_at: string;
  answers: number;
}

export interface Conversation {
  id: string;
  title: string;
  answers: Answer[];
  /** shares are the links that there are to its answers, feedback what the reader last said of each. */
  shares: (Link & { answer_id: string })[];
  feedback: (Verdict & { answer_id: string })[];
}

/** Verdict is a reader's on an answer or, with a number, on one of its sources. */
export interface Verdict {
  citation?: number;
  verdict: "good" | "bad";
}

export interface DocumentInfo {
  id: string;
  title: string;
  publisher: string;
  kind: string;
  date: string;
  dossier: string;
  source_url: string;
  language: string;
  characters: number;
  version: string;
}

export interface Info {
  name: string;
  version: string;
  mode: Answer["mode"];
  model: string;
  documents: number;
  example_questions: string[];
  notice: string;
}

/** Session is what the server knows of the reader, and how to sign in. */
export interface Session {
  signed_in: boolean;
  name: string;
  /** methods are "key" and "oidc"; none where nobody has to sign in. */
  methods: string[];
}

/** Link opens one answer to others; both are empty where there is none. */
export interface Link {
  id: string;
  url: string;
}

/** Filter limits a question; this app does so by documents. */
export interface Filter {
  documents?: string[];
  kinds?: string[];
  publishers?: string[];
  from?: string;
  to?: string;
}

/** own tells an answer of the reader's from one behind a link, which comes without its conversation. */
export const own = (a: Answer) => a.id !== "" && a.conversation_id !== "";

/** blank is a record of which nothing is known yet but the question. */
export function blank(question: string, filter: Filter | null): Answer {
  return {
    id: "", conversation_id: "", created_at: "", question, search_question: question, filter,
    status: "answered", refusal: null, incomplete: null, mode: "extractive", model: "",
    text: "", citations: [], passages: [], withheld: 0, notice: "",
  };
}
