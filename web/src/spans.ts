// Spans in code points and where they lie in JavaScript's strings, which count
// UTF-16 units: one emoji is one code point and two units.

/** Units is a stretch of a string: UTF-16 units, to exclusive. */
export interface Units {
  from: number;
  to: number;
}

/** unitAt is the index of the code point with that number; -1 past the end. */
export function unitAt(text: string, codePoint: number): number {
  if (!Number.isSafeInteger(codePoint) || codePoint < 0) return -1;
  let unit = 0;
  for (let n = 0; n < codePoint; n++) {
    if (unit >= text.length) return -1;
    unit += text.codePointAt(unit)! > 0xffff ? 2 : 1;
  }
  return unit;
}

/** units is where the code points [start, end) lie; null where they don't. */
export function units(text: string, start: number, end: number): Units | null {
  const from = unitAt(text, start);
  if (from < 0 || end <= start) return null;
  const length = unitAt(text.slice(from), end - start);
  return length < 0 ? null : { from, to: from + length };
}

/**
 * locate is where a quote lies, only if those very words stand there: what
 * can't be shown exactly isn't marked at all.
 */
export function locate(text: string, start: number, end: number, quote: string): Units | null {
  const found = units(text, start, end);
  return found && text.slice(found.from, found.to) === quote ? found : null;
}
