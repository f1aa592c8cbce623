// The source of a statement: the document's own text, at the quote.

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { day, useApp } from "../app-context.ts";
import { withVerdict, type Gave, type Turn } from "../chat-state.ts";
import type { Open } from "../open-source.ts";
import { own, type Citation, type Place } from "../record.ts";
import { documentPath, originalLink } from "../route.ts";
import { locate } from "../spans.ts";
import { useText } from "../use-text.ts";
import { Away, Button, Failed, Go, Meta } from "./basics.tsx";
import { Feedback } from "./feedback.tsx";
import { uncited } from "./source-list.tsx";
import { SourceText } from "./source-text.tsx";

interface Props {
  turn: Turn;
  onGave: Gave;
  open: Open;
  onShow(kind: Open["kind"], number: number): void;
  onClose(): void;
}

export function SourcePane({ turn, onGave, open, onShow, onClose }: Props) {
  const { w, say } = useApp();
  const { answer } = turn;
  const heading = useRef<HTMLHeadingElement>(null);
  const isCitation = open.kind === "citation";
  const passages = useMemo(() => uncited(answer), [answer]);
  const all: Place[] = isCitation ? answer.citations : passages;
  const at = isCitation ? answer.citations.findIndex((c) => c.number === open.number) : open.number - 1;
  const place = all[at];
  const words = isCitation ? answer.citations[at]?.quote : passages[at]?.text;

  // The reader goes along into the source once; after that, stays on the button.
  useLayoutEffect(() => {
    heading.current?.focus({ preventScroll: true });
    if (!beside()) heading.current?.closest(".source")?.scrollIntoView({ block: "start" });
  }, []);
  if (!place || words === undefined) return null;

  const position = (isCitation ? w.sourceOf : w.passageOf)(at + 1, all.length);
  const move = (step: number) => {
    const to = all[at + step];
    if (!to) return;
    say(`${(isCitation ? w.sourceOf : w.passageOf)(at + step + 1, all.length)}: ${to.title}`);
    onShow(open.kind, isCitation ? (to as Citation).number : at + step + 1);
  };
  return (
    <section class="source" aria-label={w.sourcePane} onKeyDown={(e) => e.key === "Escape" && onClose()}>
      <div class="source-head">
        <h3 class="nl-heading nl-heading--level-4" id="source" tabIndex={-1} ref={heading} lang="nl">{place.title}</h3>
        <div class="source-tools">
          {all.length > 1 && <Button small aria-label={w.previous} aria-disabled={at === 0} onClick={() => move(-1)}>‹</Button>}
          <span class="position">{position}</span>
          {all.length > 1 && <Button small aria-label={w.next} aria-disabled={at === all.length - 1} onClick={() => move(1)}>›</Button>}
          <Button small look="subtle" class="end" aria-label={w.back} onClick={onClose}>{w.backShort}</Button>
        </div>
      </div>
      <Text key={place.document_id + place.version} place={place} words={words} />
      <div class="source-foot">
        <About place={place} citation={isCitation ? place as Citation : null} />
        {isCitation && own(answer) && (
          <Feedback key={open.number} answer={answer.id} citation={open.number} verdicts={turn.given.verdicts}
            onVerdict={(v) => onGave(turn.key, (old) => withVerdict(old, v))} />
        )}
      </div>
    </section>
  );
}

/** beside: the pane stands beside the answer, so the page needn't scroll to it. */
const beside = () => matchMedia("(min-width: 64rem) and (min-height: 34rem)").matches;

function About({ place, citation: c }: { place: Place; citation: Citation | null }) {
  const { w } = useApp();
  const original = originalLink(c?.source_url ?? "", c?.page ?? null, c?.quote ?? "");
  return (
    <>
      <p class="about">
        <Meta facts={[c?.publisher ?? "", c?.date ? day(w, c.date) : "", place.section.join(" › "), place.page ? w.page(place.page) : ""]} />
      </p>
      {c && c.document_status !== "current" && <p class="note">{w.statuses[c.document_status]}</p>}
      {c?.status === "corrected" && <p class="note">{w.corrected}</p>}
      <p class="about">
        {original && <><Away href={original}>{w.original}</Away>{" · "}</>}
        <Go to={documentPath(place)}>{w.wholeDocument}</Go>
      </p>
    </>
  );
}

function Text({ place, words }: { place: Place; words: string }) {
  const { w } = useApp();
  const [attempt, setAttempt] = useState(0);
  const { text, failure } = useText(place.document_id, place.version, attempt);
  const mark = useMemo(() => text === null ? null : locate(text, place.start, place.end, words), [text, place.start, place.end, words]);
  if (failure) return <Failed failure={failure} retry={() => setAttempt(attempt + 1)} />;
  if (text === null) return <p class="nl-paragraph soft source-wait">{w.loading}</p>;
  return (
    <>
      {!mark && <p class="note unmarked" role="note">{w.notFound}</p>}
      <div class="source-frame" role="region" aria-label={w.documentText} tabIndex={0}>
        <SourceText text={text} mark={mark} language="nl" scroll />
      </div>
    </>
  );
}
