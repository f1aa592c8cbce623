// A reader's verdict on an answer or on one of its sources. "Klopt niet" asks
// for a word of why; both are stored with the record.

import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { giveFeedback, type Failure } from "../api.ts";
import { useApp } from "../app-context.ts";
import { asFailure } from "../chat-state.ts";
import { Button, Failed } from "./basics.tsx";

/** maxComment is what the server takes, in code points. */
const maxComment = 4000;

function useFeedback(answer: string, citation?: number) {
  const { w, say } = useApp();
  const [state, setState] = useState<"" | "explain" | "sent">("");
  const [failure, setFailure] = useState<Failure | null>(null);
  const thanks = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => {
    if (state === "sent") thanks.current?.focus({ preventScroll: true });
  }, [state]);
  const send = async (verdict: "good" | "bad", comment = "") => {
    try {
      await giveFeedback(answer, verdict, comment, citation);
      setState("sent");
      say(w.thanks);
    } catch (e) {
      setFailure(asFailure(e));
    }
  };
  return { state, setState, failure, send, thanks };
}

export function AnswerFeedback({ answer }: { answer: string }) {
  const { w } = useApp();
  const f = useFeedback(answer);
  if (f.state === "sent") return <p class="thanks soft" tabIndex={-1} ref={f.thanks}>{w.thanks}</p>;
  return (
    <div class="feedback">
      <Button small look="subtle" onClick={() => f.send("good")}>{w.good}</Button>
      <Button small look="subtle" aria-expanded={f.state === "explain"} onClick={() => f.setState(f.state ? "" : "explain")}>{w.bad}</Button>
      {f.state === "explain" && <Comment onSend={(comment) => f.send("bad", comment)} />}
      {f.failure && <Failed failure={f.failure} />}
    </div>
  );
}

export function CitationFeedback({ answer, citation }: { answer: string; citation: number }) {
  const { w } = useApp();
  const f = useFeedback(answer, citation);
  if (f.state === "sent") return <p class="thanks soft" tabIndex={-1} ref={f.thanks}>{w.thanks}</p>;
  return (
    <div class="feedback">
      <Button small look="subtle" aria-expanded={f.state === "explain"} onClick={() => f.setState(f.state ? "" : "explain")}>
        {w.badCitation(citation)}
      </Button>
      {f.state === "explain" && <Comment onSend={(comment) => f.send("bad", comment)} />}
      {f.failure && <Failed failure={f.failure} />}
    </div>
  );
}

function Comment({ onSend }: { onSend(comment: string): void }) {
  const { w } = useApp();
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  // Before the paint: who types on at once types here.
  useLayoutEffect(() => field.current?.focus(), []);
  const submit = (e: Event) => {
    e.preventDefault();
    onSend(field.current!.value.trim());
  };
  return (
    <form class="comment" onSubmit={submit}>
      <label class="utrecht-form-label" for={id}>{w.commentLabel}</label>
      <textarea id={id} ref={field} rows={2} maxLength={maxComment} class="utrecht-textarea utrecht-textarea--html-textarea" />
      <Button small look="primary" type="submit">{w.sendFeedback}</Button>
    </form>
  );
}
