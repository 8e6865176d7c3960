import { expect, test, vi } from 'vitest';
import { Fake } from '../ipc/fake';
import { Live, type Listeners } from './live.svelte';

const deaf: Listeners = { requestsEnded: () => {}, tryItSaid: () => {}, noted: () => {} };
const settled = () => new Promise((done) => setTimeout(done, 0));

function started(ears: Listeners = deaf) {
  const fake = new Fake();
  const live = new Live(fake, ears);
  const stop = live.start();
  return { fake, live, stop };
}

const asksFor = (fake: Fake, ask: string) => fake.asked.filter((one) => one.ask === ask).length;

test('the state is read at the start and follows the news', async () => {
  const { fake, live } = started();
  expect(live.connection.is).toBe('loading');
  await settled();
  expect(live.state?.proxy.is).toBe('on');
  fake.become({ proxy: { is: 'off' } });
  expect(live.state?.proxy.is).toBe('off');
  expect(asksFor(fake, 'state')).toBe(1);
});

test('a gap in the numbers of the news makes it ask for the whole state', async () => {
  const { fake, live } = started();
  await settled();
  fake.become({ inFlight: 1 });
  fake.skip();
  fake.tell({ is: 'requests', with: [] });
  await settled();
  expect(asksFor(fake, 'state')).toBe(2);
  expect(live.state?.inFlight).toBe(1);
});

test('an older state does not replace a newer one', async () => {
  const { fake, live } = started();
  await settled();
  const old = fake.state;
  fake.become({ inFlight: 3 });
  live.take(old);
  expect(live.state?.inFlight).toBe(3);
});

test('a lost door is said, what was known stays, and the first news mends it', async () => {
  const { fake, live } = started();
  await settled();
  fake.loseTouch();
  expect(live.connection.is).toBe('lost');
  expect(live.state?.proxy.is).toBe('on');
  // A program that was started anew counts its states from the start.
  fake.state = { ...fake.state, revision: 0 };
  fake.become({ inFlight: 2 });
  await settled();
  expect(live.connection.is).toBe('live');
  expect(live.state?.inFlight).toBe(2);
});

test('a door that is found again is asked for the whole state', async () => {
  const { fake, live } = started();
  await settled();
  fake.loseTouch();
  fake.state = { ...fake.state, revision: 0, inFlight: 5 };
  fake.findTouch();
  await settled();
  expect(live.connection.is).toBe('live');
  expect(live.state?.inFlight).toBe(5);
});

test('other news reach those who listen, and nobody after the end', async () => {
  const heard = { requestsEnded: vi.fn(), tryItSaid: vi.fn(), noted: vi.fn() };
  const { fake, stop } = started(heard);
  await settled();
  fake.arrive();
  fake.note({ is: 'portLost' });
  fake.tell({ is: 'tryIt', with: { is: 'stopped' } });
  stop();
  fake.arrive();
  expect(heard.requestsEnded).toHaveBeenCalledOnce();
  expect(heard.noted).toHaveBeenCalledOnce();
  expect(heard.tryItSaid).toHaveBeenCalledOnce();
});
