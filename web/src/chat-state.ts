// The turns of one conversation and what is going on in it. A delta changes the
// last turn only; the others stay the same values, so nothing of theirs is
// rendered again.

import { useLayoutEffect, useState } from "preact/hooks";
import { ask, Failure, getConversation, getConversations } from "./api.ts";
import { blank, type Answer, type Verdict } from "./record.ts";

export interface Turn {
  /** key stays the same while the answer grows and after it has an id. */
  key: string;
  state: "busy" | "done" | "stopped" | "broken";
  answer: Answer;
  given: Given;
}

/** Given is what a reader did with an answer: the id of the link to it, and verdicts. */
export interface Given {
  link: string;
  verdicts: Verdict[];
}

/** Gave changes what was given on the answer of a turn. */
export type Gave = (turn: string, change: (old: Given) => Given) => void;

export const nothingGiven: Given = { link: "", verdicts: [] };

/** withVerdict has a verdict in the place of the last one on the same. */
export const withVerdict = (old: Given, v: Verdict): Given =>
  ({ ...old, verdicts: [...old.verdicts.filter((o) => o.citation !== v.citation), v] });

export interface State {
  /** id is "" until there is an answer. */
  id: string;
  turns: Turn[];
  /** loading: the conversation is being read; failed: that didn't work. */
  loading: boolean;
  failed: Failure | null;
  busy: boolean;
  /** refused is why the last question got no answer, or none in full. */
  refused: Failure | null;
  /** draft stands in the field; scope are the documents that the next question is limited to. */
  draft: string;
  scope: string[];
}

/** Conversation goes on whether it is in view or not. */
export class Conversation {
  state: State;
  private readonly heard = new Set<() => void>();
  private running: AbortController | null = null;

  /** began is called with what has got an id, or an answer more. */
  constructor(id: string, private readonly began: (c: Conversation) => void) {
    this.state = { id, turns: [], loading: false, failed: null, busy: false, refused: null, draft: "", scope: [] };
  }

  /** listen calls f after every change, until what it returns is called. */
  listen(f: () => void): () => void {
    this.heard.add(f);
    return () => void this.heard.delete(f);
  }

  set(change: Partial<State>) {
    this.state = { ...this.state, ...change };
    for (const f of this.heard) f();
  }

  /** load reads what the server has of it; what is in view stays until then. */
  readonly load = async () => {
    const { id } = this.state;
    if (id === "") return;
    this.set({ loading: true, failed: null });
    try {
      const { answers, shares, feedback } = await getConversation(id);
      const old = this.state.turns;
      const turns = answers.map((answer): Turn => ({
        key: old.find((t) => t.answer.id === answer.id)?.key ?? answer.id,
        state: "done",
        answer,
        given: {
          link: shares.find((s) => s.answer_id === answer.id)?.id ?? "",
          verdicts: feedback.filter((f) => f.answer_id === answer.id),
        },
      }));
      this.set({ turns: [...turns, ...old.filter((t) => !answers.some((a) => a.id === t.answer.id))] });
    } catch (e) {
      const failed = asFailure(e);
      // What isn't there, or somebody else's, can't go on: a question begins anew.
      if (failed.code === "not_found") this.set({ failed, id: "", turns: [] });
      else if (this.state.turns.length === 0) this.set({ failed });
    }
    this.set({ loading: false });
  };

  /** ask resolves to what became of the answer; a question without one is the draft again. */
  async ask(question: string, documents: string[]): Promise<Turn | null> {
    const controller = this.running = new AbortController();
    const since = Date.now();
    const { id } = this.state;
    this.set({ busy: true, refused: null, failed: null, draft: "" });
    const filter = documents.length > 0 ? { documents } : null;
    const draft = new Draft(blank(question, filter), (f) => this.set({ turns: f(this.state.turns) }));
    let result: Turn | null;
    try {
      const answer = await ask({ question, ...(id && { conversation_id: id }), ...(filter && { filter }) }, draft, controller.signal);
      result = draft.end("done", answer);
    } catch (e) {
      if (!controller.signal.aborted) this.set({ refused: asFailure(e) });
      result = draft.end(controller.signal.aborted ? "stopped" : "broken");
      const stored = result && await recover(question, id, since);
      if (stored) result = draft.end(result!.state, stored);
    }
    if (result?.state !== "done") this.set({ draft: this.state.draft || question });
    this.running = null;
    this.set({ busy: false, id: result?.answer.conversation_id || this.state.id });
    if (result) this.began(this);
    return result;
  }

  readonly gave: Gave = (turn, change) =>
    this.set({ turns: this.state.turns.map((t) => t.key === turn ? { ...t, given: change(t.given) } : t) });

  readonly stop = () => this.running?.abort();
}

/** useConversation is the state of a conversation, now and later. */
export function useConversation(c: Conversation): State {
  const [, render] = useState(c.state);
  useLayoutEffect(() => c.listen(() => render(c.state)), [c]);
  return c.state;
}

/** Draft is the turn that is being made. It shows what came in once a frame. */
class Draft {
  private frame = 0;
  private readonly key = `new-${Date.now()}-${Math.random().toString(36).slice(2)}`;

  constructor(private answer: Answer, private readonly set: (f: (turns: Turn[]) => Turn[]) => void) {
    set((turns) => [...turns, { key: this.key, state: "busy", answer: this.answer, given: nothingGiven }]);
  }
  sources(passages: Answer["passages"]) {
    this.grow({ passages });
  }
  citation(c: Answer["citations"][number]) {
    this.grow({ citations: [...this.answer.citations, c] });
  }
  text(delta: string) {
    this.grow({ text: this.answer.text + delta });
  }
  private grow(change: Partial<Answer>) {
    this.answer = { ...this.answer, ...change };
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.show("busy");
    });
  }
  private show(state: Turn["state"]): Turn {
    const turn = { key: this.key, state, answer: this.answer, given: nothingGiven };
    this.set((turns) => turns.map((t) => t.key === this.key ? turn : t));
    return turn;
  }
  /** end is how it stays; without any text it goes. */
  end(state: Turn["state"], answer?: Answer): Turn | null {
    cancelAnimationFrame(this.frame);
    if (answer) this.answer = answer;
    if (this.answer.text !== "") return this.show(state);
    this.set((turns) => turns.filter((t) => t.key !== this.key));
    return null;
  }
}

/**
 * recover finds the record of an answer that this page didn't hear the end of:
 * the server keeps it as far as it was shown, shortly after the page left.
 */
async function recover(question: string, conversation: string, began: number): Promise<Answer | null> {
  const slack = 60_000; // clocks differ
  for (const pause of [200, 500, 1000]) {
    await new Promise((wake) => setTimeout(wake, pause));
    try {
      const id = conversation || (await getConversations(1, 1)).conversations[0]?.id;
      const last = id ? (await getConversation(id)).answers.at(-1) : null;
      if (last?.question === question && Date.parse(last.created_at) > began - slack) return last;
    } catch {
      return null;
    }
  }
  return null;
}

export function asFailure(e: unknown): Failure {
  return e instanceof Failure ? e : new Failure("internal", e instanceof Error ? e.message : String(e));
}
