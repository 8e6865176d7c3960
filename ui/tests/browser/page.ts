import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { inject } from 'vitest';

/** Wednesday noon, so that “today”, weekdays and thirty days back are the same at each run. */
export const NOON = Date.UTC(2026, 10, 18, 12, 0, 0);

/** Longer than anything here takes on a machine that is busy with something else too. */
const PATIENCE = 10_000;

export interface Look {
  scenario?: string;
  /** What follows `#`. */
  at?: string;
  rows?: number;
  width?: number;
  height?: number;
  theme?: 'light' | 'dark';
  dir?: 'rtl';
  language?: string;
  shell?: 'window' | 'browser';
  system?: string;
  /** The name of an ask that is refused. */
  refuse?: string;
  forced?: boolean;
  still?: boolean;
  /** Lets a judge's script in, past the content policy. */
  judged?: boolean;
  /** Lets time pass; otherwise it stands at noon. */
  running?: boolean;
  /** Done to the page before it is loaded, instead of stopping its clock. */
  prepare?: (page: Page) => Promise<void>;
}

/** Starts a browser whose text is `text` percent of the usual size, as a person sets it. */
export function launch(text = 100): Promise<Browser> {
  return chromium.launch({
    // The shell draws pages and nothing else; the whole browser draws a window of its own around each.
    executablePath: process.env['POSTERN_CHROMIUM'] ?? '/usr/bin/chromium-headless-shell',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--blink-settings=defaultFontSize=${(16 * text) / 100},defaultFixedFontSize=${(13 * text) / 100}`,
    ],
  });
}

export interface Opened {
  page: Page;
  /** Errors of the page: what it threw, and what its content policy refused. */
  errors: string[];
  close: () => Promise<void>;
}

/** Opens the page on the fake and waits until it shows something. */
export function open(browser: Browser, look: Look = {}): Promise<Opened> {
  return openAt(browser, addressOf(look), look);
}

/** Opens the page that a running program shows. Time passes there. */
export function visit(browser: Browser, address: string, look: Look = {}): Promise<Opened> {
  return openAt(browser, address, { ...look, running: true });
}

async function openAt(browser: Browser, address: string, look: Look): Promise<Opened> {
  const context = await newContext(browser, look);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  if (look.prepare) await look.prepare(page);
  else if (!look.running) await page.clock.setFixedTime(NOON);
  // As the window does.
  if (!look.judged) await page.addInitScript(() => void Object.freeze(Object.prototype));
  await page.goto(address);
  await page.locator('main h1').first().waitFor({ state: 'attached' });
  return { page, errors, close: () => context.close() };
}

/** Goes to another view as a click on its link would. */
export async function go(page: Page, view: string): Promise<void> {
  await page.evaluate(async (hash) => {
    if (location.hash === hash) return;
    const went = new Promise((done) => addEventListener('hashchange', done, { once: true }));
    location.hash = hash;
    await went;
  }, `#/${view}`);
}

/** Waits until nothing is awaited any more and everything is drawn. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('main') !== null && document.querySelector('[aria-busy=true]') === null);
  await page.evaluate(() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))));
}

function newContext(browser: Browser, look: Look): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: look.width ?? 900, height: look.height ?? 640 },
    colorScheme: look.theme ?? 'light',
    reducedMotion: look.still === false ? 'no-preference' : 'reduce',
    forcedColors: look.forced ? 'active' : 'none',
    locale: look.language ?? 'en-GB',
    timezoneId: 'UTC',
    bypassCSP: look.judged ?? false,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
}

function addressOf(look: Look): string {
  const query = new URLSearchParams();
  const words = { scenario: look.scenario, rows: look.rows, shell: look.shell, system: look.system, dir: look.dir, refuse: look.refuse };
  for (const [name, value] of Object.entries(words)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return `${inject('address')}?${query}#/${look.at ?? 'home'}`;
}
