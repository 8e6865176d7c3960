/** Signing in, in the page that a running Postern serves, against the stand-in for ChatGPT. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../src/text/en';
import { launch } from './browser/page';
import { ask, PERSON } from './browser/programs';
import { copied, press, sees, serve, text, type Served } from './browser/served';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

const onFresh = (deed: (served: Served) => Promise<void>) => serve(browser, deed);

/** The address that a person has to open. */
const toOpen = async (page: Page) => (await page.getByRole('main').locator('code').first().textContent()) ?? '';

test('a first run by code, to the end', () =>
  onFresh(async ({ stack, page, sound }) => {
    await sees(page, en.firstRun.title);
    await sound();
    await press(page, en.signIn.useCode);
    await sees(page, en.signIn.code.first);
    await press(page, en.signIn.code.begin);
    await sees(page, en.signIn.code.title);
    await sound();
    const code = await page.getByLabel(en.signIn.code.code, { exact: true }).textContent();
    expect(await toOpen(page)).toBe(`${stack.standin}/codex/device`);
    await stack.admin('device/approve', { user_code: code, email: PERSON });
    await sees(page, en.firstRun.on.title);
    await sound();
    await press(page, en.shell.copyThis(en.home.connection.url));
    const base = await copied(page);
    await press(page, en.firstRun.next);
    await page.getByLabel(en.requests.columns.app).selectOption('Jan');
    await sees(page, en.connect.waiting('Jan'));
    await sound();
    await press(page, en.shell.copyThis('API Key'));
    await page.getByRole('button', { name: en.shell.copiedThis('API Key') }).waitFor();
    const key = await copied(page);
    expect((await ask(base, key, 'hello'))?.status).toBe(200);
    await sees(page, /^Connected · gpt-5\.5 · /);
    await press(page, en.firstRun.next);
    await sees(page, en.firstRun.questions.titleNone);
    await sound();
    await press(page, en.firstRun.questions.finish);
    await sees(page, en.state.headline.on(new URL(base).host));
    await sound();
  }));

test('a first run in the browser', () =>
  onFresh(async ({ page, sound }) => {
    await press(page, en.signIn.button);
    await sees(page, en.signIn.browser.notOpened);
    await sound();
    const other = await page.context().newPage();
    await other.goto(await toOpen(page));
    const person = await other.locator('#person option', { hasText: PERSON }).first().getAttribute('value');
    await other.locator('#person').selectOption(person);
    await other.locator('#continue').click();
    await other.getByText('Postern').first().waitFor();
    await other.close();
    await sees(page, en.firstRun.on.title);
  }));

test('an address that is pasted', () =>
  onFresh(async ({ stack, page, sound }) => {
    await press(page, en.signIn.paste);
    await sees(page, en.signIn.pasted.title);
    await sound();
    const field = page.getByLabel(en.signIn.pasted.label);
    await field.fill('http://127.0.0.1:1455/auth/callback?state=wrong&code=none');
    await press(page, en.signIn.pasted.finish);
    await sees(page, en.shell.complaints.wrongPaste);
    await sound();
    await field.fill(await stack.approve(await toOpen(page)));
    await press(page, en.signIn.pasted.finish);
    await sees(page, en.firstRun.on.title);
  }));

test('a sign-in shows how long it takes, and is cancelled', () =>
  onFresh(async ({ page }) => {
    await press(page, en.signIn.button);
    const time = text(page, /^Waiting · /);
    const first = await time.textContent();
    await page.waitForFunction((text) => document.querySelector('.waiting .number')?.textContent !== text, first);
    await press(page, en.signIn.cancel);
    await page.getByRole('button', { name: en.signIn.button }).waitFor();
    expect(await page.getByText(/^Waiting · /).count()).toBe(0);
  }));

test('where the sign-in page cannot come back, a code is in focus', async () => {
  const takers = [1455, 1457].map((port) => createServer().listen(port, '127.0.0.1'));
  await Promise.all(takers.map((taker) => once(taker, 'listening')));
  try {
    await onFresh(async ({ page, sound }) => {
      await press(page, en.signIn.button);
      await sees(page, en.signIn.portsTitle);
      await sound();
      const instead = page.getByRole('button', { name: en.signIn.useCodeInstead });
      expect(await instead.evaluate((button) => button === document.activeElement)).toBe(true);
      await page.keyboard.press('Enter');
      await sees(page, en.signIn.code.title);
    });
  } finally {
    for (const taker of takers) taker.close();
  }
});

test('where codes are not allowed, the browser is in focus', () =>
  onFresh(async ({ stack, page, sound }) => {
    await stack.admin('knobs', { device_codes: 'disabled' });
    await press(page, en.signIn.useCode);
    await press(page, en.signIn.code.begin);
    await sees(page, en.signIn.codesTitle);
    await sound();
    const instead = page.getByRole('button', { name: en.signIn.useBrowser });
    expect(await instead.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await sees(page, en.signIn.browser.title);
  }));
