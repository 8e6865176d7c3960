import { expect, test } from 'vitest';
import type { AppState, Limit } from '../bindings';
import { rowOf } from '../ipc/fake/rows';
import { limit, stateOf, type Scenario } from '../ipc/fake/states';
import { en } from './en';
import { backLine, headline, inOrder, isFine, limitLine, limitName, masked, meaning, outcome, readingAge, who } from './say';
import { zhCN } from './zh-CN';

const NOW = Date.UTC(2026, 10, 18, 12, 0, 0);
const voice = { t: en, locale: 'en-GB', now: NOW, zone: 'UTC' };
const said = (state: AppState) => headline(voice, state.headline.says);

test.each<[Scenario, string, string | null]>([
  ['vaultLocked', 'Your keyring is locked', 'Unlock'],
  ['signInAgain', 'Sign in again', 'Sign in'],
  ['notSignedIn', 'Not signed in', 'Sign in'],
  ['portTaken', 'Port 7678 is taken', 'See why'],
  ['portReserved', 'Port 7678 is reserved', 'See why'],
  ['proxyOff', 'Proxy is off', 'Turn on'],
  ['limitShort', 'Limit reached · back at 12:38', null],
  ['limitWeekly', 'Limit reached · back on Sat 14:00', null],
  ['offline', 'Cannot reach ChatGPT', 'Try again'],
  ['ready', 'Ready · no app connected', 'Connect an app'],
  ['on', 'On · 127.0.0.1:7678', null],
])('%s is said as “%s” with the button “%s”', (scenario, sentence, button) => {
  const state = stateOf(scenario, NOW);
  expect(said(state)).toBe(sentence);
  expect(state.headline.action && en.state.actions[state.headline.action]).toBe(button);
});

test('every scenario has a headline and a meaning in both languages, without codes or shouting', () => {
  for (const t of [en, zhCN]) {
    for (const scenario of ['vaultWrongPassphrase', 'vaultDamaged', 'signingIn', 'blocked', 'starting', 'on', 'limitShort'] as const) {
      const state = stateOf(scenario, NOW);
      for (const text of [headline({ ...voice, t }, state.headline.says), meaning({ ...voice, t }, state)]) {
        expect(text).toMatch(/\p{L}/u);
        expect(text).not.toMatch(/[!！_]|undefined|null/);
      }
    }
  }
});

test('a passphrase that was wrong is told apart from one that is missing', () => {
  const meant = (scenario: Scenario) => meaning(voice, stateOf(scenario, NOW));
  expect(meant('vaultWrongPassphrase')).not.toBe(meant('vaultPassphrase'));
});

test.each<[Partial<Limit>, string]>([
  [{ span: 'session', minutes: 300 }, '5-hour limit'],
  [{ span: 'week', minutes: 10_080 }, 'Weekly limit'],
  [{ span: 'other', minutes: 180 }, '3-hour limit'],
  [{ span: 'other', minutes: 2880 }, '2-day limit'],
  [{ span: 'other', minutes: null }, 'Limit'],
  [{ span: 'week', minutes: 10_080, feature: 'Code review' }, 'Weekly limit · Code review'],
])('a window of %o is called %s', (part, name) => {
  expect(limitName(voice, { ...limit({ span: 'week', leftPercent: 1 }, NOW), ...part })).toBe(name);
});

test('a limit says what is left and when it starts anew', () => {
  const week = limit({ span: 'week', leftPercent: 88 }, NOW);
  expect(limitLine(voice, week)).toBe('88% left · resets Sat 14:00 (in 3 days)');
  expect(limitLine(voice, { ...week, resetsAtMs: null })).toBe('88% left');
});

test('the words about a limit that is reached are those of the field notes', () => {
  expect(en.state.limits.reached(limitName(voice, limit({ span: 'session', leftPercent: 0 }, NOW)))).toBe('5-hour limit reached.');
  expect(backLine(voice, NOW + 38 * 60_000)).toBe('Back at 12:38 (in 38 min). Apps get error 429 with that time.');
  expect(backLine(voice, NOW + 74 * 3_600_000)).toBe('Back on Saturday 14:00.');
});

test('a fresh reading says no age, an old one does', () => {
  expect(readingAge(voice, NOW - 9 * 60_000)).toBeNull();
  expect(readingAge(voice, NOW - 2 * 3_600_000)).toBe('read 2 hr ago');
});

test('the window that binds leads', () => {
  const limits = [limit({ span: 'session', leftPercent: 62 }, NOW), limit({ span: 'week', leftPercent: 3, binding: true }, NOW)];
  expect(inOrder(limits).map((one) => one.span)).toEqual(['week', 'session']);
});

test('an e-mail address that is hidden cannot be written to', () => {
  const account = { id: 'a', kind: 'chatgpt', email: 'mara@example.test', plan: null, workspace: null, active: true, problem: null } as const;
  expect(who(en, account, false)).toBe('mara@example.test');
  expect(who(en, account, true)).toBe('m•••@example.test');
  expect(who(en, { ...account, email: null }, false)).toBe('ChatGPT');
  expect(masked('@odd')).toBe('•••');
});

test('what became of a request is a sentence without its code', () => {
  const refused = rowOf(3, NOW);
  expect(outcome(en, refused)).toBe('app://obsidian.md was blocked.');
  expect(outcome(en, rowOf(6, NOW))).toBe('An app used an unknown key.');
  expect(outcome(en, { ...refused, fault: 'some_new_code' })).toBe(en.requests.ends.refused);
  expect(outcome(en, rowOf(1, NOW))).toBe(en.requests.ends.whole);
  expect(isFine(rowOf(1, NOW))).toBe(true);
  expect(isFine(rowOf(9, NOW))).toBe(false);
});
