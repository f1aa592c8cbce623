// The reader's conversations, as the server keeps them: find, rename, delete.

import { useEffect, useState } from "preact/hooks";
import { getConversations, remove, removeAll, rename, type Failure } from "../api.ts";
import { focusOn, moment, useApp } from "../app-context.ts";
import { asFailure } from "../chat-state.ts";
import { folded } from "../fold.ts";
import type { ConversationHead } from "../record.ts";
import { Button, Failed, Go } from "./basics.tsx";
import { Confirm, Dialog } from "./dialog.tsx";

interface Props {
  /** current is the conversation that is open; changed counts what may have changed the list. */
  current: string;
  changed: number;
  onNew(): void;
  onGone(conversation: string): void;
}

type Doing = { what: "rename" | "remove"; c: ConversationHead } | { what: "removeAll" } | null;

export function History({ current, changed, onNew, onGone }: Props) {
  const { w, say } = useApp();
  const [list, setList] = useState<ConversationHead[] | null>(null);
  const [total, setTotal] = useState(0);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [find, setFind] = useState("");
  const [doing, setDoing] = useState<Doing>(null);

  const load = async (page: number) => {
    try {
      const got = await getConversations(page);
      setList((old) => page === 1 ? got.conversations : [...old ?? [], ...got.conversations]);
      setTotal(got.total);
      setFailure(null);
    } catch (e) {
      setFailure(asFailure(e));
    }
  };
  useEffect(() => void load(1), [changed]);

  /** act does what was asked and goes on at an entry, or at the top where that is gone. */
  const act = async (work: Promise<unknown>, done: string, entry = "") => {
    setDoing(null);
    setFailure(null);
    try {
      await work;
      say(done);
      await load(1);
    } catch (e) {
      setFailure(asFailure(e));
      return false;
    } finally {
      focusOn(entryId(entry), "new");
    }
    return true;
  };
  const gone = async (c: string) => {
    const at = shown.findIndex((s) => s.id === c);
    if (await act(c ? remove(c) : removeAll(), w.removed, (shown[at + 1] ?? shown[at - 1])?.id)) onGone(c);
  };

  const shown = (list ?? []).filter((c) => folded(c.title).includes(folded(find)));
  return (
    <nav class="history" aria-label={w.conversations}>
      <Go to="" id="new" onGo={onNew} class="nl-button nl-button--secondary new">{w.newConversation}</Go>
      {list && list.length > 0 && (
        <input type="search" class="utrecht-textbox utrecht-textbox--html-input" aria-label={w.searchTitles} placeholder={w.searchTitles}
          value={find} onInput={(e) => setFind(e.currentTarget.value)} />
      )}
      {failure && <Failed failure={failure} retry={() => load(1)} />}
      {list && shown.length === 0 && <p class="soft">{find ? w.noMatches : w.noConversations}</p>}
      <ul class="plain conversations">
        {shown.map((c) => (
          <Entry key={c.id} c={c} current={c.id === current} onRename={() => setDoing({ what: "rename", c })}
            onRemove={() => setDoing({ what: "remove", c })} />
        ))}
      </ul>
      {list && list.length < total && <Button small onClick={() => load(Math.floor(list.length / 200) + 1)}>{w.more}</Button>}
      {list && list.length > 0 && <Button small look="subtle" onClick={() => setDoing({ what: "removeAll" })}>{w.removeAll}</Button>}
      {doing?.what === "rename" && (
        <Rename title={doing.c.title} onClose={() => setDoing(null)} onSave={(title) => act(rename(doing.c.id, title), w.renamed, doing.c.id)} />
      )}
      {doing?.what === "remove" && (
        <Confirm title={w.remove} question={w.removeAsk(doing.c.title)} action={w.remove} onClose={() => setDoing(null)} onYes={() => gone(doing.c.id)} />
      )}
      {doing?.what === "removeAll" && (
        <Confirm title={w.removeAll} question={w.removeAllAsk} action={w.removeAll} onClose={() => setDoing(null)} onYes={() => gone("")} />
      )}
    </nav>
  );
}

const entryId = (conversation: string) => `entry-${conversation}`;

function Entry({ c, current, onRename, onRemove }: { c: ConversationHead; current: boolean; onRename(): void; onRemove(): void }) {
  const { w } = useApp();
  return (
    <li class={current ? "current" : ""}>
      <Go to={`c/${c.id}`} id={entryId(c.id)} class="entry" aria-current={current ? "page" : undefined}>
        <span lang="nl">{c.title}</span>
        <small class="soft">{moment(w, c.updated_at)} · {w.questions(c.answers)}</small>
      </Go>
      <span class="entry-tools">
        <Button small look="subtle" aria-label={w.renameOf(c.title)} onClick={onRename}>{w.rename}</Button>
        <Button small look="subtle" aria-label={w.removeOf(c.title)} onClick={onRemove}>{w.remove}</Button>
      </span>
    </li>
  );
}

/** maxTitle is what the server takes, in code points. */
const maxTitle = 200;

function Rename({ title, onSave, onClose }: { title: string; onSave(title: string): void; onClose(): void }) {
  const { w } = useApp();
  const [value, setValue] = useState(title);
  const submit = (e: Event) => {
    e.preventDefault();
    if (value.trim() !== "") onSave(value.trim());
  };
  return (
    <Dialog title={w.rename} onClose={onClose}>
      <form onSubmit={submit}>
        <label class="utrecht-form-label" for="new-title">{w.newTitle}</label>
        <input id="new-title" class="utrecht-textbox utrecht-textbox--html-input" maxLength={maxTitle} required value={value}
          onInput={(e) => setValue(e.currentTarget.value)} />
        <div class="tools">
          <Button onClick={onClose}>{w.cancel}</Button>
          <Button look="primary" type="submit">{w.save}</Button>
        </div>
      </form>
    </Dialog>
  );
}
