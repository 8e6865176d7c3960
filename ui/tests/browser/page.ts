import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { inject } from 'vitest';

/** Wednesday noon, so that “today”, weekdays and thirty days back are the same at each run. */
export const NOON = Date.UTC(2026, 10, 18, 12, 0, 0);

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
  /** The size of text, in percent. */
  text?: number;
  forced?: boolean;
  still?: boolean;
  /** Lets time pass; otherwise it stands at noon. */
  running?: boolean;
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['POSTERN_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
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
export async function open(browser: Browser, look: Look = {}): Promise<Opened> {
  const context = await newContext(browser, look);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  if (!look.running) await page.clock.setFixedTime(NOON);
  // As the window does.
  await page.addInitScript(() => void Object.freeze(Object.prototype));
  if (look.text) {
    const size = `${look.text}%`;
    await page.addInitScript((value) => {
      document.addEventListener('DOMContentLoaded', () => document.documentElement.style.setProperty('font-size', value));
    }, size);
  }
  await page.goto(addressOf(look));
  await page.locator('main h1').first().waitFor();
  return { page, errors, close: () => context.close() };
}

function newContext(browser: Browser, look: Look): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: look.width ?? 900, height: look.height ?? 640 },
    colorScheme: look.theme ?? 'light',
    reducedMotion: look.still === false ? 'no-preference' : 'reduce',
    forcedColors: look.forced ? 'active' : 'none',
    locale: look.language ?? 'en-GB',
    timezoneId: 'UTC',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
}

function addressOf(look: Look): string {
  const query = new URLSearchParams();
  const words = { scenario: look.scenario, rows: look.rows, shell: look.shell, system: look.system, dir: look.dir };
  for (const [name, value] of Object.entries(words)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return `${inject('address')}?${query}#/${look.at ?? 'home'}`;
}
