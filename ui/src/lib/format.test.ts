import { expect, test } from 'vitest';
import { listed, percent, short, span, UNKNOWN, whole } from './format';

test('unknown is a dash, never zero', () => {
  expect([whole(null, 'en'), short(null, 'en'), span(null, 'en')]).toEqual([UNKNOWN, UNKNOWN, UNKNOWN]);
  expect(whole(0, 'en')).toBe('0');
});

test.each([
  [100, '100%'],
  [62.4, '62%'],
  [99.9, '99%'],
  [0.2, '1%'],
  [0, '0%'],
])('%s percent left is shown as %s', (value, shown) => {
  expect(percent(value, 'en')).toBe(shown);
});

test.each([
  [7, '7ms'],
  [99, '99ms'],
  [950, '0.95s'],
  [4590, '4.59s'],
  [12_345, '12.3s'],
  [75_400, '75s'],
])('%s ms take %s', (ms, shown) => {
  expect(span(ms, 'en')).toBe(shown);
});

test('numbers follow the language', () => {
  expect(whole(1_234_567, 'de')).toBe('1.234.567');
  expect(short(23_500, 'en')).toBe('23.5K');
  expect(listed(['a', 'b', 'c'], 'en-GB')).toBe('a, b and c');
});
