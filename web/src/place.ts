// Where a reader is on a page, kept in the browser's history beside its address:
// how far down, and which source is open (see open-source.ts).

/** area is what scrolls on a wide screen; on a narrow one the page does. */
const area = () => document.querySelector<HTMLElement>("main:not([hidden]) > :is(.turns-area, .page)");

const top = () => scrollY + (area()?.scrollTop ?? 0);

/** keepPlace notes how far down the reader is, before they go. */
export const keepPlace = () => history.replaceState({ ...history.state, top: top() }, "");

/** returned: the reader has been here, and left from some place. */
export const returned = () => history.state?.top !== undefined;

/**
 * placeAgain keeps the view where the reader was, also while its texts come in,
 * until they do something themselves or what it returns is called.
 */
export function placeAgain(): () => void {
  const want = history.state?.top as number | undefined;
  if (!want) return () => {};
  const acts = ["wheel", "touchstart", "pointerdown", "click", "keydown", "popstate"];
  const end = () => {
    watch.disconnect();
    for (const act of acts) removeEventListener(act, end);
  };
  const scroll = () => {
    scrollTo(0, want);
    const inner = area();
    if (inner) inner.scrollTop = want;
  };
  const watch = new MutationObserver(scroll);
  watch.observe(document.getElementById("app")!, { childList: true, subtree: true });
  for (const act of acts) addEventListener(act, end, { passive: true });
  scroll();
  return end;
}
