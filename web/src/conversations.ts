// The conversations that this page has shown. One goes on while another view is
// in sight; only a new one ends what is being made.

import { Conversation } from "./chat-state.ts";

export class Conversations {
  private fresh: Conversation;
  private readonly known = new Map<string, Conversation>();

  /** changed is called when there is an answer more, somewhere. */
  constructor(private readonly changed: () => void) {
    this.fresh = this.make("");
  }

  /** at is the conversation at an address; "" is the address of what has no id yet. */
  at(id: string): Conversation {
    if (id === "") return this.fresh;
    // What began at "" and is looked for under its id leaves that place to the next.
    if (id === this.fresh.state.id) this.fresh = this.make("");
    return this.known.get(id) ?? this.make(id);
  }

  /** begin makes place for a new one. */
  begin() {
    for (const c of [this.fresh, ...this.known.values()]) c.stop();
    this.fresh = this.make("");
  }

  /** forget ends one that was deleted, or with "" all. */
  forget(id: string) {
    for (const [key, c] of this.known) {
      if (id !== "" && id !== key) continue;
      c.stop();
      this.known.delete(key);
      if (c === this.fresh) this.fresh = this.make("");
    }
  }

  private make(id: string): Conversation {
    const c = new Conversation(id, () => {
      this.known.set(c.state.id, c);
      this.changed();
    });
    if (id) this.known.set(id, c);
    return c;
  }
}
