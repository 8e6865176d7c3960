import { expect, test } from 'vitest';
import { filled } from './paste';
import { redacted } from './redact';
import { meant, same, written } from './setting';
import { busiest, onDay, perApp } from './usage';

const used = (app: string, requests: number, inputTokens = 0, outputTokens = 0) => ({
  app,
  requests,
  failed: 0,
  inputTokens,
  cachedTokens: 0,
  outputTokens,
});
const DAYS = [
  { day: '2026-11-17', apps: [used('Zed', 3, 100, 10), used('', 1)] },
  { day: '2026-11-18', apps: [used('Zed', 2, 50, 5), used('Raycast', 5, 10, 1)] },
];

test('use is summed per app, the largest first, and per day', () => {
  expect(perApp(DAYS, 'requests')).toEqual([
    { app: 'Raycast', value: 5 },
    { app: 'Zed', value: 5 },
    { app: '', value: 1 },
  ]);
  expect(perApp(DAYS, 'tokens')[0]).toEqual({ app: 'Zed', value: 165 });
  expect(DAYS.map((day) => onDay(day, 'requests', null))).toEqual([4, 7]);
  expect(DAYS.map((day) => onDay(day, 'requests', 'Zed'))).toEqual([3, 2]);
});

test('the busiest day is the first of several, and there may be none', () => {
  expect(busiest([{ day: 'a', value: 1 }, { day: 'b', value: 4 }, { day: 'c', value: 4 }])?.day).toBe('b');
  expect(busiest([])).toBeNull();
});

test.each([
  ['mara@example.test can be used', '(e-mail) can be used'],
  ['key pk-postern-aB3dE5gH7 accepted', 'key (key) accepted'],
  ['sk-proj-1234567890', '(key)'],
  ['at-standin-acct', '(key)'],
  ['eyJhbGciOi.eyJzdWIi.sig', '(token)'],
  ['/home/mara/.config/postern', '/home/(name)/.config/postern'],
  ['C:\\Users\\Mara\\AppData', 'C:\\Users\\(name)\\AppData'],
  ['http://127.0.0.1:7678 answers', 'http://127.0.0.1:7678 answers'],
])('a report says %s as %s', (text, told) => {
  expect(redacted(text)).toBe(told);
});

test.each([
  ['7678', 80, 7678],
  ['-3', 80, -3],
  ['80a', 80, '80a'],
  ['', 80, null],
  ['  ', 'text', null],
  [' http://a ', 'text', 'http://a'],
  ['a\n\n b \n', ['x'], ['a', 'b']],
  ['', ['x'], []],
  ['12', 'text', '12'],
])('“%s” where %s was means %s', (text, like, value) => {
  expect(meant(text, like)).toEqual(value);
});

test('a value is written as it is read', () => {
  for (const value of [7678, 'text', ['a', 'b'], true]) {
    if (typeof value !== 'boolean') expect(meant(written(value), value)).toEqual(value);
  }
  expect(written(null)).toBe('');
  expect(same(['a'], ['a'])).toBe(true);
  expect(same(['a'], ['b'])).toBe(false);
  expect(same(null, '')).toBe(false);
});

test('every blank of a text is filled', () => {
  expect(filled('{{key}} {{model}} {{key}}', { key: 'K$&', model: 'M' })).toBe('K$& M K$&');
});
