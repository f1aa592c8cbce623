// Which source is open beside the answer. It stands in the browser's history,
// so that "back" closes it, as a reader on a phone expects.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { focusOn } from "./app-context.ts";
import { keepPlace } from "./place.ts";

/** Open names a citation, or a passage by its place in the list, of a turn. */
export interface Open {
  /** turn is the id of the answer, or the key of the turn that has none yet. */
  turn: string;
  kind: "citation" | "passage";
  number: number;
}

export interface OpenSource {
  open: Open | null;
  show(o: Open): void;
  close(): void;
  /** drop closes it for a reader who goes on elsewhere. */
  drop(): void;
}

/** stands is the source that the browser's history has open here. */
const stands = () => (history.state?.source as Open | undefined) ?? null;

export function useOpenSource(): OpenSource {
  const [open, setOpen] = useState(stands);
  const opener = useRef<HTMLElement | null>(null);
  const current = useRef<Open | null>(null);
  current.current = open;

  useEffect(() => {
    const back = () => {
      const next = stands();
      const was = current.current;
      if (was && !next) requestAnimationFrame(() => returnTo(opener.current, was));
      setOpen(next);
    };
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);

  const show = useCallback((o: Open) => {
    if (!current.current) opener.current = document.activeElement as HTMLElement | null;
    if (current.current) history.replaceState({ source: o }, "");
    else {
      keepPlace();
      history.pushState({ source: o }, "");
    }
    setOpen(o);
  }, []);
  const close = useCallback(() => {
    if (stands()) history.back();
    else setOpen(null);
  }, []);
  const drop = useCallback(() => {
    current.current = null;
    close();
    setOpen(null);
  }, []);
  return { open, show, close, drop };
}

/** markerId is the id of the button that opens a citation. */
export const markerId = (turn: string, number: number) => `cite-${turn}-${number}`;

/** returnTo brings the reader back to the same place in the answer. */
function returnTo(opener: HTMLElement | null, was: Open) {
  // After a visit to another view what opened it is another element.
  const place = opener?.isConnected ? opener : document.getElementById(markerId(was.turn, was.number));
  if (!place) return focusOn("question");
  place.dataset.returned = ""; // it needn't show its preview again
  place.focus({ preventScroll: true });
  place.scrollIntoView({ block: "nearest" });
}
