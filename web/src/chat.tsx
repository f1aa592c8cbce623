// The conversation: its turns, and the field to ask in.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { focusOn, useApp, useTitle } from "./app-context.ts";
import type { Failure } from "./api.ts";
import { useChat, type Turn } from "./chat-state.ts";
import type { Info } from "./record.ts";
import { AskForm } from "./parts/ask-form.tsx";
import { Failed } from "./parts/basics.tsx";
import { useOpenSource } from "./open-source.ts";
import { TurnView } from "./parts/turn.tsx";
import { Welcome } from "./parts/welcome.tsx";

interface Props {
  id: string;
  info: Info | null;
  infoFailed: Failure | null;
  scope: string[];
  onScope(documents: string[]): void;
  onStarted(conversation: string): void;
}

export function ChatView({ id, info, infoFailed, scope, onScope, onStarted }: Props) {
  const { w, say } = useApp();
  const chat = useChat(id, onStarted);
  useTitle(chat.turns[0]?.answer.question ?? (id ? w.chatTitle : w.welcome));
  const [draft, setDraft] = useState("");
  const source = useOpenSource(chat.turns.at(-1)?.key);
  const list = useRef<HTMLOListElement>(null);

  const ask = async (question: string) => {
    if (chat.busy) return say(w.busy);
    setDraft("");
    say(w.asking);
    const turn = await chat.ask(question, scope);
    if (!turn || turn.state !== "done") setDraft((now) => now || question);
    say(ending(turn));
  };
  const ending = (turn: Turn | null) => {
    if (!turn || turn.state === "broken") return w.failedTitle + ". " + w.questionKept;
    if (turn.state === "stopped") return w.stopped;
    switch (turn.answer.status) {
      case "refused": return w.refusalReady;
      case "reply": return w.replyReady;
      default: return w.answerReady(turn.answer.citations.length);
    }
  };
  // The turns keep one function, so that they needn't be rendered again.
  const asking = useRef(ask);
  asking.current = ask;
  const again = useCallback((question: string) => void asking.current(question), []);

  // What was pressed may be gone: the example, "Stop", "try again".
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current && document.activeElement === document.body) focusOn("question");
    begun.current = true;
  }, [chat.busy]);

  // The newest question comes into view once; then the page stays where it is.
  const last = chat.turns.at(-1)?.key ?? "";
  useEffect(() => {
    if (chat.turns.length > 1) list.current?.lastElementChild?.scrollIntoView({ block: "start" });
  }, [last]);

  return (
    <>
      <div class="turns-area" tabIndex={-1}>
        <h1 class={chat.turns.length > 0 || id ? "hidden" : "nl-heading nl-heading--level-1"} id="view" tabIndex={-1}>
          {chat.turns.length > 0 || id ? w.chatTitle : w.welcome}
        </h1>
        {chat.loading && <p class="nl-paragraph soft">{w.loading}</p>}
        {chat.failed && <Failed failure={chat.failed} retry={chat.failed.code === "not_found" ? undefined : chat.reload} />}
        {!id && chat.turns.length === 0 && <Welcome info={info} failed={infoFailed} onAsk={again} />}
        <ol class="turns" ref={list}>
          {chat.turns.map((turn) => (
            <TurnView key={turn.key} turn={turn} onAgain={again}
              open={source.open?.turn === turn.key ? source.open : null} onOpen={source.show} onClose={source.close} />
          ))}
        </ol>
        {chat.refused && <Failed failure={chat.refused} kept retry={draft ? () => void ask(draft) : undefined} />}
      </div>
      <AskForm value={draft} onInput={setDraft} busy={chat.busy} begun={chat.turns.length > 0} onAsk={again} onStop={chat.stop}
        scope={scope} onScope={onScope} />
    </>
  );
}
