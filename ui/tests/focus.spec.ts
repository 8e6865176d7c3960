import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../src/text/en';
import { controls, focus, follows, walk } from './browser/keys';
import { go, launch, open, type Look } from './browser/page';
import { SCENES, stand, type Scene } from './browser/scenes';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

const named = (names: string[]): Scene[] =>
  names.map((name) => {
    const scene = SCENES.find((one) => one.name === name);
    if (!scene) throw new Error(`no scene is called ${name}`);
    return scene;
  });

/** Scenes in which all controls of the page are met. */
const MET = [
  ...SCENES.filter((scene) => !scene.reach),
  ...named([
    'home, all unfolded',
    'home, why the port is taken',
    'home, a new passphrase',
    'account, adding one by any way',
    'account, before a code',
    'account, the browser does not come back',
    'settings, for experts',
    'settings, another way to keep secrets',
    'keys, a new one',
    'diagnostics, with the report',
    'first run, pick an app',
    'first run, the questions',
    'the sign-in has no port',
    'out of touch',
  ]),
];

const LOOKS: (Look & { name: string })[] = [
  { name: 'wide' },
  { name: 'narrow', width: 480 },
  { name: 'from right to left', dir: 'rtl' },
];

test.concurrent.each(LOOKS)('$name: Tab goes as a reader reads, and is always seen', async (look) => {
  const { page, errors, close } = await open(browser, look);
  const wrong: string[] = [];
  for (const scene of MET) {
    await stand(page, scene, en);
    const met = await walk(page);
    const all = await controls(page);
    if (met.length < all) wrong.push(`${scene.name}: Tab comes to ${met.length} of ${all}`);
    for (const [at, now] of met.entries()) {
      const last = met[at - 1];
      if (now.name === '') wrong.push(`${scene.name}: a ${now.kind} has no name`);
      if (now.hidden) wrong.push(`${scene.name}: “${now.name}”: ${now.hidden}`);
      if (last && !follows(last.box, now.box, look.dir ?? 'ltr')) wrong.push(`${scene.name}: “${now.name}” comes after “${last.name}”`);
    }
    await scene.leave?.(page, en);
  }
  await close();
  expect([...wrong, ...errors]).toEqual([]);
});

/** Windows of the page, and what opens each. */
const DIALOGS: [scene: string, opener: string][] = [
  ['account, signing out', en.account.signOut],
  ['keys, revoking one', en.settings.keys.revokeThis('Zed')],
  ['quitting in the middle of answers', en.shell.quit.label],
  ['a blocked origin, with the report', ''],
];

test.concurrent.each(DIALOGS)('%s: the keyboard stays in the window, and Escape goes back', async (name, opener) => {
  const { page, errors, close } = await open(browser);
  const [scene] = named([name]);
  await stand(page, scene as Scene, en);
  const count = await page.locator('dialog').locator('button, a[href], summary, pre').count();
  const met: string[] = [];
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let at = 0; at < count + 3; at += 1) {
      await page.keyboard.press(key);
      const now = await focus(page);
      // Between the last and the first the browser's own window has a turn.
      if (now) met.push(!now.inDialog ? now.name : now.hidden ? `“${now.name}”: ${now.hidden}` : 'inside');
    }
  }
  expect(met.length).toBeGreaterThan(count);
  expect(new Set(met)).toEqual(new Set(['inside']));
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  const now = await focus(page);
  expect(opener === '' ? now?.kind : now?.name).toBe(opener === '' ? 'row' : opener);
  await close();
  expect(errors).toEqual([]);
});

test('a question that was left unanswered is not there when one comes back', async () => {
  const { page, errors, close } = await open(browser);
  const [scene] = named(['quitting in the middle of answers']);
  await stand(page, scene as Scene, en);
  await go(page, 'home');
  await go(page, 'settings/general');
  expect(await page.locator('dialog').count()).toBe(0);
  await close();
  expect(errors).toEqual([]);
});
