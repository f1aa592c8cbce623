// The conversation: its turns, and the field to ask in.

import { useCallback, useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { focusOn, useApp, useTitle } from "./app-context.ts";
import type { Failure } from "./api.ts";
import { useConversation, type Conversation, type Turn } from "./chat-state.ts";
import type { Info } from "./record.ts";
import { AskForm } from "./parts/ask-form.tsx";
import { Failed } from "./parts/basics.tsx";
import { useOpenSource } from "./open-source.ts";
import { returned } from "./place.ts";
import { TurnView } from "./parts/turn.tsx";
import { Welcome } from "./parts/welcome.tsx";

interface Props {
  conversation: Conversation;
  info: Info | null;
  infoFailed: Failure | null;
  onInfo(): void;
}

export function ChatView({ conversation, info, infoFailed, onInfo }: Props) {
  const { w, say } = useApp();
  const chat = useConversation(conversation);
  useTitle(chat.turns[0]?.answer.question ?? (chat.id ? w.chatTitle : w.welcome));
  const source = useOpenSource();
  const list = useRef<HTMLOListElement>(null);
  // What was read before may have been added to elsewhere.
  useEffect(() => {
    if (!chat.busy) void conversation.load();
  }, []);

  const ask = async (question: string, documents = chat.scope) => {
    if (chat.busy) return say(w.busy);
    source.drop();
    say(w.asking);
    const turn = await conversation.ask(question, documents);
    if (!conversation.state.refused) say(ending(turn)); // a failure speaks for itself
  };
  const ending = (turn: Turn | null) => {
    if (turn?.state !== "done") return w.stopped;
    switch (turn.answer.status) {
      case "refused": return w.refusalReady;
      case "reply": return w.replyReady;
      default: return w.answerReady(turn.answer.citations.length);
    }
  };
  // The turns keep one function, so that they needn't be rendered again.
  const asking = useRef(ask);
  asking.current = ask;
  const again = useCallback((question: string, documents?: string[]) => void asking.current(question, documents), []);

  // What was pressed may be gone: the example, "Stop", "try again".
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current && document.activeElement === document.body) focusOn("question");
    begun.current = true;
  }, [chat.busy]);

  // The newest question comes into view once; then the page stays where it is.
  const last = chat.turns.at(-1)?.key ?? "";
  useLayoutEffect(() => {
    if (chat.turns.length > 1 && (chat.busy || !returned())) list.current?.lastElementChild?.scrollIntoView({ block: "start" });
  }, [last]);

  const openIn = ({ key, answer }: Turn) => source.open && [key, answer.id].includes(source.open.turn) ? source.open : null;
  return (
    <>
      <div class="turns-area" tabIndex={-1}>
        <h1 class={chat.turns.length > 0 || chat.id ? "hidden" : "nl-heading nl-heading--level-1"} id="view" tabIndex={-1}>
          {chat.turns.length > 0 || chat.id ? w.chatTitle : w.welcome}
        </h1>
        {chat.loading && chat.turns.length === 0 && <p class="nl-paragraph soft">{w.loading}</p>}
        {chat.failed && <Failed failure={chat.failed} retry={chat.failed.code === "not_found" ? undefined : conversation.load} />}
        {!chat.id && !chat.failed && chat.turns.length === 0 && <Welcome info={info} failed={infoFailed} onRetry={onInfo} onAsk={again} />}
        <ol class="turns" ref={list}>
          {chat.turns.map((turn) => (
            <TurnView key={turn.key} turn={turn} onGave={conversation.gave} onAgain={again}
              open={openIn(turn)} onOpen={source.show} onClose={source.close} />
          ))}
        </ol>
        {chat.refused && <Failed failure={chat.refused} kept retry={chat.draft ? () => void ask(chat.draft) : undefined} />}
      </div>
      <AskForm value={chat.draft} onInput={(draft) => conversation.set({ draft })} busy={chat.busy} begun={chat.turns.length > 0}
        onAsk={again} onStop={conversation.stop} scope={chat.scope} onScope={(scope) => conversation.set({ scope })} />
    </>
  );
}
