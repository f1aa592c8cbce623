// One document in the list.

import { day, useApp } from "../app-context.ts";
import type { DocumentInfo } from "../record.ts";
import { Go, memo, Meta } from "./basics.tsx";

interface Props {
  d: DocumentInfo;
  chosen: boolean;
  onToggle(id: string): void;
}

export const DocumentRow = memo(function DocumentRow({ d, chosen, onToggle }: Props) {
  const { w } = useApp();
  return (
    <li>
      <input type="checkbox" class="utrecht-checkbox utrecht-checkbox--html-input" checked={chosen} aria-label={w.choose(d.title)}
        onChange={() => onToggle(d.id)} />
      <div>
        <Go to={`documents/${encodeURIComponent(d.id)}`} lang={d.language || "nl"}>{d.title}</Go>
        <br />
        <Meta facts={[d.publisher, d.kind, d.date && day(w, d.date), d.dossier, w.characters(d.characters.toLocaleString(w.locale))]} />
      </div>
    </li>
  );
});
