// The one field: Enter sends, Shift+Enter breaks the line.

import { focusOn, useApp } from "../app-context.ts";
import { useTitles } from "../use-titles.ts";
import { Button, Go } from "./basics.tsx";

/** maxQuestion is what the server takes, in code points. */
const maxQuestion = 4000;

interface Props {
  value: string;
  onInput(text: string): void;
  busy: boolean;
  begun: boolean;
  onAsk(question: string): void;
  onStop(): void;
  scope: string[];
  onScope(documents: string[]): void;
}

export function AskForm({ value, onInput, busy, begun, onAsk, onStop, scope, onScope }: Props) {
  const { w, say } = useApp();
  const titles = useTitles(scope);
  const only = scope.length === 1 ? titles.get(scope[0]!) : undefined;
  const over = [...value.trim()].length - maxQuestion;
  const submit = (e: Event) => {
    e.preventDefault();
    if (over > 0) say(w.tooLong(over));
    else if (!busy && value.trim() !== "") onAsk(value.trim());
  };
  const key = (e: KeyboardEvent) => {
    if (e.key === "Enter" && !e.shiftKey && !e.isComposing) submit(e);
  };
  return (
    <form class="ask" onSubmit={submit}>
      <label class="utrecht-form-label" for="question">{begun ? w.followUpLabel : w.askLabel}</label>
      <div class="ask-row">
        <textarea id="question" class="utrecht-textarea utrecht-textarea--html-textarea" rows={1} value={value}
          aria-describedby="ask-keys ask-length" aria-invalid={over > 0} autocomplete="off" onKeyDown={key} onInput={(e) => onInput(e.currentTarget.value)} />
        {busy
          ? <Button key="stop" onClick={onStop}>{w.stop}</Button>
          : <Button key="ask" look="primary" type="submit">{w.ask}</Button>}
      </div>
      <p class="note" id="ask-length" hidden={over <= 0}>{over > 0 && w.tooLong(over)}</p>
      <p class="scope soft">
        <span id="ask-keys" class="hidden">{w.askKeys}</span>
        {scope.length === 0 ? w.scopeAll : <>{w.scopeIn} {only ? <span class="only" lang="nl" title={only}>{only}</span> : w.chosenDocuments(scope.length)}</>}
        {"\u00a0· "}<Go to="documents">{scope.length === 0 ? w.limit : w.change}</Go>
        {scope.length > 0 && <>{"\u00a0· "}<button type="button" class="link-button" onClick={() => { onScope([]); focusOn("question"); }}>{w.searchAll}</button></>}
      </p>
    </form>
  );
}
