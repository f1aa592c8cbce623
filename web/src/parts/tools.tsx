// What can be done with an answer.

import { useState } from "preact/hooks";
import { share, unshare, type Failure } from "../api.ts";
import { day, useApp } from "../app-context.ts";
import { asFailure, withVerdict, type Gave, type Turn } from "../chat-state.ts";
import { copyText } from "../clipboard.ts";
import { withSources } from "../plain.ts";
import { own } from "../record.ts";
import { Button, Failed } from "./basics.tsx";
import { Feedback } from "./feedback.tsx";
import { useLimit } from "./limited.tsx";

interface Props {
  turn: Turn;
  onGave: Gave;
  onAgain?: ((question: string) => void) | undefined;
}

export function Tools({ turn, onGave, onAgain }: Props) {
  const { answer, given } = turn;
  const link = given.link && new URL(`s/${given.link}`, document.baseURI).href;
  const setLink = (link: string) => onGave(turn.key, (old) => ({ ...old, link }));
  const { w, say } = useApp();
  const { text: limit } = useLimit(answer);
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
    setLink(id);
    await copy(new URL(`s/${id}`, document.baseURI).href, w.linkCopied);
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
      {own(answer) && answer.status !== "reply" && (
        <Feedback answer={answer.id} verdicts={given.verdicts} onVerdict={(v) => onGave(turn.key, (old) => withVerdict(old, v))} />
      )}
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
