import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../src/text/en';
import type { Catalogue } from '../src/text/words.svelte';
import { zhCN } from '../src/text/zh-CN';
import { Judge, overflows, type Differs } from './browser/judge';
import { launch, open, type Look } from './browser/page';
import { LIVE_VIEWS, SCENARIO_NAMES, SCENES, SETTLED, stand } from './browser/scenes';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const judge = new Judge();

let browser: Browser;
let large: Browser;

beforeAll(async () => {
  [browser, large] = await Promise.all([launch(), launch(200)]);
});

afterAll(() => Promise.all([browser.close(), large.close()]));

interface Named extends Look {
  name: string;
  differs: Differs;
  /** Text twice as large. */
  large?: boolean;
  /** Lines are shorter or words longer than usual, so each scenario is looked at for what sticks out. */
  tight?: boolean;
}

/** The usual look; each thing seen in it is seen in other colours too. */
const USUAL: Named = { name: 'usual', differs: 'words' };

const COLOURS = [
  { name: 'dark', differs: 'colours', media: { colorScheme: 'dark', forcedColors: 'none' } },
  { name: 'forced colours', differs: 'colours', media: { colorScheme: 'light', forcedColors: 'active' } },
  { name: 'dark forced colours', differs: 'colours', media: { colorScheme: 'dark', forcedColors: 'active' } },
] as const;

const LOOKS: Named[] = [
  USUAL,
  { name: 'narrow', differs: 'room', width: 480, tight: true },
  { name: 'from right to left', differs: 'room', dir: 'rtl' },
  { name: 'from right to left and narrow', differs: 'room', dir: 'rtl', width: 480, tight: true },
  { name: 'with text twice as large', differs: 'room', large: true, tight: true },
  { name: 'with text twice as large and narrow', differs: 'room', large: true, width: 480, tight: true },
  { name: 'on a large screen', differs: 'room', width: 1600, height: 1000 },
  { name: 'in Chinese', differs: 'words', language: 'zh-CN', tight: true },
  { name: 'in a browser', differs: 'words', shell: 'browser' },
  { name: 'without any row', differs: 'words', rows: 0 },
];

/** What is wrong with the page in this look, and in the other colours where it is the usual one. */
async function* wrongs(page: Page, look: Named): AsyncGenerator<string> {
  yield* await judge.wrongs(page, look);
  if (look !== USUAL) return;
  for (const colours of COLOURS) {
    await page.emulateMedia(colours.media);
    for (const wrong of await judge.wrongs(page, colours)) yield `${colours.name}: ${wrong}`;
  }
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
}

/** Opens a page of this look and says what is wrong with all that `visit` finds. */
async function judged(look: Named, visit: (page: Page, t: Catalogue) => AsyncGenerator<string>): Promise<string[]> {
  const { page, errors, close } = await open(look.large ? large : browser, { ...look, judged: true });
  await page.evaluate(axe);
  const found: string[] = [];
  for await (const wrong of visit(page, look.language === 'zh-CN' ? zhCN : en)) found.push(wrong);
  await close();
  return [...found, ...errors];
}

test.concurrent.each(LOOKS)('$name: every view, and what opens in it', async (look) => {
  // Much of what opens needs a row to open.
  const scenes = SCENES.filter(({ reach }) => look.rows !== 0 || !reach);
  const found = await judged(look, async function* (page, t) {
    for (const scene of scenes) {
      await stand(page, scene, t);
      for await (const wrong of wrongs(page, look)) yield `${scene.name}: ${wrong}`;
      await scene.leave?.(page, t);
    }
  });
  expect(found).toEqual([]);
});

test.concurrent.each(LIVE_VIEWS)('%s in every scenario', async (at) => {
  const found = await judged(USUAL, async function* (page, t) {
    for (const scenario of at === 'home' ? SCENARIO_NAMES : SETTLED) {
      await stand(page, { name: at, at, scenario }, t);
      for await (const wrong of wrongs(page, USUAL)) yield `${scenario}: ${wrong}`;
    }
  });
  expect(found).toEqual([]);
});

test.concurrent.each(LOOKS.filter((look) => look.tight))('$name: nothing sticks out in any scenario', async (look) => {
  const found = await judged(look, async function* (page, t) {
    for (const scenario of SCENARIO_NAMES) {
      for (const at of SETTLED.includes(scenario) ? ['home', 'account'] : ['home']) {
        await stand(page, { name: at, at, scenario }, t);
        for (const wrong of await overflows(page)) yield `${at} in ${scenario}: ${wrong}`;
      }
    }
  });
  expect(found).toEqual([]);
});

test.concurrent.each(LOOKS.filter((look) => look.tight))('$name: a page that reaches nothing', async (look) => {
  const found = await judged({ ...look, refuse: 'state' }, async function* (page) {
    yield* await judge.wrongs(page, look);
  });
  expect(found).toEqual([]);
});
