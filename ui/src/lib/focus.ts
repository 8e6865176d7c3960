/** Where the keyboard can be put: controls, and headings that take it. Of a table's rows, the one that is in turn. */
const STOPS = 'a[href], button, input, select, textarea, summary, [tabindex]:not([role="row"][tabindex="-1"])';

/**
 * Keeps the keyboard's place: when what has the focus goes away, what stands there now gets it, so that nobody is sent
 * back to the start of the page. The answer stops it.
 */
export function keepFocus(root: HTMLElement): () => void {
  let last: Node | null = null;
  const note = (event: FocusEvent) => {
    last = event.target instanceof Node ? event.target : null;
  };
  const observer = new MutationObserver((changes) => {
    if (last === null || last.isConnected) return;
    const lost = last;
    last = null;
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    const gone = changes.find((one) => one.target.isConnected && [...one.removedNodes].some((node) => node.contains(lost)));
    if (gone) near(gone, root)?.focus();
  });
  root.addEventListener('focusin', note);
  observer.observe(root, { childList: true, subtree: true });
  return () => {
    root.removeEventListener('focusin', note);
    observer.disconnect();
  };
}

/** What took the place of something that is gone, else what is next to it, in the smallest part that has anything. */
function near({ target, previousSibling }: MutationRecord, root: HTMLElement): HTMLElement | undefined {
  const before = previousSibling?.isConnected ? previousSibling : null;
  for (let part = target instanceof HTMLElement ? target : null; part !== null && root.contains(part); part = part.parentElement) {
    const stops = [...part.querySelectorAll<HTMLElement>(STOPS)].filter((stop) => stop.getClientRects().length > 0 && !stop.matches(':disabled'));
    const after = stops.find((stop) => before === null || isAfter(before, stop));
    // The last row of a list leaves the one above it; anything else is read again from its start.
    const found = after ?? (part.matches('ul, ol') ? stops.at(-1) : stops[0]);
    if (found) return found;
  }
  return undefined;
}

function isAfter(node: Node, other: Node): boolean {
  return (node.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}
