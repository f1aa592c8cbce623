// A question and its answer, with the open source below them; on a wide screen
// the style puts it beside them.

import { useApp, type App } from "../app-context.ts";
import type { Gave, Turn } from "../chat-state.ts";
import type { Open } from "../open-source.ts";
import type { Answer } from "../record.ts";
import { AnswerText } from "./answer-text.tsx";
import { Alert, Button, memo } from "./basics.tsx";
import { Limited } from "./limited.tsx";
import { AlsoFound, Nearest, SourceList } from "./source-list.tsx";
import { SourcePane } from "./source-pane.tsx";
import { Tools } from "./tools.tsx";

interface Props {
  turn: Turn;
  open: Open | null;
  onOpen(o: Open): void;
  onClose(): void;
  onGave: Gave;
  /** onAgain asks anew; in these documents, if given. */
  onAgain?: ((question: string, documents?: string[]) => void) | undefined;
}

export const TurnView = memo(function TurnView({ turn, open, onOpen, onClose, onGave, onAgain }: Props) {
  const { w, maker, notice } = useApp();
  const { answer: a, state } = turn;
  const begun = a.text !== "" || a.passages.length > 0;
  const name = a.id || turn.key;
  const show = (kind: Open["kind"], number: number) => onOpen({ turn: name, kind, number });
  const shownNumber = open?.kind === "citation" ? open.number : 0;
  return (
    <li class="turn" data-state={state} data-status={a.status}>
      <h2 class="question" lang="nl">{a.question}</h2>
      {a.search_question !== a.question && (
        <p class="searched soft">{w.searchedFor} <span lang="nl">{a.search_question}</span></p>
      )}
      <Limited answer={a} />
      {a.status === "refused"
        ? <Refusal answer={a} onAgain={onAgain} onShow={(n) => show("passage", n)} />
        : begun && (
          <div class="answer">
            {a.status !== "reply" && <p class="mode"><Mode answer={a} /></p>}
            <AnswerText turn={name} answer={a} shown={shownNumber} onShow={(n) => show("citation", n)} />
          </div>
        )}
      {state === "busy" && <p class="busy soft">{begun ? w.making[madeBy(a, maker).mode] : w.busy}</p>}
      {open && <SourcePane turn={turn} onGave={onGave} open={open} onShow={show} onClose={onClose} />}
      {state !== "busy" && (
        <>
          <Notes turn={turn} />
          <SourceList answer={a} shown={shownNumber} onShow={(n) => show("citation", n)} />
          <AlsoFound answer={a} onShow={(n) => show("passage", n)} />
          {notice && <p class="print-only" lang="nl">{notice}</p>}
          <Tools turn={turn} onGave={onGave} onAgain={onAgain} />
        </>
      )}
    </li>
  );
});

/** madeBy is what made an answer; until the server has told, what makes its answers. */
const madeBy = (a: Answer, maker: App["maker"]) => a.created_at === "" ? maker : a;

function Mode({ answer }: { answer: Answer }) {
  const { w, maker } = useApp();
  const { mode, model } = madeBy(answer, maker);
  return <span class="nl-data-badge" data-mode={mode}>{w.modes[mode]}{model && ` (${model})`}</span>;
}

function Refusal({ answer, onShow, onAgain }: { answer: Answer; onShow(n: number): void; onAgain: Props["onAgain"] }) {
  const { w } = useApp();
  const reason = answer.refusal?.reason ?? "";
  // Of a limit the server alone has words.
  const words = answer.filter ? undefined : w.refusalTexts[reason];
  const near = answer.passages.length > 0;
  return (
    <div class="refusal">
      <Alert type="warning">
        <p class="nl-paragraph"><strong>{w.refusals[reason] ?? w.refused}</strong></p>
        {words
          ? <p class="nl-paragraph">{words}{near && ` ${w.nearest}`}</p>
          : <p class="nl-paragraph" lang="nl">{answer.text}</p>}
        {answer.filter && onAgain && <div><Button small onClick={() => onAgain(answer.question, [])}>{w.searchEverywhere}</Button></div>}
        {near && <div role="group" aria-label={w.nearest}><Nearest answer={answer} onShow={onShow} /></div>}
      </Alert>
    </div>
  );
}

/** Notes are what a reader has to know of how the answer came about. */
function Notes({ turn: { answer: a, state } }: { turn: Turn }) {
  const { w, notice } = useApp();
  const own = a.notice.endsWith(notice) ? a.notice.slice(0, a.notice.length - notice.length).trim() : a.notice;
  const notes = [
    a.incomplete ? w.incomplete[a.incomplete] : state === "stopped" ? w.incomplete.cancelled : state === "broken" ? w.broken : "",
    a.withheld > 0 ? w.withheld(a.withheld) : "",
  ].filter(Boolean);
  return (
    <>
      {own && <p class="note" lang="nl">{own}</p>}
      {notes.map((note) => <p key={note} class="note">{note}</p>)}
    </>
  );
}
