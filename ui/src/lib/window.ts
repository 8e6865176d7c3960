/** Which rows of a long list are worth having in the page. */
export interface Slice {
  from: number;
  to: number;
}

/** Rows that are seen at `top` in a view `height` high, and some more on both sides; `to` is not part of it. */
export function slice(top: number, height: number, row: number, count: number, spare = 12): Slice {
  if (row <= 0 || count === 0) return { from: 0, to: 0 };
  const first = Math.floor(top / row);
  const last = Math.ceil((top + height) / row);
  return { from: clamp(first - spare, 0, count), to: clamp(last + spare, 0, count) };
}

/** Where to scroll so that row `at` is whole in view; the present place where it is already. */
export function reveal(at: number, top: number, height: number, row: number): number {
  const start = at * row;
  if (start < top) return start;
  if (start + row > top + height) return start + row - height;
  return top;
}

/** The row that a key leads to from `at`; nothing for keys that do not move. */
export function step(key: string, at: number, count: number, page: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return clamp(at + 1, 0, count - 1);
    case 'ArrowUp':
      return clamp(at - 1, 0, count - 1);
    case 'PageDown':
      return clamp(at + page, 0, count - 1);
    case 'PageUp':
      return clamp(at - page, 0, count - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
