// What can be done with an answer.

import { useState } from "preact/hooks";
import { share, unshare, type Failure } from "../api.ts";
import { day, useApp } from "../app-context.ts";
import { asFailure } from "../chat-state.ts";
import { copyText } from "../clipboard.ts";
import { withSources } from "../plain.ts";
import { own, type Answer } from "../record.ts";
import { Button, Failed } from "./basics.tsx";
import { AnswerFeedback } from "./feedback.tsx";
import { useLimit } from "./limited.tsx";

interface Props {
  answer: Answer;
  onAgain?: ((question: string) => void) | undefined;
}

export function Tools({ answer, onAgain }: Props) {
  const { w, say } = useApp();
  const { text: limit } = useLimit(answer);
  const [link, setLink] = useState("");
  const [failure, setFailure] = useState<Failure | null>(null);
  const copy = async (text: string, done: string) => say(await copyText(text) ? done : w.copyFailed);
  const copyAll = () => copy(withSources(answer, limit, link, { ...w, date: (d) => day(w, d) }), w.copied);
  const doing = async (work: () => Promise<void>) => {
    setFailure(null);
    try {
      await work();
    } catch (e) {
      setFailure(asFailure(e));
    }
  };
  const open = () => doing(async () => {
    const { id } = await share(answer.id);
    const address = new URL(`s/${id}`, document.baseURI).href;
    setLink(address);
    await copy(address, w.linkCopied);
  });
  const withdraw = () => doing(async () => {
    await unshare(answer.id);
    setLink("");
    say(w.linkWithdrawn);
  });
  return (
    <>
      <div class="tools">
        <Button small look="subtle" onClick={copyAll}>{w.copy}</Button>
        {own(answer) && <Button small look="subtle" onClick={open}>{w.copyLink}</Button>}
        {link && <Button small look="subtle" onClick={withdraw}>{w.withdrawLink}</Button>}
        {onAgain && <Button small look="subtle" onClick={() => onAgain(answer.question)}>{w.askAgain}</Button>}
        <Button small look="subtle" onClick={printTurn}>{w.print}</Button>
      </div>
      {link && <p class="nl-paragraph soft shared">{w.shared} <a class="nl-link" href={link}>{link}</a></p>}
      {failure && <Failed failure={failure} />}
      {own(answer) && answer.status !== "reply" && <AnswerFeedback answer={answer.id} />}
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
