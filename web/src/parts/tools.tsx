// What can be done with an answer.

import { day, useApp } from "../app-context.ts";
import { copyText } from "../clipboard.ts";
import { withSources } from "../plain.ts";
import type { Answer } from "../record.ts";
import { Button } from "./basics.tsx";
import { AnswerFeedback } from "./feedback.tsx";

interface Props {
  answer: Answer;
  onAgain?: ((question: string) => void) | undefined;
}

export function Tools({ answer, onAgain }: Props) {
  const { w, say } = useApp();
  const link = answer.id ? new URL(`a/${answer.id}`, document.baseURI).href : "";
  const copy = async (text: string, done: string) => say(await copyText(text) ? done : w.copyFailed);
  const copyAll = () => copy(withSources(answer, link, { ...w, date: (d) => day(w, d) }), w.copied);
  return (
    <>
      <div class="tools">
        <Button small look="subtle" onClick={copyAll}>{w.copy}</Button>
        {link && <Button small look="subtle" onClick={() => copy(link, w.linkCopied)}>{w.copyLink}</Button>}
        {onAgain && <Button small look="subtle" onClick={() => onAgain(answer.question)}>{w.askAgain}</Button>}
        <Button small look="subtle" onClick={printTurn}>{w.print}</Button>
      </div>
      {answer.id && answer.status !== "reply" && <AnswerFeedback answer={answer.id} />}
    </>
  );
}

/** printTurn prints the turn that the button stands in, and nothing else. */
function printTurn(e: { currentTarget: HTMLElement }) {
  const turn = e.currentTarget.closest(".turn");
  turn?.classList.add("printed");
  print();
  turn?.classList.remove("printed");
}
