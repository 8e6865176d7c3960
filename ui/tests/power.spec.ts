/** A page that nobody sees costs nothing. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, NOON, open, settled } from './browser/page';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

declare global {
  interface Window {
    /** What was asked to happen later, each with after how many milliseconds. */
    later: { by: string; ms: number }[];
  }
}

/** Notes every timer of the page. Its clock stands until somebody moves it. */
async function noted(page: Page): Promise<void> {
  await page.clock.install({ time: NOON });
  await page.addInitScript(() => {
    window.later = [];
    const note = (by: 'setTimeout' | 'setInterval') => {
      const real = window[by].bind(window);
      Object.assign(window, {
        [by]: (what: TimerHandler, ms = 0, ...rest: unknown[]) => {
          window.later.push({ by, ms });
          return real(what, ms, ...rest);
        },
      });
    };
    note('setTimeout');
    note('setInterval');
    const frame = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (what) => {
      window.later.push({ by: 'requestAnimationFrame', ms: 16 });
      return frame(what);
    };
  });
}

const show = (page: Page, state: 'visible' | 'hidden') =>
  page.evaluate((now) => {
    Object.defineProperty(document, 'visibilityState', { value: now, configurable: true });
    Object.defineProperty(document, 'hidden', { value: now === 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);

/** What the page has asked for, faster than once a minute, in the next `minutes`. */
async function fast(page: Page, minutes: number): Promise<Window['later']> {
  await page.evaluate(() => void (window.later = []));
  await page.clock.runFor(minutes * 60_000);
  return page.evaluate(() => window.later.filter(({ ms }) => ms < 60_000));
}

/** Views, and whether they count seconds while they are seen. */
const VIEWS: [at: string, scenario: string, seconds: boolean][] = [
  ['home', 'on', false],
  ['home', 'limitShort', false],
  ['connect/zed', 'ready', true],
  ['account', 'signingIn', true],
  ['requests', 'on', false],
  ['settings/diagnostics', 'on', false],
];

test.each(VIEWS)('%s in %s: while nobody sees it, nothing runs', async (at, scenario, seconds) => {
  const { page, errors, close } = await open(browser, { at, scenario, prepare: noted });
  await settled(page);
  const seen = await fast(page, 2);
  // Otherwise nothing would be measured here.
  if (seconds) expect(seen.length).toBeGreaterThan(100);
  else expect(seen.length).toBeLessThanOrEqual(2);
  await show(page, 'hidden');
  expect(await fast(page, 30)).toEqual([]);
  await close();
  expect(errors).toEqual([]);
});

test('what was missed is there as soon as the page is seen again', async () => {
  const { page, close } = await open(browser, { at: 'account', scenario: 'signingIn', prepare: noted });
  await show(page, 'hidden');
  await page.clock.runFor(5 * 60_000);
  expect(await page.locator('.waiting .number').textContent()).toMatch(/ 0:\d\d$/);
  await show(page, 'visible');
  await page.getByText(/^Waiting · 5:\d\d$/).waitFor();
  await close();
});
