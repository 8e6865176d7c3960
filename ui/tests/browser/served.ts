/** A page that a running Postern serves, and what a person does there. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { SignInStep } from '../../src/bindings';
import { Judge } from './judge';
import { visit } from './page';
import { Stack } from './programs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const judge = new Judge();

export interface Served {
  stack: Stack;
  page: Page;
  /** What the page threw, and what its content policy refused. */
  errors: string[];
  /** Expects that nothing is wrong with what the page shows now. */
  sound: () => Promise<void>;
}

/** Serves the page from a fresh folder while `deed` is done. */
export async function serve(browser: Browser, deed: (served: Served) => Promise<void>, { port = 0, judged = true } = {}): Promise<void> {
  const stack = await Stack.start(port);
  try {
    await stack.admin('knobs', { device_interval_secs: 1 });
    const { page, errors, close } = await visit(browser, stack.page, { judged });
    if (judged) await page.evaluate(axe);
    const sound = async () => expect(await judge.wrongs(page, { name: 'served', differs: 'words' })).toEqual([]);
    await deed({ stack, page, errors, sound });
    await close();
  } finally {
    await stack.stop();
  }
}

/** Signs in with an address that is pasted: the one way without any waiting. */
export async function signIn(stack: Stack, page: Page): Promise<void> {
  const { url } = await tell<SignInStep>(page, 'signIn', 'paste');
  await tell(page, 'finishPaste', await stack.approve(url));
}

/** Asks the program past the page, as another window would. */
export async function tell<T = unknown>(page: Page, ask: string, payload: unknown): Promise<T> {
  return page.evaluate(
    async (body) => {
      const answer = await fetch('ask', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as T;
    },
    JSON.stringify({ ask, with: payload }),
  );
}

export const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
export const text = (page: Page, what: string | RegExp): Locator => page.getByText(what).filter({ visible: true }).first();
export const sees = (page: Page, what: string | RegExp) => text(page, what).waitFor();
export const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
