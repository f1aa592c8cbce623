// A modal dialog: the browser keeps focus inside and gives it back.

import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "../app-context.ts";
import { Button } from "./basics.tsx";

interface Props {
  title: string;
  class?: string;
  onClose(): void;
  children: ComponentChildren;
}

export function Dialog({ title, class: extra = "", onClose, children }: Props) {
  const id = useId();
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.showModal();
    // While the dialog stands, what is behind it can't take the focus.
    return () => requestAnimationFrame(() => before?.isConnected && before.focus());
  }, []);
  return (
    <dialog class={`dialog ${extra}`} ref={box} aria-labelledby={id} onClose={onClose} onCancel={onClose}>
      <h2 class="nl-heading nl-heading--level-3" id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

/** Confirm asks before something that can't be undone. */
export function Confirm({ title, question, action, onYes, onClose }:
  { title: string; question: string; action: string; onYes(): void; onClose(): void }) {
  const { w } = useApp();
  return (
    <Dialog title={title} onClose={onClose}>
      <p class="nl-paragraph">{question}</p>
      <div class="tools">
        <Button onClick={onClose}>{w.cancel}</Button>
        <Button look="primary" class="nl-button--negative" onClick={onYes}>{action}</Button>
      </div>
    </Dialog>
  );
}
