// What a new conversation begins with: what this is, and questions to try.

import { useApp } from "../app-context.ts";
import type { Failure } from "../api.ts";
import type { Info } from "../record.ts";
import { Button, Failed } from "./basics.tsx";

interface Props {
  info: Info | null;
  failed: Failure | null;
  onRetry(): void;
  onAsk(question: string): void;
}

export function Welcome({ info, failed, onRetry, onAsk }: Props) {
  const { w } = useApp();
  if (!info) return failed && <Failed failure={failed} retry={onRetry} />;
  return (
    <div class="welcome">
      <p class="nl-paragraph nl-paragraph--lead">{w.intro(info.documents)}</p>
      {info.documents > 0 && info.example_questions.length > 0 && (
        <>
          <h2 class="nl-heading nl-heading--level-2">{w.examples}</h2>
          <ul class="plain examples" lang="nl">
            {info.example_questions.map((q) => <li key={q}><Button onClick={() => onAsk(q)}>{q}</Button></li>)}
          </ul>
        </>
      )}
    </div>
  );
}
