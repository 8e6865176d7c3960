import { afterEach, expect, test, vi } from 'vitest';
import { complaint } from '../ipc/call';
import { Fake } from '../ipc/fake';
import { stateOf, type Scenario } from '../ipc/fake/states';
import { Asked } from './asked.svelte';
import { Clock } from './clock.svelte';
import { due, questions } from './first_run.svelte';
import { Keys } from './keys.svelte';
import { Live } from './live.svelte';
import { address, parse } from './route.svelte';
import { Settings } from './settings.svelte';
import { SignIn } from './sign_in.svelte';
import { TryIt } from './try_it.svelte';

afterEach(() => vi.useRealTimers());

async function live(scenario: Scenario) {
  const fake = new Fake({ scenario });
  const state = new Live(fake, { requestsEnded: () => {}, tryItSaid: () => {}, noted: (note) => signIn.hear(note) });
  const signIn = new SignIn(fake, state);
  state.start();
  await state.refresh();
  return { fake, state, signIn };
}

test('the newest question wins, however late an older answer comes', async () => {
  const asked = new Asked<string>();
  let answerFirst: (answer: string) => void = () => {};
  const first = asked.run(() => new Promise((done) => (answerFirst = done)));
  await asked.run(() => Promise.resolve('second'));
  answerFirst('first');
  expect(await first).toBe(false);
  expect(asked.value).toBe('second');
});

test('what was known stays while it is asked again, and when that fails', async () => {
  const asked = new Asked<string>();
  await asked.run(() => Promise.resolve('known'));
  const again = asked.run(() => Promise.reject(Object.assign(new Error(), complaint('offline', 'no'))));
  expect(asked.isWaiting).toBe(true);
  expect(asked.value).toBe('known');
  await again;
  expect(asked.complaint?.code).toBe('offline');
  expect(asked.value).toBe('known');
});

function page(hidden = false) {
  const target = new EventTarget();
  return Object.assign(target, { hidden }) as unknown as Document & { hidden: boolean };
}

test('the clock moves once a minute, and once a second only while it is held fine', () => {
  vi.useFakeTimers({ now: 30_000 });
  const clock = new Clock(page());
  const stop = clock.start();
  vi.advanceTimersByTime(29_999);
  expect(clock.now).toBe(30_000);
  vi.advanceTimersByTime(1);
  expect(clock.now).toBe(60_000);
  const release = clock.fine();
  vi.advanceTimersByTime(1000);
  expect(clock.now).toBe(61_000);
  release();
  vi.advanceTimersByTime(2000);
  expect(clock.now).toBe(61_000);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('no timer runs while the page is hidden, and the clock catches up when it is seen', () => {
  vi.useFakeTimers({ now: 0 });
  const shown = page();
  const clock = new Clock(shown);
  clock.start();
  clock.fine();
  shown.hidden = true;
  shown.dispatchEvent(new Event('visibilitychange'));
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(90_000);
  shown.hidden = false;
  shown.dispatchEvent(new Event('visibilitychange'));
  expect(clock.now).toBe(90_000);
  expect(vi.getTimerCount()).toBe(1);
});

test('a sign-in begins, is seen in the state, and ends with the news', async () => {
  const { fake, signIn } = await live('notSignedIn');
  await signIn.begin('browser');
  expect(signIn.step?.way).toBe('browser');
  expect(signIn.phase.is).toBe('idle');
  fake.signedIn();
  expect(signIn.step).toBeNull();
});

test('a sign-in that cannot begin says so, and can be given up', async () => {
  const { fake, signIn } = await live('notSignedIn');
  fake.refusals.set('signIn', complaint('signInPorts', 'both ports are taken'));
  await signIn.begin('browser');
  expect(signIn.phase).toMatchObject({ is: 'failed', way: 'browser', complaint: { code: 'signInPorts' } });
  fake.refusals.clear();
  await signIn.begin('device');
  expect(signIn.step?.way).toBe('device');
  await signIn.cancel();
  expect(signIn.step).toBeNull();
});

test('a wrong address can be pasted again', async () => {
  const { signIn, state } = await live('signingInPaste');
  expect(await signIn.finish('http://localhost:1455/')).toBe(false);
  expect(signIn.phase).toMatchObject({ is: 'failed', complaint: { code: 'wrongPaste' } });
  expect(signIn.step?.way).toBe('paste');
  expect(await signIn.finish(' http://localhost:1455/auth/callback?code=x ')).toBe(true);
  expect(state.state?.account.is).toBe('ok');
});

test('a key is made only where there is none', async () => {
  const { fake, state } = await live('on');
  const keys = new Keys(fake, state);
  const made = await keys.of('Jan');
  expect(made).toMatch(/^pk-postern-/);
  expect(await keys.of('Jan')).toBe(made);
  expect(fake.asked.filter((one) => one.ask === 'addKey')).toHaveLength(1);
  fake.refusals.set('revealKey', complaint('vaultClosed', 'locked'));
  await expect(keys.of('Jan')).rejects.toMatchObject({ code: 'vaultClosed' });
});

test('a name that is taken is said and nothing is made', async () => {
  const { fake, state } = await live('on');
  const keys = new Keys(fake, state);
  expect(await keys.add('Zed')).toBeNull();
  expect(keys.deed.complaint?.code).toBe('nameTaken');
});

test('a choice for one key is kept and leaves the others alone', async () => {
  const { fake, state } = await live('on');
  const keys = new Keys(fake, state);
  await keys.refresh();
  const [first, second] = keys.list.value ?? [];
  if (!first || !second) throw new Error('too few keys');
  const chosen = { model: 'gpt-5.5', reasoning: 'hidden' } as const;
  expect(await keys.prefer(first.name, chosen)).toBe(true);
  const after = new Map(keys.list.value?.map((key) => [key.name, key.chosen]));
  expect(after.get(first.name)).toEqual(chosen);
  expect(after.get(second.name)).toEqual({ model: null, reasoning: null });
  expect(await keys.prefer('nobody', chosen)).toBe(false);
  expect(keys.deed.complaint?.code).toBe('notFound');
});

test('a setting that is refused keeps the old value and says which', async () => {
  const settings = new Settings(new Fake());
  await settings.refresh();
  expect(await settings.change('port', 'x')).toBe(false);
  expect(settings.refused?.key).toBe('port');
  expect(settings.valueOf('port')).toBe(7678);
  expect(await settings.change('port', 8788)).toBe(true);
  expect(settings.refused).toBeNull();
  expect(settings.valueOf('port')).toBe(8788);
});

test('an answer grows, ends, and takes no late pieces', async () => {
  const tryIt = new TryIt(new Fake());
  await tryIt.send('Hi', null);
  tryIt.hear({ is: 'delta', text: 'Hel' });
  tryIt.hear({ is: 'delta', text: 'lo' });
  expect(tryIt.phase).toEqual({ is: 'answering', text: 'Hello' });
  tryIt.hear({ is: 'done', model: 'm', firstTextMs: 1, totalMs: 2, inputTokens: 3, outputTokens: 4 });
  tryIt.hear({ is: 'delta', text: ' late' });
  expect(tryIt.phase).toMatchObject({ is: 'done', text: 'Hello', piece: { model: 'm' } });
});

test('what came of an answer that failed stays readable', async () => {
  const fake = new Fake();
  const tryIt = new TryIt(fake);
  await tryIt.send('Hi', null);
  tryIt.hear({ is: 'delta', text: 'Hel' });
  tryIt.hear({ is: 'failed', complaint: complaint('offline', 'gone') });
  expect(tryIt.phase).toMatchObject({ is: 'failed', text: 'Hel', complaint: { code: 'offline' } });
  fake.refusals.set('tryIt', complaint('signedOut', 'nobody'));
  await tryIt.send('Hi', null);
  expect(tryIt.phase).toMatchObject({ is: 'failed', text: '', complaint: { code: 'signedOut' } });
});

test.each<[Scenario, 'nothing' | 'on' | 'connect', string]>([
  ['firstRunNoKeyring', 'nothing', 'vault'],
  ['firstRun', 'nothing', 'signIn'],
  ['firstRun', 'connect', 'signIn'],
  ['firstRunOn', 'nothing', 'on'],
  ['firstRunPort', 'nothing', 'on'],
  ['firstRunOn', 'on', 'connect'],
  ['firstRunOn', 'connect', 'questions'],
])('in %s after %s the step is %s', (scenario, passed, step) => {
  expect(due(stateOf(scenario, 0), passed)).toBe(step);
});

test('only questions with a choice are asked', () => {
  const absent = { is: 'absent', why: '' } as const;
  expect(questions({ is: 'present' }, 'off', 'window')).toEqual(['autostart', 'keepRunning']);
  expect(questions(absent, 'off', 'window')).toEqual(['autostart']);
  expect(questions({ is: 'present' }, 'unavailable', 'browser')).toEqual([]);
});

test.each([
  ['#/requests/app%3AZed', 'requests', 'app:Zed'],
  ['#/settings', 'settings', null],
  ['#/nowhere', 'home', null],
  ['', 'home', null],
  ['#/connect/%E0%A4%A', 'connect', null],
])('%s leads to %s, %s', (hash, place, within) => {
  expect(parse(hash)).toEqual({ place, within });
});

test('an address leads where it says', () => {
  expect(parse(address('requests', 'app:a/b c'))).toEqual({ place: 'requests', within: 'app:a/b c' });
});
