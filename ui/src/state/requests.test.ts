import { expect, test } from 'vitest';
import { Fake } from '../ipc/fake';
import { EVERYTHING, Requests } from './requests.svelte';

async function opened(rows: number) {
  const fake = new Fake({ rows });
  const log = new Requests(fake);
  fake.follow({
    hear: (news) => {
      if (news.what.is === 'requests') log.hear(news.what.with);
    },
    lost: () => {},
    found: () => {},
  });
  await log.refresh();
  return { fake, log };
}

const settled = () => new Promise((done) => setTimeout(done, 0));
const numbers = (log: Requests) => log.book.value?.rows.map((row) => row.row) ?? [];

test('the log is read in pages, without a gap and without a row twice', async () => {
  const { log } = await opened(1050);
  expect(numbers(log)).toHaveLength(200);
  await log.grow(700);
  expect(numbers(log).length).toBeGreaterThanOrEqual(700);
  await log.grow(5000);
  expect(numbers(log)).toEqual(Array.from({ length: 1050 }, (_, at) => 1050 - at));
  expect(log.book.value?.next).toBeNull();
});

test('rows that arrive while a page is read come on top and the page still fits', async () => {
  const { fake, log } = await opened(600);
  const growing = log.grow(600);
  fake.arrive();
  await growing;
  expect(numbers(log)).toEqual(Array.from({ length: 601 }, (_, at) => 601 - at));
  expect(log.book.value?.total).toBe(601);
});

test('a row that is told of twice is there once', async () => {
  const { fake, log } = await opened(10);
  fake.arrive();
  fake.tell({ is: 'requests', with: fake.rows.slice(0, 1) });
  expect(numbers(log).filter((row) => row === 11)).toHaveLength(1);
});

test('a filter narrows, and news pass it only where the server lets them', async () => {
  const { fake, log } = await opened(200);
  await log.narrow({ app: 'Zed' });
  expect(log.isFiltered).toBe(true);
  const before = numbers(log).length;
  fake.arrive({ app: 'Raycast' });
  await settled();
  expect(numbers(log)).toHaveLength(before);
  fake.arrive({ app: 'Zed' });
  await settled();
  expect(numbers(log)).toHaveLength(before + 1);
  await log.narrow(EVERYTHING);
  expect(log.isFiltered).toBe(false);
  expect(log.book.value?.total).toBe(202);
});

test('the newest filter wins over the answer of an older one', async () => {
  const { log } = await opened(200);
  const first = log.narrow({ app: 'Zed' });
  const second = log.narrow({ app: 'Raycast' });
  await Promise.all([first, second]);
  expect(new Set(log.book.value?.rows.map((row) => row.app))).toEqual(new Set(['Raycast']));
});

test('a page of the old filter is not put under rows of the new one', async () => {
  const { log } = await opened(900);
  const growing = log.grow(900);
  await log.narrow({ app: 'Zed' });
  await growing;
  expect(new Set(log.book.value?.rows.map((row) => row.app))).toEqual(new Set(['Zed']));
});

test('an app that calls for the first time is in the filter', async () => {
  const { fake, log } = await opened(10);
  fake.arrive({ app: 'A new app', model: 'a-new-model' });
  expect(log.book.value?.apps).toContain('A new app');
  expect(log.book.value?.models).toContain('a-new-model');
});
