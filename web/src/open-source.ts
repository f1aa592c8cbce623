// Which source is open beside the answer. It stands in the browser's history,
// so that "back" closes it, as a reader on a phone expects.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

/** Open names a citation, or a passage by its place in the list, of a turn. */
export interface Open {
  turn: string;
  kind: "citation" | "passage";
  number: number;
}

export interface OpenSource {
  open: Open | null;
  show(o: Open): void;
  close(): void;
}

/** useOpenSource opens sources; another newest turn closes them, since the reader has gone on. */
export function useOpenSource(newest = ""): OpenSource {
  const [opened, setOpened] = useState<{ source: Open; newest: string } | null>(null);
  const open = opened?.newest === newest ? opened.source : null;
  const turn = useRef(newest);
  turn.current = newest;
  const setOpen = (source: Open | null) => setOpened(source && { source, newest: turn.current });
  const opener = useRef<HTMLElement | null>(null);
  const current = useRef<Open | null>(null);
  current.current = open;

  useEffect(() => {
    const back = () => {
      const next = (history.state?.source as Open | undefined) ?? null;
      if (current.current && !next) requestAnimationFrame(() => returnTo(opener.current));
      setOpen(next);
    };
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);

  const show = useCallback((o: Open) => {
    if (!current.current) opener.current = document.activeElement as HTMLElement | null;
    if (current.current) history.replaceState({ source: o }, "");
    else history.pushState({ source: o }, "");
    setOpen(o);
  }, []);
  const close = useCallback(() => {
    if (history.state?.source) history.back();
    else setOpen(null);
  }, []);
  useEffect(() => {
    if (!opened || open) return;
    setOpened(null);
    history.back();
  }, [newest]);
  return { open, show, close };
}

/** returnTo brings the reader back to the same place in the answer. */
function returnTo(opener: HTMLElement | null) {
  if (!opener?.isConnected) return;
  opener.dataset.returned = ""; // it needn't show its preview again
  opener.focus({ preventScroll: true });
  opener.scrollIntoView({ block: "nearest" });
}
