// A document's own characters, styled by line, with one span marked.

import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { parts, stretches } from "../sourcelines.ts";
import type { Units } from "../spans.ts";
import { memo } from "./basics.tsx";

interface Props {
  text: string;
  mark: Units | null;
  language: string;
  /** scroll brings the mark into view: in its own frame, and the page where that isn't enough. */
  scroll: boolean;
}

export const SourceText = memo(function SourceText({ text, mark, language, scroll }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const shape = useMemo(() => stretches(text), [text]);
  useLayoutEffect(() => {
    const quote = frame.current?.querySelector("mark");
    const outer = frame.current?.parentElement;
    if (!scroll || !quote || !outer) return;
    const lead = quote.getBoundingClientRect().top - outer.getBoundingClientRect().top;
    outer.scrollTop += lead - outer.clientHeight / 4;
    const top = quote.getBoundingClientRect().top;
    if (top > innerHeight / 2) scrollBy(0, top - innerHeight / 3);
  }, [text, mark, scroll]);
  return (
    <div class="source-text" lang={language} ref={frame}>
      {shape.map((s) => (
        <div key={s.from} class={`line ${s.kind}`}>
          {parts(text, s, mark).map((p) => p.marked ? <mark key="m" class="nl-mark">{p.text}</mark> : p.text)}
        </div>
      ))}
    </div>
  );
});
