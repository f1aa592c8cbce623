// One answer by its link, one's own or a shared one: as it was, with its sources.

import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { getAnswer, getShared, type Failure } from "./api.ts";
import { useApp, useTitle } from "./app-context.ts";
import { asFailure, nothingGiven, type Gave, type Turn } from "./chat-state.ts";
import { useOpenSource } from "./open-source.ts";
import { Failed, Go } from "./parts/basics.tsx";
import { TurnView } from "./parts/turn.tsx";
import type { Answer } from "./record.ts";

export function AnswerView({ id, shared }: { id: string; shared: boolean }) {
  const { w } = useApp();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [given, setGiven] = useState(nothingGiven);
  const gave = useCallback<Gave>((_, change) => setGiven(change), []);
  const [failure, setFailure] = useState<Failure | null>(null);
  const source = useOpenSource();
  const load = () => {
    setFailure(null);
    (shared ? getShared : getAnswer)(id).then(setAnswer, (e: unknown) => setFailure(asFailure(e)));
  };
  useEffect(load, [id]);
  useTitle(answer?.question ?? w.answerTitle);
  const turn = useMemo<Turn | null>(() => answer && { key: answer.id, state: "done", answer, given }, [answer, given]);
  return (
    <div class="turns-area" tabIndex={-1}>
      <h1 class="hidden" id="view" tabIndex={-1}>{w.answerTitle}</h1>
      {failure && <Failed failure={failure} retry={failure.code === "not_found" ? undefined : load} />}
      {!turn && !failure && <p class="nl-paragraph soft">{w.loading}</p>}
      {turn && (
        <ol class="turns">
          <TurnView turn={turn} onGave={gave} open={source.open} onOpen={source.show} onClose={source.close} />
        </ol>
      )}
      {turn && (
        <p class="turn-links">
          {!shared && <><Go to={`c/${turn.answer.conversation_id}`}>{w.wholeConversation}</Go> · </>}<Go to="">{w.ownQuestion}</Go>
        </p>
      )}
    </div>
  );
}
