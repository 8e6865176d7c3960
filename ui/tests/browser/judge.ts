import type { AxeResults, RunOnly, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

interface Axe {
  run(where: Document, options: RunOptions): Promise<AxeResults>;
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What these find follows from the colours, or from the room there is; what all others find, from the document. */
const RULES = {
  colours: ['color-contrast', 'link-in-text-block'],
  room: ['scrollable-region-focusable', 'target-size'],
};

/** In what a look differs from the usual one. */
export type Differs = keyof typeof RULES | 'words';

/**
 * Judges pages, no document twice: one that was judged by every rule is asked, in another look, only what follows from
 * that look.
 */
export class Judge {
  readonly #whole = new Set<string>();
  readonly #drawn = new Set<string>();

  /** What is wrong with the page as it is, each with where. */
  async wrongs(page: Page, look: { name: string; differs: Differs }): Promise<string[]> {
    const document = await contentOf(page);
    const drawn = `${look.name}\n${document}`;
    if (this.#drawn.has(drawn)) return [];
    this.#drawn.add(drawn);
    const isNew = !this.#whole.has(document);
    this.#whole.add(document);
    const found = await overflows(page);
    if (isNew) found.push(...(await violations(page, { type: 'tag', values: TAGS })));
    else if (look.differs !== 'words') found.push(...(await violations(page, { type: 'rule', values: RULES[look.differs] })));
    return found;
  }
}

/** The content without what differs between two drawings of the same: lengths and the numbers in made ids. */
function contentOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const content = document.querySelector('main')?.outerHTML ?? '';
    return `${document.documentElement.lang} ${content}`.replaceAll(/ style="[^"]*"/g, '').replaceAll(/\bc\d+\b/g, 'c');
  });
}

function violations(page: Page, runOnly: RunOnly): Promise<string[]> {
  return page.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as { axe: Axe };
    const found = await axe.run(document, { runOnly: rules, resultTypes: ['violations'] });
    return found.violations.flatMap((one) =>
      one.nodes.map((node) => `${one.id}: ${String(node.target[0])}: ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`),
    );
  }, runOnly);
}

/** What sticks out at the sides, is cut where nobody can scroll to it, or has no room for its words. */
export async function overflows(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const found: string[] = [];
    const name = (node: Element) => `${node.tagName.toLowerCase()}.${node.classList.value || '-'} “${node.textContent.trim().slice(0, 30)}”`;
    if (document.documentElement.scrollWidth > width) found.push(`the page is ${document.documentElement.scrollWidth} wide`);
    for (const node of document.querySelectorAll('body *')) {
      if (node.closest('input, textarea, .unseen, .room, .skip, pre, [role=grid], .scroll, dialog:not([open]), svg, select, .probe')) continue;
      const box = node.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      if (box.right > width + 1 || box.left < -1) found.push(`${name(node)} from ${box.left} to ${box.right}`);
      if (node.matches('button') && box.height > box.width * 1.5 && node.textContent.trim().length > 3) found.push(`${name(node)} is squeezed`);
      const style = getComputedStyle(node);
      const cuts = style.overflowX === 'hidden' || style.overflowX === 'clip';
      if (cuts && style.textOverflow !== 'ellipsis' && node.scrollWidth > node.clientWidth + 1) found.push(`${name(node)} is cut`);
    }
    return found;
  });
}
