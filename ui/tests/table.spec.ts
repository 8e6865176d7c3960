/** The log of ten thousand rows: by keyboard, by scrolling, and what it costs. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../src/text/en';
import { focus } from './browser/keys';
import { launch, open, settled, type Look } from './browser/page';

const ROWS = 10_000;

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

async function inLog(deed: (page: Page) => Promise<void>, look: Look = {}): Promise<void> {
  const { page, errors, close } = await open(browser, { at: 'requests', rows: ROWS, ...look });
  await page.locator('[role=row][tabindex="0"]').waitFor();
  await settled(page);
  await deed(page);
  await close();
  expect(errors).toEqual([]);
}

/** The row with the focus, counted from one; nothing where no row has it. */
const at = (page: Page) =>
  page.evaluate(() => {
    const row = document.activeElement;
    return row?.role === 'row' ? Number(row.ariaRowIndex) - 1 : null;
  });

async function press(page: Page, key: string, row: number): Promise<void> {
  await page.keyboard.press(key);
  await page.waitForFunction((index) => document.activeElement?.ariaRowIndex === index, String(row + 1));
}

/** Rows that are drawn within the table, and those of them without a word. */
const drawn = (page: Page) =>
  page.evaluate(() => {
    const grid = document.querySelector('[role=grid]') as HTMLElement;
    const view = grid.getBoundingClientRect();
    const head = grid.querySelector('[role=rowgroup]')?.getBoundingClientRect().bottom ?? view.top;
    const rows = [...grid.querySelectorAll<HTMLElement>('[role=row][tabindex]')];
    const seen = rows.map((row) => ({ box: row.getBoundingClientRect(), row })).filter(({ box }) => box.bottom > head && box.top < view.bottom);
    const covered = seen.reduce((sum, { box }) => sum + Math.min(box.bottom, view.bottom) - Math.max(box.top, head), 0);
    return {
      inPage: rows.length,
      first: Math.min(...seen.map(({ row }) => Number(row.ariaRowIndex) - 1)),
      last: Math.max(...seen.map(({ row }) => Number(row.ariaRowIndex) - 1)),
      blank: seen.filter(({ row }) => row.textContent.trim() === '').length,
      /** The share of the view that rows fill. */
      filled: covered / (view.bottom - head),
    };
  });

const scroll = (page: Page, to: number) =>
  page.evaluate(async (share) => {
    const grid = document.querySelector('[role=grid]') as HTMLElement;
    grid.scrollTop = share * (grid.scrollHeight - grid.clientHeight);
    await new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)));
  }, to);

test('one row takes part in Tab, and the keys lead through all of them', () =>
  inLog(async (page) => {
    expect(await page.locator('[role=row][tabindex="0"]').count()).toBe(1);
    await page.getByRole('searchbox', { name: en.requests.find }).focus();
    await page.keyboard.press('Tab');
    expect(await at(page)).toBe(1);
    await press(page, 'ArrowDown', 2);
    await press(page, 'ArrowDown', 3);
    await press(page, 'ArrowUp', 2);
    await press(page, 'End', ROWS);
    expect(await focus(page)).toMatchObject({ kind: 'row', hidden: null });
    await page.keyboard.press('ArrowDown');
    expect(await at(page)).toBe(ROWS);
    await press(page, 'Home', 1);
    await page.keyboard.press('PageDown');
    await page.waitForFunction(() => document.activeElement?.role === 'row' && document.activeElement.ariaRowIndex !== '2');
    const step = ((await at(page)) ?? 0) - 1;
    expect(step).toBeGreaterThan(5);
    await press(page, 'PageDown', 1 + 2 * step);
    await press(page, 'PageUp', 1 + step);
    expect(await page.locator('[role=row][tabindex="0"]').count()).toBe(1);
    // The table is one stop: the next key leaves it.
    await page.keyboard.press('Tab');
    expect(await at(page)).toBe(null);
  }));

test('Enter opens a row, and Escape comes back to it', () =>
  inLog(async (page) => {
    await page.locator('[role=row][tabindex="0"]').focus();
    await press(page, 'End', ROWS);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: en.requests.detail.title });
    await dialog.waitFor();
    expect((await focus(page))?.inDialog).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await at(page)).toBe(ROWS);
  }));

test('a row with the focus stays when new ones come on top', () =>
  inLog(async (page) => {
    await page.locator('[role=row][tabindex="0"]').focus();
    await press(page, 'ArrowDown', 2);
    const text = await page.evaluate(() => document.activeElement?.textContent);
    await page.evaluate(() => window.fake?.arrive());
    await settled(page);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(text);
    expect(await at(page)).toBe(3);
  }));

test.each([640, 1400])('in a window %d high, few rows are in the page at a time, and none is blank', (height) =>
  inLog(
    async (page) => {
      // All the way down in steps, and back in leaps.
      const stops = [...Array.from({ length: 26 }, (_, nth) => nth / 25), 0.5, 0.93, 0.1, 1, 0];
      const bound = (await drawn(page)).inPage * 2;
      for (const stop of stops) {
        await scroll(page, stop);
        const now = await drawn(page);
        expect(now.blank, `blank rows at ${stop}`).toBe(0);
        expect(now.filled, `the view is filled at ${stop}`).toBeGreaterThan(0.98);
        expect(now.inPage, `rows in the page at ${stop}`).toBeLessThanOrEqual(bound);
        if (stop === 0) expect(now.first).toBe(1);
        if (stop === 1) expect(now.last).toBe(ROWS);
      }
      expect(bound).toBeLessThan(200);
      expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(1500);
    },
    { height },
  ));

test.each([480, 640, 900, 1100, 1600])('in a window %d wide, no column is out of sight', (width) =>
  inLog(
    async (page) => {
      const [needs, has] = await page.locator('[role=grid]').evaluate((grid) => [grid.scrollWidth, grid.clientWidth]);
      expect(needs).toBeLessThanOrEqual(has);
    },
    { width },
  ),
);
