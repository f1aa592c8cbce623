// Who the reader is: asked for where the server wants to know.

import { useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { getSession, onSignedOut, signIn, signOut, type Failure } from "./api.ts";
import { useApp } from "./app-context.ts";
import { asFailure } from "./chat-state.ts";
import { Button, Failed } from "./parts/basics.tsx";
import type { Session } from "./record.ts";

export interface SignedIn {
  session: Session | null;
  /** failure is why it isn't known yet; ask asks again. */
  failure: Failure | null;
  ask(): void;
  /** asked: nobody is signed in, and somebody has to be; first: nobody was yet. */
  asked: boolean;
  first: boolean;
  /** since counts sign-ins: what was read before may be another's. */
  since: number;
  enter(s: Session): void;
  leave(): void;
}

/** useSession follows who is signed in. */
export function useSession(): SignedIn {
  const [session, setSession] = useState<Session | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [since, setSince] = useState(0);
  const name = useRef<string | null>(null);
  const known = useCallback((s: Session) => {
    setSession(s);
    if (s.signed_in) name.current ??= s.name;
  }, []);
  const ask = useCallback(() => void getSession().then(known, (e: unknown) => setFailure(asFailure(e))), []);
  useEffect(() => {
    onSignedOut(ask);
    ask();
  }, []);
  const enter = (s: Session) => {
    // Somebody else: nothing of the one before may stay in view.
    if (name.current !== null && name.current !== s.name) return location.reload();
    known(s);
    setSince((n) => n + 1);
  };
  const leave = () => void signOut().then(
    ({ sign_out_url }) => location.assign(sign_out_url || document.baseURI),
    () => location.reload(),
  );
  const asked = session !== null && session.methods.length > 0 && !session.signed_in;
  return { session, failure, ask, asked, first: asked && name.current === null, since, enter, leave };
}

/** SignInView lets the reader in, by what the server takes. */
export function SignInView({ methods, onEnter }: { methods: string[]; onEnter(s: Session): void }) {
  const { w } = useApp();
  const [failure, setFailure] = useState<Failure | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useLayoutEffect(() => heading.current?.focus(), []);
  const submit = (e: Event) => {
    e.preventDefault();
    setFailure(null);
    signIn(field.current!.value.trim()).then(onEnter, (e: unknown) => {
      setFailure(asFailure(e));
      field.current?.focus();
    });
  };
  const here = location.pathname + location.search;
  return (
    <div class="page sign-in">
      <h1 class="nl-heading nl-heading--level-1" ref={heading} tabIndex={-1}>{w.signInTitle}</h1>
      <p class="nl-paragraph">{w.signInIntro}</p>
      {methods.includes("oidc") && (
        <p class="nl-paragraph"><a class="nl-button nl-button--primary" href={`sign-in?to=${encodeURIComponent(here)}`}>{w.signIn}</a></p>
      )}
      {methods.includes("key") && (
        <form onSubmit={submit}>
          <label class="utrecht-form-label" for={id}>{w.key}</label>
          <input id={id} ref={field} type="password" autocomplete="off" required class="utrecht-textbox utrecht-textbox--html-input"
            aria-invalid={failure?.code === "invalid_credentials" || undefined} aria-describedby={failure ? `${id}-failure` : undefined} />
          <Button type="submit" look={methods.includes("oidc") ? "secondary" : "primary"}>{w.signInWithKey}</Button>
        </form>
      )}
      {failure && <Failed id={`${id}-failure`} failure={failure} />}
    </div>
  );
}
