/** What a person does, done with the keyboard alone, who never loses the place. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BASE_URL } from '../src/ipc/fake/states';
import { en } from '../src/text/en';
import { focus, tabTo } from './browser/keys';
import { launch, open, settled, type Look } from './browser/page';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

/** Opens a page for `deed` and expects that nothing went wrong meanwhile. */
async function by(look: Look, deed: (page: Page) => Promise<void>): Promise<void> {
  const { page, errors, close } = await open(browser, look);
  await settled(page);
  await deed(page);
  await close();
  expect(errors).toEqual([]);
}

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
  await settled(page);
}

const name = async (page: Page) => (await focus(page))?.name ?? 'nothing';
const heading = (page: Page) => page.evaluate(() => document.querySelector('h1')?.textContent.trim());
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
const asked = (page: Page, ask: string) => page.evaluate((of) => window.fake?.asked.filter((one) => one.ask === of).map((one) => one.with), ask);

test('the first key leads past the places', () =>
  by({}, async (page) => {
    await press(page, 'Tab');
    expect(await focus(page)).toMatchObject({ name: en.shell.skip, hidden: null });
    await press(page, 'Enter');
    expect(await name(page)).toBe(await heading(page));
    await press(page, 'Tab');
    expect(await name(page)).toBe(en.home.proxy);
  }));

test.each(['home', 'connect', 'requests', 'account', 'settings'] as const)('the rail leads to %s', (place) =>
  by({ at: place === 'home' ? 'account' : 'home' }, async (page) => {
    await tabTo(page, en.shell.places[place]);
    await press(page, 'Enter');
    expect(await page.title()).toBe(`${en.shell.places[place]} · Postern`);
    expect(await name(page)).toBe(await heading(page));
  }));

test('the first run, from nothing to Home', () =>
  by({ scenario: 'firstRun' }, async (page) => {
    await tabTo(page, en.signIn.button);
    await press(page, 'Enter');
    expect(await asked(page, 'signIn')).toEqual(['browser']);
    expect(await name(page)).not.toBe('nothing');
    await page.evaluate(() => window.fake?.signedIn());
    await settled(page);
    expect(await name(page)).toBe(en.firstRun.on.title);
    await tabTo(page, en.shell.copyThis(en.home.connection.url));
    await press(page, 'Enter');
    expect(await clipboard(page)).toBe(BASE_URL);
    await tabTo(page, en.firstRun.next);
    await press(page, 'Enter');
    expect(await name(page)).toBe(en.firstRun.connect.title);
    await tabTo(page, en.requests.columns.app);
    await page.keyboard.type('Zed');
    await page.getByText(en.connect.waiting('Zed')).waitFor();
    await tabTo(page, en.firstRun.skip);
    await press(page, 'Enter');
    expect(await name(page)).toBe(en.firstRun.questions.title);
    await tabTo(page, en.firstRun.questions.autostart);
    await press(page, 'Space');
    expect(await name(page)).toBe(en.firstRun.questions.autostart);
    expect(await asked(page, 'setAutostart')).toEqual([true]);
    await tabTo(page, en.firstRun.questions.finish);
    await press(page, 'Enter');
    expect(await page.title()).toBe('Home · Postern');
    expect(await name(page)).toBe(await heading(page));
  }));

test('a sign-in is begun and cancelled', () =>
  by({ at: 'account', scenario: 'notSignedIn' }, async (page) => {
    await tabTo(page, en.signIn.button);
    await press(page, 'Enter');
    expect(await page.getByText(en.signIn.browser.title).isVisible()).toBe(true);
    expect(await name(page)).not.toBe('nothing');
    await tabTo(page, en.signIn.cancel);
    await press(page, 'Enter');
    expect(await asked(page, 'cancelSignIn')).toEqual([null]);
    expect(await page.getByRole('button', { name: en.signIn.button }).isVisible()).toBe(true);
    expect(await name(page)).not.toBe('nothing');
  }));

test('a code is asked for, and the address is copied', () =>
  by({ at: 'account', scenario: 'notSignedIn' }, async (page) => {
    await tabTo(page, en.signIn.useCode);
    await press(page, 'Enter');
    expect(await name(page)).not.toBe('nothing');
    await tabTo(page, en.signIn.code.begin);
    await press(page, 'Enter');
    await tabTo(page, en.shell.copyThis(en.signIn.code.code));
    await press(page, 'Enter');
    expect(await clipboard(page)).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
  }));

test('a switch keeps the focus while it turns', () =>
  by({}, async (page) => {
    // A program that takes its time.
    await page.evaluate(() => {
      const fake = window.fake;
      if (!fake) return;
      const ask = fake.ask.bind(fake);
      fake.ask = async (...one) => {
        await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        return ask(...one);
      };
    });
    await tabTo(page, en.home.proxy);
    for (const on of [false, true]) {
      await press(page, 'Space');
      await page.getByRole('switch', { name: en.home.proxy, checked: on, disabled: false }).waitFor();
      expect(await name(page)).toBe(en.home.proxy);
    }
    expect(await asked(page, 'setProxy')).toEqual([false, true]);
  }));

test('Copy base URL says that it has copied', () =>
  by({}, async (page) => {
    await tabTo(page, en.shell.copyThis(en.home.connection.url));
    await press(page, 'Space');
    expect(await clipboard(page)).toBe(BASE_URL);
    expect(await name(page)).toBe(en.shell.copiedThis(en.home.connection.url));
  }));

test('an app is found, and its fields are copied', () =>
  by({ scenario: 'ready' }, async (page) => {
    await tabTo(page, en.shell.places.connect);
    await press(page, 'Enter');
    await tabTo(page, en.connect.search);
    await page.keyboard.type('zed');
    await press(page, 'Tab', 'Enter');
    expect(await name(page)).toBe('Zed');
    await tabTo(page, en.shell.copyThis('API URL'));
    await press(page, 'Enter');
    expect(await clipboard(page)).toBe(BASE_URL);
    await tabTo(page, en.shell.showThis('API Key'));
    await press(page, 'Enter');
    expect(await name(page)).toBe(en.shell.hideThis('API Key'));
    await tabTo(page, en.shell.copyThis('API Key'));
    await press(page, 'Enter');
    expect(await clipboard(page)).toMatch(/^pk-postern-Zed/);
    expect(await asked(page, 'addKey')).toEqual(['Zed']);
    await tabTo(page, en.connect.back, 'Shift+Tab');
    await press(page, 'Enter');
    expect(await name(page)).toBe(en.connect.title);
  }));

test('a field is changed, refused, and set back', () =>
  by({ at: 'settings/network' }, async (page) => {
    const port = en.settings.name.port[0] ?? '';
    await tabTo(page, port);
    await press(page, 'Control+a');
    await page.keyboard.type('70000');
    await press(page, 'Enter');
    expect(await page.getByRole('alert').isVisible()).toBe(true);
    expect(await name(page)).toBe(port);
    await press(page, 'Control+a');
    await page.keyboard.type('8788');
    await press(page, 'Enter');
    expect(await name(page)).toBe(port);
    await press(page, 'Tab');
    expect(await name(page)).toBe(en.settings.resetThis(port));
    await press(page, 'Enter');
    expect(await name(page)).not.toBe('nothing');
    expect(await asked(page, 'changeSetting')).toEqual([
      { key: 'port', value: 70_000 },
      { key: 'port', value: 8788 },
      { key: 'port', value: null },
    ]);
  }));

test('signing out needs a second key, and says what became of it', () =>
  by({ at: 'account' }, async (page) => {
    await tabTo(page, en.account.signOut);
    await press(page, 'Enter');
    await tabTo(page, en.account.signOut);
    await press(page, 'Enter');
    expect(await asked(page, 'signOut')).toEqual(['user_1/acct_plus']);
    expect(await page.getByRole('alert').textContent()).toContain(en.account.signedOut);
    expect(await name(page)).not.toBe('nothing');
  }));

test('a key is made and revoked', () =>
  by({ at: 'settings/keys' }, async (page) => {
    await tabTo(page, en.settings.keys.newName);
    await page.keyboard.type('Jan');
    await press(page, 'Enter');
    expect(await name(page)).toBe(en.settings.keys.newName);
    await tabTo(page, en.settings.keys.revokeThis('Jan'), 'Shift+Tab');
    await press(page, 'Enter');
    await tabTo(page, en.settings.keys.revoke);
    await press(page, 'Enter');
    expect(await asked(page, 'revokeKey')).toEqual(['Jan']);
    expect(await name(page)).not.toBe('nothing');
  }));

test('a prompt is sent and stopped', () =>
  by({}, async (page) => {
    await tabTo(page, en.home.tryIt.prompt);
    await press(page, 'Enter');
    await tabTo(page, en.home.tryIt.stop);
    await press(page, 'Enter');
    expect(await asked(page, 'stopTryIt')).toEqual([null]);
    expect(await name(page)).not.toBe('nothing');
  }));
