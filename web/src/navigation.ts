// The address bar: which view it names, and going to another without a reload.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { parseRoute, type Route } from "./route.ts";

const base = new URL(".", document.baseURI).pathname;

/** here is the path below the page's base, as route.ts reads it. */
function here(): string {
  const path = location.pathname.startsWith(base) ? location.pathname.slice(base.length) : "";
  return path + location.search;
}

export interface Navigation {
  route: Route;
  /** key is another one for every view that is gone to, so that it begins anew. */
  key: number;
  go(path: string): void;
  /** settle gives the view that is shown its lasting address. */
  settle(path: string): void;
}

export function useNavigation(): Navigation {
  const [at, setAt] = useState(() => ({ path: here(), key: 0 }));
  const shown = useRef(at.path);

  const arrive = useCallback(() => {
    if (here() === shown.current) return; // only a source was opened or closed
    shown.current = here();
    setAt((old) => ({ path: shown.current, key: old.key + 1 }));
  }, []);
  useEffect(() => {
    // A source that was open before a reload isn't open any more.
    history.replaceState(null, "");
    addEventListener("popstate", arrive);
    return () => removeEventListener("popstate", arrive);
  }, []);
  // A reader who went somewhere begins at its heading.
  useEffect(() => {
    if (at.key === 0) return;
    scrollTo(0, 0);
    document.getElementById("view")?.focus({ preventScroll: true });
  }, [at.key]);

  const go = useCallback((path: string) => {
    history.pushState(null, "", base + path);
    shown.current = path;
    setAt((old) => ({ path, key: old.key + 1 }));
  }, []);
  const settle = useCallback((path: string) => {
    if (shown.current === path) return;
    history.replaceState(history.state, "", base + path);
    shown.current = path;
    setAt((old) => ({ ...old, path }));
  }, []);
  return { route: parseRoute(at.path), key: at.key, go, settle };
}
