import { expect, test } from 'vitest';
import { reveal, slice, step } from './window';

test('only what is seen and some more is in the page', () => {
  expect(slice(0, 400, 40, 10_000, 5)).toEqual({ from: 0, to: 15 });
  expect(slice(4000, 400, 40, 10_000, 5)).toEqual({ from: 95, to: 115 });
  expect(slice(399_600, 400, 40, 10_000, 5)).toEqual({ from: 9985, to: 10_000 });
});

test('nothing is shown of nothing, and before the rows are measured', () => {
  expect(slice(0, 400, 40, 0)).toEqual({ from: 0, to: 0 });
  expect(slice(0, 400, 0, 10)).toEqual({ from: 0, to: 0 });
});

test.each([
  [3, 0, 0],
  [12, 0, 120],
  [2, 400, 80],
])('row %s with the view at %s scrolls it to %s', (at, top, to) => {
  expect(reveal(at, top, 400, 40)).toBe(to);
});

test.each([
  ['ArrowDown', 0, 1],
  ['ArrowDown', 99, 99],
  ['ArrowUp', 0, 0],
  ['PageDown', 5, 15],
  ['PageUp', 5, 0],
  ['Home', 50, 0],
  ['End', 50, 99],
  ['a', 50, null],
  ['Tab', 50, null],
])('%s leads from row %s to %s', (key, at, to) => {
  expect(step(key, at, 100, 10)).toBe(to);
});
