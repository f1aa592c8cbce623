// The head of every view: name, ways around, language and display, and the line
// that says that this is an automatic system.

import { useApp } from "../app-context.ts";
import type { Info, Session } from "../record.ts";
import type { Theme } from "../settings.ts";
import { Button, Go } from "./basics.tsx";

interface Props {
  info: Info | null;
  session: Session | null;
  onSignOut(): void;
  view: string;
  otherLanguage: "nl" | "en";
  onLanguage(): void;
  theme: Theme;
  onTheme(t: Theme): void;
  /** onHistory opens the conversations where they aren't in view. */
  onHistory: (() => void) | null;
}

export function Header({ info, session, onSignOut, view, otherLanguage, onLanguage, theme, onTheme, onHistory }: Props) {
  const { w } = useApp();
  const signedOut = session !== null && session.methods.length > 0 && !session.signed_in;
  return (
    <header class="head">
      <div class="brand">
        <Go to="" class="name">{info?.name ?? "Bronwijzer"}</Go>
        {info && info.documents > 0 && <span class="soft">{w.documentCount(info.documents)}</span>}
      </div>
      <div class="ways">
        {onHistory && !signedOut && <Button small look="subtle" aria-haspopup="dialog" onClick={onHistory}>{w.conversations}</Button>}
        <Go to="documents" aria-current={view === "documents" ? "page" : undefined}>{w.documents}</Go>
        <label class="theme" title={w.theme}>
          <span class="hidden">{w.theme}</span>
          <select value={theme} onChange={(e) => onTheme(e.currentTarget.value as Theme)}>
            {(["system", "light", "dark"] as const).map((t) => <option key={t} value={t}>{w.themes[t]}</option>)}
          </select>
        </label>
        {session?.signed_in && session.methods.length > 0 && (
          <Button small look="subtle" title={session.name} onClick={onSignOut}>{w.signOut}</Button>
        )}
        <Button small look="subtle" lang={otherLanguage} onClick={onLanguage}>{w.otherLanguage}</Button>
      </div>
    </header>
  );
}

/** Notice is always in view (AI Act, article 50). */
export function Notice() {
  const { w } = useApp();
  return <aside class="notice" id="notice" aria-label={w.noticeLabel}>{w.notice}</aside>;
}
