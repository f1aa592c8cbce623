// The frame of every view: which one is shown, and what they share.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { AnswerView } from "./answer-page.tsx";
import { getInfo, type Failure } from "./api.ts";
import { AppContext, focusOn, useApp, useTitle, type App as Context } from "./app-context.ts";
import { asFailure } from "./chat-state.ts";
import { ChatView } from "./chat.tsx";
import { Conversations } from "./conversations.ts";
import { DocumentsView } from "./documents.tsx";
import { DocumentView } from "./document.tsx";
import { useNavigation } from "./navigation.ts";
import { Button, Failed, Go } from "./parts/basics.tsx";
import { Dialog } from "./parts/dialog.tsx";
import { Header, Notice } from "./parts/header.tsx";
import { History } from "./parts/history.tsx";
import type { Info } from "./record.ts";
import { useLanguage, useTheme } from "./settings.ts";
import { SignInView, useSession } from "./sign-in.tsx";
import { useMedia } from "./use-media.ts";
import { en } from "./words.en.ts";
import { nl } from "./words.nl.ts";

export function App() {
  const [language, setLanguage] = useLanguage();
  const [theme, setTheme] = useTheme();
  const w = language === "nl" ? nl : en;
  const nav = useNavigation();
  const who = useSession();
  const [said, setSaid] = useState("");
  const [changed, setChanged] = useState(0);
  const [conversations] = useState(() => new Conversations(() => setChanged((n) => n + 1)));
  const [listOpen, setListOpen] = useState(false);
  const wide = useMedia("(min-width: 64rem)");
  const { info, infoFailed, readInfo } = useInfo(changed + who.since);
  const back = useRef("");
  const { route } = nav;
  if (route.view === "chat") back.current = route.id;
  // The conversation that is in view, or that a reader of documents returns to.
  const talk = conversations.at(back.current);
  const toTalk = back.current && `c/${back.current}`;

  // The same words twice are said twice: a space makes them differ.
  const say = useCallback((text: string) => setSaid((old) => old === text ? text + "\u00a0" : text), []);
  const context = useMemo<Context>(() => ({
    w, maker: { mode: info?.mode ?? "extractive", model: info?.model ?? "" }, notice: info?.notice ?? "", go: nav.go, settle: nav.settle, say,
  }), [w, info?.mode, info?.model, info?.notice]);
  // What has got an id has an address.
  const { id } = talk.state;
  useEffect(() => {
    if (route.view === "chat" && id !== "") nav.settle(`c/${id}`);
  }, [nav.key, id]);
  const gone = (conversation: string) => {
    conversations.forget(conversation);
    if (conversation === "" || (route.view === "chat" && route.id === conversation)) nav.go("");
  };
  const history = <History current={route.view === "chat" ? route.id : ""} changed={changed + who.since} onNew={() => conversations.begin()} onGone={gone} />;
  useEffect(() => setListOpen(false), [nav.key]);
  // What a reader signed in with is gone: on to what they came for.
  const barred = useRef(false);
  if (who.asked) barred.current = true;
  useEffect(() => {
    if (who.asked || !barred.current) return;
    barred.current = false;
    focusOn("question", "view");
  }, [who.asked]);

  return (
    <AppContext.Provider value={context}>
      <SkipLinks ask={route.view === "chat" && who.session !== null && !who.asked} />
      <Header info={info} session={who.session} onSignOut={who.leave} view={route.view} otherLanguage={language === "nl" ? "en" : "nl"}
        onLanguage={() => setLanguage(language === "nl" ? "en" : "nl")} theme={theme} onTheme={setTheme}
        onHistory={wide ? null : () => setListOpen(true)} />
      <Notice />
      <div class="layout">
        {wide && who.session && !who.asked && history}
        {who.asked && <main id="main" tabIndex={-1}><SignInView methods={who.session!.methods} onEnter={who.enter} /></main>}
        {!who.session && who.failure && <Unknown failure={who.failure} onRetry={() => { who.ask(); readInfo(); }} />}
        {/* Whoever has to sign in first has nothing in view yet; whose session ended finds everything as it was. */}
        {who.session && !who.first && <main id={who.asked ? undefined : "main"} hidden={who.asked} tabIndex={-1}>
          {route.view === "chat" && (
            <ChatView key={nav.key} conversation={talk} info={info} infoFailed={infoFailed} onInfo={readInfo} />
          )}
          {route.view === "answer" && <AnswerView key={nav.key} id={route.id} shared={route.shared} />}
          {route.view === "documents" && <DocumentsView key={nav.key} search={route.search} conversation={talk} back={toTalk} />}
          {route.view === "document" && (
            <DocumentView key={nav.key} route={route} onAsk={(d) => { talk.set({ scope: [d] }); nav.go(toTalk, "question"); }} />
          )}
          {route.view === "missing" && <Missing />}
        </main>}
      </div>
      {listOpen && !wide && <Dialog title={w.conversations} class="drawer" onClose={() => setListOpen(false)}>
        <Button small look="subtle" class="drawer-close" onClick={() => setListOpen(false)}>{w.close}</Button>
        {history}
      </Dialog>}
      <div role="status" class="hidden">{said}</div>
    </AppContext.Provider>
  );
}

function Missing() {
  const { w } = useApp();
  useTitle(w.missing);
  return <div class="page"><h1 class="nl-heading nl-heading--level-1" id="view" tabIndex={-1}>{w.missing}</h1><Go to="">{w.ownQuestion}</Go></div>;
}

/** useInfo reads what the server says of itself, again when changed is another. */
function useInfo(changed: number) {
  const [info, setInfo] = useState<Info | null>(null);
  const [infoFailed, setInfoFailed] = useState<Failure | null>(null);
  const readInfo = useCallback(() => {
    getInfo().then((i) => {
      setInfo(i);
      setInfoFailed(null);
    }, (e: unknown) => setInfoFailed(asFailure(e)));
  }, []);
  useEffect(readInfo, [changed]);
  return { info, infoFailed, readInfo };
}

/** Unknown stands where the view would be while it isn't known who may see it. */
function Unknown({ failure, onRetry }: { failure: Failure; onRetry(): void }) {
  const { w } = useApp();
  useTitle(w.failedTitle);
  return (
    <main id="main" tabIndex={-1}>
      <div class="page"><h1 class="nl-heading nl-heading--level-1" id="view" tabIndex={-1}>{w.chatTitle}</h1><Failed failure={failure} retry={onRetry} /></div>
    </main>
  );
}

/** SkipLinks can't be plain fragments: those would follow the page's base. */
function SkipLinks({ ask }: { ask: boolean }) {
  const { w } = useApp();
  const to = (id: string) => (e: Event) => {
    e.preventDefault();
    document.getElementById(id)?.focus();
  };
  const here = location.pathname + location.search;
  return (
    <>
      <a class="nl-skip-link" href={`${here}#main`} onClick={to("main")}>{w.skipToMain}</a>
      {ask && <a class="nl-skip-link" href={`${here}#question`} onClick={to("question")}>{w.skipToAsk}</a>}
    </>
  );
}
