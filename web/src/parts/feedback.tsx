// A reader's verdict on an answer or on one of its sources. "Klopt niet" asks
// for a word of why; both are stored with the record.

import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { giveFeedback, type Failure } from "../api.ts";
import { useApp } from "../app-context.ts";
import { asFailure } from "../chat-state.ts";
import type { Verdict } from "../record.ts";
import { Button, Failed } from "./basics.tsx";

/** maxComment is what the server takes, in code points. */
const maxComment = 4000;

interface Props {
  answer: string;
  /** citation is the source that is judged; without it the answer is. */
  citation?: number;
  /** verdicts are those that the reader gave on this answer. */
  verdicts: Verdict[];
  onVerdict(v: Verdict): void;
}

export function Feedback({ answer, citation, verdicts, onVerdict }: Props) {
  const { w, say } = useApp();
  const [state, setState] = useState<"" | "explain" | "sent">("");
  const [failure, setFailure] = useState<Failure | null>(null);
  const thanks = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => {
    if (document.activeElement === document.body) thanks.current?.focus({ preventScroll: true });
  }, [state]);
  const given = verdicts.find((v) => v.citation === citation)?.verdict;
  /** now leaves behind what was said of the last try. */
  const now = (next: typeof state) => {
    setFailure(null);
    setState(next);
  };
  const send = async (verdict: Verdict["verdict"], comment = "") => {
    now(state === "explain" ? state : ""); // a comment stays until it is stored
    try {
      await giveFeedback(answer, verdict, comment, citation);
      onVerdict({ verdict, ...(citation !== undefined && { citation }) });
      setState("sent");
      say(w.thanks);
    } catch (e) {
      setFailure(asFailure(e));
    }
  };
  return (
    <>
      <div class="feedback">
        {citation === undefined && <Button small look="subtle" aria-pressed={given === "good"} onClick={() => send("good")}>{w.good}</Button>}
        <Button small look="subtle" aria-pressed={given === "bad"} aria-expanded={state === "explain"} onClick={() => now(state === "explain" ? "" : "explain")}>
          {citation === undefined ? w.bad : w.badCitation(citation)}
        </Button>
        {state === "explain" && <Comment onSend={(comment) => send("bad", comment)} />}
      </div>
      {state === "sent" && <p class="thanks soft" tabIndex={-1} ref={thanks}>{w.thanks}</p>}
      {failure && <Failed failure={failure} />}
    </>
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
