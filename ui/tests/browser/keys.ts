import type { Page } from 'playwright-core';

/** What has the focus, as a person meets it. */
export interface Focus {
  /** Its role or its tag. */
  kind: string;
  name: string;
  /** Where it stands, as if nothing were scrolled. */
  box: { left: number; right: number; top: number; bottom: number };
  /** What keeps a person from seeing that it has the focus; nothing, as a rule. */
  hidden: string | null;
  inDialog: boolean;
}

/** What has the focus; nothing where the document itself has it. */
export function focus(page: Page): Promise<Focus | null> {
  return page.evaluate(() => {
    const node = document.activeElement;
    if (!(node instanceof HTMLElement) || node === document.body) return null;
    const labels = node instanceof HTMLInputElement || node instanceof HTMLSelectElement || node instanceof HTMLTextAreaElement ? node.labels : null;
    const text = (of: Element | null | undefined) => of?.textContent.replaceAll(/\s+/g, ' ').trim() ?? '';
    const name = node.getAttribute('aria-label') ?? (labels?.length ? text(labels[0]) : text(node));
    const around = node.getBoundingClientRect();
    let [left, top] = [around.left, around.top];
    for (let up = node.parentElement; up; up = up.parentElement) {
      left += up.scrollLeft;
      top += up.scrollTop;
    }
    const style = getComputedStyle(node);
    const x = (around.left + around.right) / 2;
    const y = (Math.max(around.top, 0) + Math.min(around.bottom, innerHeight)) / 2;
    const above = document.elementFromPoint(x, y);
    const ring = parseFloat(style.outlineWidth);
    const hidden =
      around.width < 2 || around.height < 2 ? 'it has no size'
      : style.outlineStyle === 'none' || ring < 2 || style.outlineColor === style.backgroundColor ? 'it has no ring'
      : above === null ? 'it is out of sight'
      : !node.contains(above) && !above.contains(node) ? `${above.tagName.toLowerCase()}.${above.className} covers it`
      : null;
    return {
      kind: node.role ?? node.tagName.toLowerCase(),
      name,
      box: { left, top, right: left + around.width, bottom: top + around.height },
      hidden,
      inDialog: node.closest('dialog') !== null,
    };
  });
}

/** Presses Tab until what has the focus is called `name`. */
export async function tabTo(page: Page, name: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<Focus> {
  const met: string[] = [];
  while (met.length < 80) {
    await page.keyboard.press(key);
    const now = await focus(page);
    if (now?.name === name) return now;
    met.push(now?.name ?? 'the document');
  }
  throw new Error(`${key} never comes to “${name}”, but to ${met.join(', ')}`);
}

/** Presses Tab from the start of the document to its end. */
export async function walk(page: Page): Promise<Focus[]> {
  const met: Focus[] = [];
  // From the first of all back to the document, which is where Tab begins.
  await page.evaluate(() => document.querySelector<HTMLElement>('a[href], button, input, select, summary, [tabindex="0"]')?.focus());
  await page.keyboard.press('Shift+Tab');
  while (met.length < 120) {
    await page.keyboard.press('Tab');
    const now = await focus(page);
    if (now === null) return met;
    met.push(now);
  }
  throw new Error('Tab never comes to the end');
}

/** How many things of the page can be used with a pointer. */
export function controls(page: Page): Promise<number> {
  return page.evaluate(() => {
    const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [role=row][tabindex="0"], pre');
    return [...all].filter((node) => node.checkVisibility() && !node.matches(':disabled')).length;
  });
}

/** True where a reader comes to `next` after `last`: further on in the line, further down, or in a column beside it. */
export function follows(last: Focus['box'], next: Focus['box'], dir: 'ltr' | 'rtl'): boolean {
  const [start, end] = dir === 'ltr' ? [next.left, last.right] : [-next.right, -last.left];
  const isBeside = start >= end - 1;
  const isBelow = next.top >= last.bottom - 1;
  // What stands within, such as a control in a group that scrolls, begins after it.
  const isWithin = next.top >= last.top - 1 && next.bottom <= last.bottom + 1 && next.left >= last.left - 1 && next.right <= last.right + 1;
  return isBeside || isBelow || isWithin;
}
