// The functions behind the rows of the shared table.

import { isDeepStrictEqual } from 'node:util';

const CASES = new Map();

/** Puts a function behind the row `name`. */
export function put(name, run) {
  if (CASES.has(name)) throw new Error(`two functions for ${name}`);
  CASES.set(name, run);
}

/** All of them, by the name of their row. */
export const cases = () => new Map(CASES);

/** Fails with both values when they differ. */
export function same(actual, expected, what = 'value') {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${what}: ${shown(actual)} instead of ${shown(expected)}`);
}

/** Fails with `what` and the evidence when `truth` is not. */
export function holds(truth, what, ...evidence) {
  if (!truth) throw new Error([what, ...evidence.map(shown)].join(': '));
}

/** The error of that class that a call raises. */
export async function raised(call, kind) {
  try {
    await call();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error(`no ${kind.name}`);
}

/** A value, short enough for a table. */
function shown(value) {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`;
}
