// What a reader chose for this browser: language and display. It is kept here
// and told to nobody.

import { useEffect, useState } from "preact/hooks";

export type Language = "nl" | "en";
export type Theme = "system" | "light" | "dark";

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing still works, until it is closed.
  }
}

function useSetting<T extends string>(key: string, allowed: readonly T[], show: (value: T) => void) {
  const [value, set] = useState<T>(() => allowed.find((a) => a === kept(key)) ?? allowed[0]!);
  useEffect(() => show(value), [value]);
  return [value, (v: T) => { keep(key, v); set(v); }] as const;
}

export const useLanguage = () =>
  useSetting<Language>("bronwijzer.language", ["nl", "en"], (v) => { document.documentElement.lang = v; });

export const useTheme = () =>
  useSetting<Theme>("bronwijzer.theme", ["system", "light", "dark"], (v) => { document.documentElement.dataset.theme = v; });
