// The button [n]. Pointing at it or focusing it shows the quote at once; it can
// be dismissed with Escape, pointed at, and stays until the reader leaves.

import { useState } from "preact/hooks";
import { useApp } from "../app-context.ts";
import type { Citation } from "../record.ts";
import { facts } from "./source-list.tsx";
import { Meta } from "./basics.tsx";

const previewMax = 320;

interface Props {
  id: string;
  citation: Citation;
  expanded: boolean;
  onShow(number: number): void;
}

export function Marker({ id, citation: c, expanded, onShow }: Props) {
  const { w } = useApp();
  const [below, setBelow] = useState<number | null>(null);
  const preview = (e: { currentTarget: HTMLElement }) => {
    // The preview is as wide as the text and stands just below the marker.
    const marker = e.currentTarget.querySelector("button")!;
    if ("returned" in marker.dataset) return void delete marker.dataset.returned;
    setBelow(marker.offsetTop + marker.offsetHeight);
  };
  const hide = () => setBelow(null);
  const visible = below !== null && !expanded;
  const quote = c.quote.length > previewMax ? c.quote.slice(0, previewMax) + "…" : c.quote;
  return (
    <span class="marker" onMouseEnter={preview} onMouseLeave={hide} onFocusIn={preview} onFocusOut={hide}
      onKeyDown={(e) => e.key === "Escape" && hide()}>
      <button type="button" id={id} class="nl-number-badge cite" aria-label={`${w.source(c.number)}: ${c.title}`} aria-expanded={expanded}
        aria-describedby={visible ? `${id}-quote` : undefined} onClick={() => { hide(); onShow(c.number); }}>
        {c.number}
      </button>
      {visible && (
        <span class="preview" role="tooltip" id={`${id}-quote`} style={{ top: `${below}px` }}>
          <strong>{c.title}</strong>
          <span class="preview-quote">{quote}</span>
          <Meta facts={facts(w, c)} />
        </span>
      )}
    </span>
  );
}
