import { expect, test } from 'vitest';
import { ago, clock, date, elapsed, full, moment, spoken, toNextMinute, until } from './time';

/** Wednesday noon. */
const NOW = Date.UTC(2026, 10, 18, 12, 0, 0);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const place = { locale: 'en-GB', zone: 'UTC' };

test.each([
  [2 * HOUR, '14:00'],
  [-3 * HOUR, '09:00'],
  [11 * HOUR + 59 * MINUTE, '23:59'],
  [12 * HOUR, 'Thu 00:00'],
  [3 * DAY, 'Sat 12:00'],
  [9 * DAY, '27 Nov, 12:00'],
])('%s ms from now the clock shows %s', (after, shown) => {
  expect(clock(NOW + after, NOW, place)).toBe(shown);
});

test('the day is the day where the person is', () => {
  const late = Date.UTC(2026, 10, 18, 23, 30);
  expect(clock(late, NOW, place)).toBe('23:30');
  expect(clock(late, NOW, { locale: 'en-GB', zone: 'Asia/Shanghai' })).toBe('Thu 07:30');
});

test('midnight is 00:00, never 24:00', () => {
  expect(clock(Date.UTC(2026, 10, 18), NOW, place)).toBe('00:00');
  expect(clock(Date.UTC(2026, 10, 18), NOW, { locale: 'en-US', zone: 'UTC' })).toBe('00:00');
});

test('a row of the log shows seconds today and the date before', () => {
  expect(moment(NOW - 7000, NOW, place)).toBe('11:59:53');
  expect(moment(NOW - DAY, NOW, place)).toBe('17 Nov, 12:00');
});

test('a sentence names the day in full', () => {
  expect(spoken(NOW + 2 * HOUR, NOW, place)).toBe('14:00');
  expect(spoken(NOW + 3 * DAY, NOW, place)).toBe('Saturday 12:00');
});

test.each([
  [30_000, 'in 1 min'],
  [37 * MINUTE + 1, 'in 38 min'],
  [119 * MINUTE, 'in 119 min'],
  [3 * HOUR, 'in 3 hr'],
  [3 * DAY + 2 * HOUR, 'in 3 days'],
  [-MINUTE, 'in 1 min'],
])('%s ms ahead is %s', (left, shown) => {
  expect(until(NOW + left, NOW, 'en-GB')).toBe(shown);
});

test.each([
  [0, '0 sec ago'],
  [2400, '2 sec ago'],
  [59_999, '59 sec ago'],
  [26 * MINUTE, '26 min ago'],
  [25 * HOUR, '1 day ago'],
  [-5000, '0 sec ago'],
])('%s ms back is %s', (passed, shown) => {
  expect(ago(NOW - passed, NOW, 'en-GB')).toBe(shown);
});

test.each([
  [0, '0:00'],
  [7900, '0:07'],
  [75_000, '1:15'],
  [61 * MINUTE, '61:00'],
])('%s ms have elapsed as %s', (passed, shown) => {
  expect(elapsed(NOW, NOW + passed)).toBe(shown);
});

test('days of the chart are days of UTC, whatever the machine says', () => {
  expect(date('2026-11-18', 'en-GB')).toBe('18 Nov');
  expect(date('2026-11-18', 'en-GB', 'long')).toBe('Wednesday 18 November');
  expect(full(NOW, place)).toBe('18 Nov 2026, 12:00:00');
});

test('the next minute is at most a minute away and never now', () => {
  expect(toNextMinute(NOW)).toBe(MINUTE);
  expect(toNextMinute(NOW + 59_000)).toBe(1000);
});

test('no abbreviation brings a full stop along', () => {
  expect(until(NOW + 38 * MINUTE, NOW, 'en-US')).toBe('in 38 min');
  expect(ago(NOW - 2400, NOW, 'en-US')).toBe('2 sec ago');
});
