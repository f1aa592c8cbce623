// One document: its own text, with the words that the address names marked.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Failure, getDocument } from "./api.ts";
import { day, useApp, useTitle } from "./app-context.ts";
import { asFailure } from "./chat-state.ts";
import { Away, Button, Failed, Go } from "./parts/basics.tsx";
import { SourceText } from "./parts/source-text.tsx";
import type { DocumentInfo } from "./record.ts";
import { webLink, type Route } from "./route.ts";
import { units } from "./spans.ts";
import { useText } from "./use-text.ts";

interface Props {
  route: Route & { view: "document" };
  /** onAsk limits the next question to this document. */
  onAsk(id: string): void;
}

export function DocumentView({ route, onAsk }: Props) {
  const { w } = useApp();
  const [info, setInfo] = useState<DocumentInfo | null>(null);
  const [gone, setGone] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [attempt, setAttempt] = useState(0);
  useTitle(info?.title ?? w.documents);
  useEffect(() => {
    setFailure(null);
    getDocument(route.id).then(setInfo, (e: unknown) => {
      // A text that an answer points at is kept after its document is gone.
      const f = asFailure(e);
      if (f.code === "not_found" && route.version) setGone(true);
      else setFailure(f);
    });
  }, [route.id, attempt]);

  const version = route.version || (info?.version ?? "");
  const got = useText(route.id, version, attempt);
  const wrong = failure ?? got.failure;
  return (
    <div class="page document">
      <h1 class="nl-heading nl-heading--level-1" id="view" tabIndex={-1} lang={info?.language || "nl"}>{info?.title ?? w.documents}</h1>
      {wrong && <Failed failure={wrong} retry={wrong.code === "not_found" ? undefined : () => setAttempt(attempt + 1)} />}
      {info && <Facts info={info} />}
      {gone && got.text !== null && <p class="note">{w.gone}</p>}
      {info && version !== info.version && (
        <p class="note">{w.older} <Go to={`documents/${encodeURIComponent(info.id)}`}>{w.toCurrent}</Go></p>
      )}
      {info && <p><Button onClick={() => onAsk(info.id)}>{w.askAboutThis}</Button></p>}
      {got.text === null && !wrong && <p class="nl-paragraph soft">{w.loading}</p>}
      {got.text !== null && <Text text={got.text} route={route} language={info?.language || "nl"} />}
    </div>
  );
}

function Facts({ info: d }: { info: DocumentInfo }) {
  const { w } = useApp();
  const source = webLink(d.source_url);
  const rows: [string, string][] = [[w.publisher, d.publisher], [w.kind, d.kind], [w.date, d.date && day(w, d.date)], [w.dossier, d.dossier]];
  return (
    <dl class="facts">
      {rows.map(([name, value]) => value && <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      {source && <div><dt>{w.original}</dt><dd><Away href={source}>{source}</Away></dd></div>}
    </dl>
  );
}

function Text({ text, route, language }: { text: string; route: Props["route"]; language: string }) {
  const { w } = useApp();
  const asked = route.start !== null || route.end !== null;
  const mark = useMemo(
    () => asked ? units(text, whole(route.start), whole(route.end)) : null,
    [text, route.start, route.end],
  );
  const frame = useRef<HTMLDivElement>(null);
  const toQuote = () => {
    const quote = frame.current?.querySelector("mark");
    quote?.setAttribute("tabindex", "-1");
    quote?.focus({ preventScroll: true });
    quote?.scrollIntoView({ block: "center" });
  };
  useLayoutEffect(() => {
    if (mark) frame.current?.querySelector("mark")?.scrollIntoView({ block: "center" });
  }, [mark]);
  return (
    <>
      {asked && !mark && <p class="note unmarked">{w.notFound}</p>}
      {mark && <p><Button small onClick={toQuote}>{w.toQuote}</Button></p>}
      <div ref={frame}><SourceText text={text} mark={mark} language={language} scroll={false} /></div>
    </>
  );
}

/** whole reads a whole number, or NaN, which no span has. */
const whole = (s: string | null) => s !== null && /^\d+$/.test(s) ? Number(s) : NaN;
