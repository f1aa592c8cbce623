// What every part may need of the app around it.

import { createContext } from "preact";
import { useContext, useEffect } from "preact/hooks";
import type { Answer } from "./record.ts";
import { nl, type Words } from "./words.nl.ts";

export interface App {
  w: Words;
  /** maker is how this server makes answers, for those that it hasn't told about yet. */
  maker: Pick<Answer, "mode" | "model">;
  /** notice ends the notice of every answer; what is before it is about that one. */
  notice: string;
  /** go opens a path of this app, see route.ts, with the focus on its heading or on what has that id. */
  go(path: string, focus?: string): void;
  /** settle gives the view that is shown another address. */
  settle(path: string): void;
  /** say tells a screen reader something, politely and once. */
  say(text: string): void;
}

export const AppContext = createContext<App>({
  w: nl, maker: { mode: "extractive", model: "" }, notice: "", go: () => {}, settle: () => {}, say: () => {},
});

export const useApp = () => useContext(AppContext);

/** useTitle names the view in the browser's tab and history. */
export function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · Bronwijzer`;
  }, [title]);
}

/** focusOn moves the focus where it would be lost with what had it: to the first of these that is there. */
export const focusOn = (...ids: string[]) =>
  ids.map((id) => document.getElementById(id)).find((e) => e !== null)?.focus({ preventScroll: true });

/** day writes 2023-10-18 as a reader does. */
export function day(w: Words, iso: string): string {
  const date = new Date(iso + "T00:00:00Z");
  return Number.isNaN(date.valueOf()) ? iso : date.toLocaleDateString(w.locale, { dateStyle: "long", timeZone: "UTC" });
}

/** moment writes a time stamp: the time today, else the day. */
export function moment(w: Words, stamp: string): string {
  const date = new Date(stamp);
  const today = date.toDateString() === new Date().toDateString();
  return today ? date.toLocaleTimeString(w.locale, { timeStyle: "short" }) : date.toLocaleDateString(w.locale, { dateStyle: "medium" });
}
