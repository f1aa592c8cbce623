// A document's own characters, styled by line, with one span marked.

import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { parts, stretches } from "../sourcelines.ts";
import type { Units } from "../spans.ts";
import { memo } from "./basics.tsx";

interface Props {
  text: string;
  mark: Units | null;
  language: string;
  /** scroll moves the text to the mark: in its own frame, not the page. */
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
