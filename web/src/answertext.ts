// The text of an answer is plain: paragraphs, lists of "- " and "1. ", and
// markers [n]. This turns it into blocks; everything else stays characters.

/** Piece is a run of text, at its UTF-16 index in the answer, or a marker. */
export type Piece = { text: string; at: number } | { cite: number };

/** Block is a paragraph (one item) or a list. */
export interface Block {
  kind: "p" | "ul" | "ol";
  /** first is the number that an ordered list starts with. */
  first: number;
  items: Piece[][];
}

const marker = /\[(\d{1,4})\]/g;
const bullet = /^- /;
const numbered = /^(\d{1,9})\. /;

/**
 * parseAnswer cuts text into blocks. A marker that isn't known is text, so that
 * nothing looks like a source that has none.
 */
export function parseAnswer(text: string, known: (n: number) => boolean): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  let at = 0;
  for (const line of text.split("\n")) {
    const lineAt = at;
    at += line.length + 1;
    if (line.trim() === "") {
      open = null;
      continue;
    }
    const number = numbered.exec(line);
    const kind = bullet.test(line) ? "ul" : number ? "ol" : "p";
    const lead = kind === "ul" ? 2 : number ? number[0].length : 0;
    const content = pieces(line.slice(lead), lineAt + lead, known);
    if (open && open.kind === kind && kind === "p") {
      open.items[0]!.push({ text: "\n", at: lineAt - 1 }, ...content);
    } else if (open && open.kind === kind) {
      open.items.push(content);
    } else {
      open = { kind, first: number ? Number(number[1]) : 1, items: [content] };
      blocks.push(open);
    }
  }
  return blocks;
}

function pieces(line: string, at: number, known: (n: number) => boolean): Piece[] {
  const out: Piece[] = [];
  let done = 0;
  for (const m of line.matchAll(marker)) {
    const cite = Number(m[1]);
    if (!known(cite)) continue;
    if (m.index > done) out.push({ text: line.slice(done, m.index), at: at + done });
    out.push({ cite });
    done = m.index + m[0].length;
  }
  if (done < line.length) out.push({ text: line.slice(done), at: at + done });
  return out;
}

/** A longer word breaks before its marker: on a phone there isn't room for both. */
const lastWord = /\S{1,20} *$/u;

/**
 * runs are pieces that stay on one line: a marker goes with the word before it,
 * and with the markers around it, so that no line begins with one.
 */
export function runs(pieces: Piece[]): Piece[][] {
  const out: Piece[][] = [];
  for (const p of pieces) {
    const before = out.at(-1);
    const last = before?.[0];
    const marked = before?.some((b) => "cite" in b);
    const joins = marked && ("cite" in p || /^ +$/.test(p.text));
    const cut = "cite" in p && !marked && last && "text" in last ? last.text.search(lastWord) : -1;
    if (joins) before!.push(p);
    else if (cut < 0) out.push([p]);
    else {
      const { text, at } = last as { text: string; at: number };
      out.pop();
      if (cut > 0) out.push([{ text: text.slice(0, cut), at }]);
      out.push([{ text: text.slice(cut), at: at + cut }, p]);
    }
  }
  return out;
}
