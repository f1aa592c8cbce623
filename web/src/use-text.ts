// Texts of documents. A version never changes, so each is read once.

import { useEffect, useState } from "preact/hooks";
import { Failure, getText } from "./api.ts";
import { asFailure } from "./chat-state.ts";

const kept = new Map<string, Promise<string>>();
const keptMax = 20;

function read(document: string, version: string): Promise<string> {
  const key = `${document} ${version}`;
  let text = kept.get(key);
  if (!text) {
    text = getText(document, version);
    text.catch(() => kept.delete(key));
    if (kept.size >= keptMax) kept.delete(kept.keys().next().value!);
    kept.set(key, text);
  }
  return text;
}

/** useText reads a text; another attempt reads it again after a failure. */
export function useText(document: string, version: string, attempt: number) {
  const [got, setGot] = useState<{ text: string | null; failure: Failure | null }>({ text: null, failure: null });
  useEffect(() => {
    let here = true;
    setGot({ text: null, failure: null });
    if (!version) return;
    read(document, version).then(
      (text) => here && setGot({ text, failure: null }),
      (e: unknown) => here && setGot({ text: null, failure: asFailure(e) }),
    );
    return () => void (here = false);
  }, [document, version, attempt]);
  return got;
}
