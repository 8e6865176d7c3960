import type { Page } from 'playwright-core';
import type { Code } from '../../src/bindings';
import { SCENARIOS, type Scenario } from '../../src/ipc/fake/states';
import type { Catalogue } from '../../src/text/words.svelte';
import { go, settled } from './page';

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as Scenario[];

/** Those after the first run, which has no views. */
export const SETTLED = SCENARIO_NAMES.filter((name) => !name.startsWith('firstRun'));

/** Something the page can show: a view, and what a person opens there. */
export interface Scene {
  name: string;
  at: string;
  /** `on` where it is left out. */
  scenario?: Scenario;
  /** What a person does once the view is there. */
  reach?: (page: Page, t: Catalogue) => Promise<unknown>;
  /** Takes back what would stay after the view is left. */
  leave?: (page: Page, t: Catalogue) => Promise<unknown>;
}

/** Views that show the state; the others are the same in every scenario. */
export const LIVE_VIEWS = ['home', 'connect/zed', 'account', 'settings/general', 'settings/network', 'settings/privacy'];

/** Every view of the page, as its address. */
const VIEWS = ['home', 'connect', 'connect/cherry-studio', 'connect/continue', 'requests', 'settings/keys', 'settings/diagnostics'];

const unfold = (page: Page) =>
  page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });

const press = (page: Page, name: string) => page.getByRole('main').getByRole('button', { name, exact: true }).first().click();

/** The row of the log whose outcome is this one. */
const row = (nth: number) => (page: Page) => page.locator('[role=row][aria-rowindex]').nth(nth).click();

const failing = (code: Code) => (page: Page) =>
  page.evaluate((why) => window.fake?.note({ is: 'signInFailed', complaint: { code: why, message: 'it ended early', hint: 'try again' } }), code);

const forget = (page: Page) =>
  page.evaluate(() => window.fake?.note({ is: 'signedIn', account: { id: 'a/b', kind: 'chatgpt', email: null, plan: null, workspace: null, active: true, problem: null } }));

const dismiss = (page: Page, t: Catalogue) => press(page, t.shell.notes.dismiss);

export const SCENES: Scene[] = [
  ...[...LIVE_VIEWS, ...VIEWS].map((at) => ({ name: at, at })),
  { name: 'home, all unfolded', at: 'home', reach: unfold },
  { name: 'home, the key shown and copied', at: 'home', reach: async (page, t) => {
    await press(page, t.shell.showThis(t.home.connection.key));
    await press(page, t.shell.copyThis(t.home.connection.url));
  } },
  { name: 'home, an answer to try', at: 'home', reach: async (page, t) => {
    await press(page, t.home.tryIt.send);
    await page.evaluate(() => window.fake?.tell({
      is: 'tryIt', with: { is: 'done', model: 'gpt-6.1-sol', firstTextMs: 412, totalMs: 1830, inputTokens: 14, outputTokens: 9 },
    }));
  } },
  { name: 'home, no answer to try', at: 'home', reach: async (page, t) => {
    await press(page, t.home.tryIt.send);
    await page.evaluate(() => window.fake?.tell({
      is: 'tryIt', with: { is: 'failed', complaint: { code: 'offline', message: '`chatgpt.com` does not answer', hint: 'check the network' } },
    }));
  } },
  { name: 'home, why the port is taken', at: 'home', scenario: 'portTaken', reach: (page, t) => press(page, t.state.actions.seeWhy) },
  { name: 'home, why Windows keeps the port', at: 'home', scenario: 'portReserved', reach: (page, t) => press(page, t.state.actions.seeWhy) },
  { name: 'home, a new passphrase', at: 'home', scenario: 'vaultMissing', reach: (page, t) => press(page, t.state.vault.protect) },
  { name: 'a search without an app', at: 'connect', reach: (page, t) => page.getByRole('searchbox', { name: t.connect.search }).fill('zzz') },
  { name: 'a request with an unknown key', at: 'requests', reach: row(1) },
  { name: 'a request that ended well', at: 'requests', reach: row(2) },
  { name: 'a blocked origin, with the report', at: 'requests', reach: async (page) => {
    await row(4)(page);
    await unfold(page);
  } },
  { name: 'a blocked origin that is allowed now', at: 'requests', reach: async (page, t) => {
    await row(4)(page);
    await page.getByRole('button', { name: t.requests.allow }).click();
  } },
  { name: 'only errors', at: 'requests', reach: (page, t) => press(page, t.requests.errors) },
  { name: 'no request through the filter', at: 'requests', reach: async (page, t) => {
    await page.getByRole('searchbox', { name: t.requests.find }).fill('zzz');
    await page.getByText(t.requests.emptyFiltered).waitFor();
  } },
  { name: 'account, signing out', at: 'account', reach: (page, t) => press(page, t.account.signOut) },
  { name: 'account, adding one by any way', at: 'account', reach: async (page, t) => {
    await press(page, t.account.add);
    await unfold(page);
  } },
  { name: 'account, before a code', at: 'account', scenario: 'notSignedIn', reach: (page, t) => press(page, t.signIn.useCode) },
  { name: 'account, the browser does not come back', at: 'account', scenario: 'signingIn', reach: unfold },
  { name: 'account, why the sign-in ended', at: 'account', scenario: 'signInAgain', reach: unfold },
  { name: 'settings, for experts', at: 'settings/network', reach: unfold },
  { name: 'settings, a port that cannot be', at: 'settings/network', reach: async (page, t) => {
    await page.getByLabel(t.settings.name.port[0] ?? '', { exact: true }).fill('70000');
    await press(page, t.shell.save);
    await page.getByRole('alert').waitFor();
  } },
  { name: 'settings, another way to keep secrets', at: 'settings/privacy', reach: (page, t) =>
    page.getByRole('combobox', { name: t.settings.name.vault[0] ?? '' }).selectOption('passphrase') },
  { name: 'keys, a new one', at: 'settings/keys', reach: async (page, t) => {
    await page.getByLabel(t.settings.keys.newName).fill('Jan');
    await press(page, t.settings.keys.add);
    await page.getByRole('alert').waitFor();
  }, leave: (page) => page.evaluate(() => window.fake?.ask('revokeKey', 'Jan')) },
  { name: 'keys, revoking one', at: 'settings/keys', reach: (page, t) => press(page, t.settings.keys.revokeThis('Zed')) },
  { name: 'diagnostics, with the report', at: 'settings/diagnostics', reach: (page, t) => press(page, t.settings.diagnostics.run) },
  { name: 'quitting in the middle of answers', at: 'settings/general', reach: async (page, t) => {
    await page.evaluate(() => window.fake?.become({ inFlight: 2 }));
    await press(page, t.shell.quit.label);
  }, leave: (page, t) => press(page, t.shell.cancel) },
  { name: 'settings whose file is wrong', at: 'settings/general', reach: async (page) => {
    await page.evaluate(() => {
      if (window.fake) window.fake.settings.problems = ['`port` must be a whole number from 0 to 65535'];
    });
    // The settings are read when the view comes up.
    await go(page, 'home');
    await go(page, 'settings/general');
  }, leave: (page) => page.evaluate(() => {
    if (window.fake) window.fake.settings.problems = [];
  }) },
  { name: 'first run, any way to sign in', at: 'home', scenario: 'firstRun', reach: unfold },
  { name: 'first run, in the browser', at: 'home', scenario: 'firstRun', reach: async (page, t) => {
    await press(page, t.signIn.button);
    await unfold(page);
  } },
  { name: 'first run, pick an app', at: 'home', scenario: 'firstRunOn', reach: (page, t) => press(page, t.firstRun.next) },
  { name: 'first run, the questions', at: 'home', scenario: 'firstRunOn', reach: async (page, t) => {
    await press(page, t.firstRun.next);
    await press(page, t.firstRun.skip);
  } },
  { name: 'the sign-in has no port', at: 'account', scenario: 'notSignedIn', reach: failing('signInPorts'), leave: forget },
  { name: 'codes are off', at: 'account', scenario: 'notSignedIn', reach: failing('codesOff'), leave: forget },
  { name: 'the sign-in failed', at: 'account', scenario: 'notSignedIn', reach: failing('cancelled'), leave: forget },
  { name: 'somebody signed in', at: 'home', reach: forget, leave: dismiss },
  { name: 'the limit is reached meanwhile', at: 'home', leave: dismiss, reach: (page) =>
    page.evaluate(() => window.fake?.note({ is: 'limitReached', span: 'session', backAtMs: null })) },
  { name: 'out of touch', at: 'home', reach: (page) => page.evaluate(() => window.fake?.loseTouch()), leave: (page) =>
    page.evaluate(() => window.fake?.findTouch()) },
  { name: 'after quitting', at: 'settings/general', reach: (page, t) => press(page, t.shell.quit.label) },
];

/** Brings a page to a scene, wherever it was. */
export async function stand(page: Page, scene: Scene, t: Catalogue): Promise<void> {
  // A view that is left forgets what was opened in it, and so does the first run.
  await page.evaluate(() => window.fake?.show('on'));
  await go(page, scene.at === 'connect/other' ? 'home' : 'connect/other');
  await page.evaluate((scenario) => window.fake?.show(scenario), scene.scenario ?? 'on');
  await go(page, scene.at);
  await settled(page);
  if (!scene.reach) return;
  await scene.reach(page, t);
  await settled(page);
}
