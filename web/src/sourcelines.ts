// A source is shown as its own characters. This says only how each stretch of
// lines looks; joined, the stretches are the text again, character for
// character, so every span keeps fitting.

import type { Units } from "./spans.ts";

export interface Stretch extends Units {
  kind: "text" | "heading" | "item" | "blank";
}

const item = /^\s*(?:[-*•–▪]|\d{1,3}[.)]|[a-z][.)])\s/;
const markdownHeading = /^#{1,6}\s/;
const sentenceEnd = /[.,;:?!…)»”"’]$/;

/** Lines of this length were broken by a typesetter and flow on. */
const wrapped = { min: 60, max: 130 };
/** A text was typeset when it has at least so many such lines for a longer one. */
const wrappedRatio = 5;
/** A row of a table has bars between its cells, and stands by itself. */
const row = / \| /;
const lower = /^\p{Ll}/u;
const capital = /^\p{Lu}/u;
const headingMax = 90;

/** stretches cuts text at its lines, and joins lines that were broken. */
export function stretches(text: string): Stretch[] {
  const out: Stretch[] = [];
  let flows = false;
  let titled = false; // the last line is a numbered title
  let unended = false; // the last line doesn't end a sentence
  let afterBlank = true;
  const typeset = isTypeset(text);
  for (const line of eachLine(text)) {
    const words = text.slice(line.from, line.to).trim();
    const last = out[out.length - 1];
    if (words === "") {
      if (last?.kind === "blank") last.to = line.to;
      else out.push({ ...line, kind: "blank" });
      flows = unended = false;
      afterBlank = true;
      continue;
    }
    const isItem = item.test(words + " ");
    const isRow = row.test(words);
    const joins = !isRow && (flows || (unended && lower.test(words)));
    if (last && joins && !isItem && !(titled && capital.test(words))) {
      last.to = line.to;
      if (last.kind === "heading") last.kind = "text";
    } else out.push({ ...line, kind: !isRow && isHeading(words, afterBlank) ? "heading" : isItem ? "item" : "text" });
    flows = typeset && !isRow && isWrapped(words.length);
    titled = isItem && !sentenceEnd.test(words.replace(/\)$/, ""));
    unended = !isRow && !sentenceEnd.test(words) && !markdownHeading.test(words);
    afterBlank = false;
  }
  return out;
}

const isWrapped = (length: number) => length >= wrapped.min && length <= wrapped.max;

/** isTypeset: lines end where the page did, not the paragraph. */
function isTypeset(text: string): boolean {
  let broken = 0;
  let whole = 0;
  for (const { from, to } of eachLine(text)) {
    if (isWrapped(to - from)) broken++;
    else if (to - from > wrapped.max) whole++;
  }
  return broken >= wrappedRatio * whole;
}

/** isHeading: a short line of its own that doesn't end as a sentence does. */
function isHeading(words: string, afterBlank: boolean): boolean {
  if (markdownHeading.test(words)) return true;
  return afterBlank && words.length <= headingMax && !sentenceEnd.test(words) && !item.test(words + " ");
}

function* eachLine(text: string): Generator<Units> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end + 1;
    yield { from, to };
    from = to;
  }
}

/** Part is a piece of a stretch, inside or outside the mark. */
export interface Part {
  text: string;
  marked: boolean;
}

/** parts cuts one stretch at the mark, if they meet. */
export function parts(text: string, s: Units, mark: Units | null): Part[] {
  const from = mark ? Math.min(Math.max(mark.from, s.from), s.to) : s.to;
  const to = mark ? Math.max(Math.min(mark.to, s.to), from) : s.to;
  return [
    { text: text.slice(s.from, from), marked: false },
    { text: text.slice(from, to), marked: true },
    { text: text.slice(to, s.to), marked: false },
  ].filter((p) => p.text !== "");
}
