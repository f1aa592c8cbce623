// Which documents a question was limited to.

import { useApp } from "../app-context.ts";
import type { Answer } from "../record.ts";
import { useTitles } from "../use-titles.ts";
import { Go } from "./basics.tsx";

const none: string[] = [];

/** useLimit is what an answer says of it outside this page, and the titles by id. */
export function useLimit({ filter }: Answer) {
  const { w } = useApp();
  const documents = filter?.documents ?? none;
  const titles = useTitles(documents);
  const known = documents.flatMap((id) => titles.get(id) ?? []);
  const count = w.chosenDocuments(documents.length);
  const [only] = documents.length === 1 ? known : [];
  const text = only ?? count + (known.length > 0 ? ` (${known.join("; ")})` : "");
  return { documents, titles, only, count, text: documents.length > 0 ? `${w.searchedIn} ${text}` : "" };
}

export function Limited({ answer }: { answer: Answer }) {
  const { w } = useApp();
  const { documents, titles, only, count, text } = useLimit(answer);
  if (documents.length === 0) return null;
  const link = (id: string) => <Go to={`documents/${encodeURIComponent(id)}`} lang="nl">{titles.get(id)}</Go>;
  const known = documents.filter((id) => titles.has(id));
  if (only || known.length === 0) return <p class="searched soft">{w.searchedIn} {only ? link(documents[0]!) : count}</p>;
  return (
    <>
      <details class="searched limited soft">
        <summary>{w.searchedIn} {count}</summary>
        <ul class="plain">{known.map((id) => <li key={id}>{link(id)}</li>)}</ul>
      </details>
      <p class="searched print-only">{text}</p>
    </>
  );
}
