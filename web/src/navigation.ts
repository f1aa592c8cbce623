// The address bar: which view it names, and going to another without a reload.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { focusOn } from "./app-context.ts";
import { keepPlace, placeAgain } from "./place.ts";
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
  go(path: string, focus?: string): void;
  /** settle gives the view that is shown its lasting address. */
  settle(path: string): void;
}

export function useNavigation(): Navigation {
  const [at, setAt] = useState(() => ({ path: here(), key: 0, focus: [] as string[] }));
  const shown = useRef(at.path);

  useEffect(() => {
    const arrive = () => {
      if (here() === shown.current) return; // only a source was opened or closed
      shown.current = here();
      scrollTo(0, 0);
      setAt((old) => ({ path: shown.current, key: old.key + 1, focus: ["source", "question", "view"] }));
    };
    history.scrollRestoration = "manual";
    addEventListener("popstate", arrive);
    addEventListener("pagehide", keepPlace);
    return () => {
      removeEventListener("popstate", arrive);
      removeEventListener("pagehide", keepPlace);
    };
  }, []);
  // A reader who went somewhere begins at its heading, or at what they went there
  // for; who came back is where they were.
  useLayoutEffect(() => {
    focusOn(...at.focus);
    return placeAgain();
  }, [at.key]);

  const go = useCallback((path: string, focus = "view") => {
    keepPlace();
    history.pushState(null, "", base + path);
    scrollTo(0, 0);
    shown.current = path;
    setAt((old) => ({ path, key: old.key + 1, focus: [focus] }));
  }, []);
  const settle = useCallback((path: string) => {
    if (shown.current === path) return;
    history.replaceState(history.state, "", base + path);
    shown.current = path;
    setAt((old) => ({ ...old, path }));
  }, []);
  return { route: parseRoute(at.path), key: at.key, go, settle };
}
