// The answer's own text as elements: paragraphs, lists, and a button for every
// marker.

import { useMemo } from "preact/hooks";
import { parseAnswer, runs, type Piece } from "../answertext.ts";
import { markerId } from "../open-source.ts";
import type { Answer } from "../record.ts";
import { units, type Units } from "../spans.ts";
import { memo } from "./basics.tsx";
import { Marker } from "./marker.tsx";

interface Props {
  turn: string;
  answer: Answer;
  /** shown is the number of the citation that is open; 0 for none. */
  shown: number;
  onShow(number: number): void;
}

export function AnswerText({ turn, answer, shown, onShow }: Props) {
  const { text, citations } = answer;
  const blocks = useMemo(
    () => parseAnswer(text, (n) => citations.some((c) => c.number === n)),
    [text, citations],
  );
  const lit = useMemo(() => {
    const spans = citations.find((c) => c.number === shown)?.answer_spans ?? [];
    return spans.map((s) => units(text, s.start, s.end)).filter((u) => u !== null);
  }, [text, citations, shown]);

  const one = (p: Piece, i: number) => "cite" in p
    ? <Marker key={i} id={markerId(turn, p.cite)} citation={citations.find((c) => c.number === p.cite)!}
        expanded={p.cite === shown} onShow={onShow} />
    : <Lit key={i} text={p.text} at={p.at} spans={lit} />;
  const line = (pieces: Piece[]) => runs(pieces).map((run, i) => run.length === 1
    ? one(run[0]!, i)
    : <span key={i} class="run">{run.map(one)}</span>);

  return (
    <div class="answer-text" lang="nl">
      {blocks.map((b, i) => {
        if (b.kind === "p") return <p key={i} class="nl-paragraph">{line(b.items[0]!)}</p>;
        const items = b.items.map((item, j) => <li key={j}>{line(item)}</li>);
        return b.kind === "ul" ? <ul key={i}>{items}</ul> : <ol key={i} start={b.first}>{items}</ol>;
      })}
    </div>
  );
}

/** Lit shows which sentences rest on the source that is open. */
const Lit = memo(function Lit({ text, at, spans }: { text: string; at: number; spans: Units[] }) {
  const span = spans.find((s) => s.from < at + text.length && s.to > at);
  if (!span) return <>{text}</>;
  const from = Math.max(0, span.from - at);
  const to = Math.min(text.length, span.to - at);
  return <>{text.slice(0, from)}<span class="lit">{text.slice(from, to)}</span>{text.slice(to)}</>;
});
