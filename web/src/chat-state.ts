// The turns of one conversation and what is going on in it. A delta changes the
// last turn only; the others stay the same values, so nothing of theirs is
// rendered again.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ask, Failure, getConversation, getConversations } from "./api.ts";
import { blank, type Answer } from "./record.ts";

export interface Turn {
  /** key stays the same while the answer grows and after it has an id. */
  key: string;
  state: "busy" | "done" | "stopped" | "broken";
  answer: Answer;
}

export interface Chat {
  turns: Turn[];
  /** loading: the conversation is being read; failed: that didn't work. */
  loading: boolean;
  failed: Failure | null;
  reload(): void;
  busy: boolean;
  /** refused is why the last question got no answer, or none in full. */
  refused: Failure | null;
  /** ask resolves to what became of the answer. */
  ask(question: string, documents: string[]): Promise<Turn | null>;
  stop(): void;
}

/** useChat reads a conversation ("" begins one) and asks in it. */
export function useChat(id: string, started: (conversation: string) => void): Chat {
  const [turns, setTurns] = useState<Turn[]>([]);
  const [loading, setLoading] = useState(id !== "");
  const [failed, setFailed] = useState<Failure | null>(null);
  const [refused, setRefused] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const conversation = useRef(id);
  const running = useRef<AbortController | null>(null);

  const load = useCallback(() => {
    if (conversation.current === "") return;
    setLoading(true);
    setFailed(null);
    getConversation(conversation.current).then(
      (c) => setTurns(c.answers.map((answer) => ({ key: answer.id, state: "done", answer }))),
      (e: unknown) => {
        const f = asFailure(e);
        setFailed(f);
        // What isn't there, or somebody else's, can't go on: a question begins anew.
        if (f.code === "not_found") conversation.current = "";
      },
    ).finally(() => setLoading(false));
  }, []);
  useEffect(load, []);
  useEffect(() => () => running.current?.abort(), []);

  const askNow = useCallback(async (question: string, documents: string[]) => {
    const controller = running.current = new AbortController();
    const began = Date.now();
    const draft = new Draft(question, setTurns);
    setBusy(true);
    setRefused(null);
    setFailed(null);
    let result: Turn | null;
    try {
      const answer = await ask({
        question,
        ...(conversation.current && { conversation_id: conversation.current }),
        ...(documents.length > 0 && { filter: { documents } }),
      }, draft, controller.signal);
      result = draft.end("done", answer);
    } catch (e) {
      if (!controller.signal.aborted) setRefused(asFailure(e));
      result = draft.end(controller.signal.aborted ? "stopped" : "broken");
      const stored = result && await recover(question, conversation.current, began);
      if (stored) result = draft.end(result!.state, stored);
    }
    if (result?.answer.conversation_id) {
      conversation.current = result.answer.conversation_id;
      started(conversation.current);
    }
    running.current = null;
    setBusy(false);
    return result;
  }, []);
  const stop = useCallback(() => running.current?.abort(), []);
  return { turns, loading, failed, reload: load, busy, refused, ask: askNow, stop };
}

/** Draft is the turn that is being made. It shows what came in once a frame. */
class Draft {
  private answer: Answer;
  private frame = 0;
  private readonly key = `new-${Date.now()}-${Math.random().toString(36).slice(2)}`;

  constructor(question: string, private readonly set: (f: (turns: Turn[]) => Turn[]) => void) {
    this.answer = blank(question);
    set((turns) => [...turns, { key: this.key, state: "busy", answer: this.answer }]);
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
    const turn = { key: this.key, state, answer: this.answer };
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
