// The smallest parts: buttons, links and messages in the design system's
// classes.

import { Component, h, type ComponentChildren, type ComponentType, type JSX, type Ref } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Failure } from "../api.ts";
import { focusOn, useApp } from "../app-context.ts";

type ButtonProps = JSX.IntrinsicElements["button"] & { look?: "primary" | "secondary" | "subtle"; small?: boolean };

export function Button({ look = "secondary", small, class: extra, ...rest }: ButtonProps) {
  const classes = ["nl-button", `nl-button--${look}`, small && "small", extra].filter(Boolean).join(" ");
  return <button type="button" {...rest} class={classes} />;
}

interface GoProps {
  to: string;
  /** focus is the id of what gets the focus there, if not the heading. */
  focus?: string;
  /** onGo is called before a plain click leads there. */
  onGo?: () => void;
  id?: string;
  class?: string;
  lang?: string;
  "aria-current"?: "page" | undefined;
  children: ComponentChildren;
}

/** Go is a link inside the app: an ordinary one for everything but a plain click. */
export function Go({ to, focus, onGo, children, class: look = "nl-link", ...rest }: GoProps) {
  const { go } = useApp();
  const click = (e: MouseEvent) => {
    if (e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    onGo?.();
    go(to, focus);
  };
  return <a {...rest} class={look} href={to || "./"} onClick={click}>{children}</a>;
}

/** Away is a link to another site; it takes nothing along. */
export function Away({ href, children }: { href: string; children: ComponentChildren }) {
  const { w } = useApp();
  return (
    <a class="nl-link" href={href} target="_blank" rel="noopener noreferrer">
      {children}<span class="hidden"> ({w.newWindow})</span>
    </a>
  );
}

interface AlertProps {
  type: "info" | "warning" | "error";
  id?: string | undefined;
  box?: Ref<HTMLDivElement>;
  children: ComponentChildren;
}

export function Alert({ type, id, box, children }: AlertProps) {
  return (
    <div id={id} ref={box ?? null} class={`utrecht-alert utrecht-alert--${type}`}>
      <div class="utrecht-alert__content"><div class="utrecht-alert__message">{children}</div></div>
    </div>
  );
}

interface FailedProps {
  failure: Failure;
  id?: string;
  /** kept: the question stands in the field again. */
  kept?: boolean;
  retry?: (() => void) | undefined;
}

/** Failed says what went wrong, to a screen reader too, and offers the way out. */
export function Failed({ failure, id, kept, retry }: FailedProps) {
  const { w, say } = useApp();
  const box = useRef<HTMLDivElement>(null);
  const known = w.errors[failure.code];
  const advice = [failure.retryAfter > 0 && w.wait(failure.retryAfter), kept && w.questionKept].filter(Boolean).join(" ");
  useEffect(() => say(`${w.failedTitle}. ${known ?? failure.message} ${advice}`), [failure]);
  // Who pressed a button in it goes on where they were.
  useLayoutEffect(() => () => {
    if (!box.current?.contains(document.activeElement)) return;
    requestAnimationFrame(() => document.activeElement === document.body && focusOn("question", "view"));
  }, []);
  return (
    <Alert type="error" id={id} box={box}>
      <p class="nl-paragraph">
        <strong>{w.failedTitle}.</strong> {known ?? <span lang="nl">{failure.message}</span>} {advice}
      </p>
      {failure.requestID && <p class="nl-paragraph soft">{w.requestID(failure.requestID)}</p>}
      {retry && <div><Button small onClick={retry}>{w.retry}</Button></div>}
    </Alert>
  );
}

/** Meta is a line of facts with dots between them; what is empty is left out. */
export function Meta({ facts }: { facts: (string | false | null)[] }) {
  return <span class="soft">{facts.filter(Boolean).join(" · ")}</span>;
}

/** memo renders a part again only when one of its properties is another. */
export function memo<P extends object>(part: ComponentType<P>): ComponentType<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P) {
      const old = this.props as Record<string, unknown>;
      return Object.entries(next).some(([k, v]) => k !== "children" && old[k] !== v);
    }
    override render() {
      return h(part as ComponentType<object>, this.props);
    }
  };
}
