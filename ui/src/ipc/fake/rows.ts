/** A request log and its sums, the same at each call. */
import type { Filter, RequestRow, UsageDay } from '../../bindings';
import { isFine } from '../../text/say';

const DAY = 24 * 3600_000;
const APPS = ['Cherry Studio', 'Zed', 'Cherry Studio', 'Obsidian Copilot', 'Cherry Studio', 'Zed', 'Raycast'] as const;
const MODELS = ['gpt-6.1-sol', 'gpt-6.1-sol', 'gpt-6.1-mini'] as const;

/** A whole number below `below`, from `seed`. */
function chance(seed: number, below: number): number {
  const mixed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) ^ Math.imul(seed + 0x9e3779b9, 0x297a2d39);
  return (mixed >>> 4) % below;
}

function plain(row: number, atMs: number): RequestRow {
  const total = 1200 + chance(row, 9000);
  const input = 400 + chance(row + 1, 24_000);
  return {
    row,
    id: `req_${(0x6000_0000 + row * 7919).toString(16)}`,
    atMs,
    app: APPS[row % APPS.length] ?? null,
    account: 'user_1/acct_plus',
    dialect: row % 3 === 0 ? 'responses' : 'chat',
    path: row % 3 === 0 ? '/v1/responses' : '/v1/chat/completions',
    oddPath: false,
    model: MODELS[row % MODELS.length] ?? null,
    stream: row % 4 !== 3,
    status: 200,
    ended: 'whole',
    fault: null,
    attempts: 1,
    firstByteMs: Math.min(total, 380 + chance(row + 2, 900)),
    totalMs: total,
    inputTokens: input,
    cachedTokens: Math.floor((input * chance(row + 3, 90)) / 100),
    outputTokens: 60 + chance(row + 4, 2200),
    reasoningTokens: chance(row + 5, 500),
    ignored: row % 5 === 0 ? ['temperature', 'top_p'] : [],
    upstreamRequestId: `up-${(0x9000_0000 + row * 104_729).toString(16)}`,
    origin: null,
  };
}

const UNANSWERED = {
  attempts: 0,
  firstByteMs: null,
  inputTokens: null,
  cachedTokens: null,
  outputTokens: null,
  reasoningTokens: null,
  upstreamRequestId: null,
  ignored: [],
};

/** Row `row` of the log; some of them did not end well. */
export function rowOf(row: number, atMs: number): RequestRow {
  const usual = plain(row, atMs);
  switch (row % 17) {
    case 3:
      return { ...usual, ...UNANSWERED, app: 'Obsidian Copilot', status: 403, ended: 'refused', fault: 'origin_not_allowed', origin: 'app://obsidian.md', totalMs: 1 };
    case 6:
      return { ...usual, ...UNANSWERED, app: null, model: null, status: 401, ended: 'refused', fault: 'invalid_api_key', totalMs: 1 };
    case 9:
      return { ...usual, status: 502, ended: 'upstream_failed', fault: 'upstream_unreachable', attempts: 3, firstByteMs: null, outputTokens: null };
    case 12:
      return { ...usual, ended: 'client_left', outputTokens: 12 };
    case 14:
      return { ...usual, oddPath: true, path: '/v1/v1/chat/completions' };
    default:
      return usual;
  }
}

/** `count` rows, newest first. */
export function rowsOf(count: number, now: number): RequestRow[] {
  return Array.from({ length: count }, (_, at) => rowOf(count - at, now - 2000 - at * 47_000 - chance(at, 30_000)));
}

export function passes(filter: Filter, row: RequestRow): boolean {
  const text = filter.text?.toLowerCase();
  const words = [row.path, row.fault, row.app, row.model, row.origin, String(row.status), row.id];
  return (
    (!filter.errors || !isFine(row)) &&
    (filter.app === null || row.app === filter.app) &&
    (filter.model === null || row.model === filter.model) &&
    (text === undefined || words.some((word) => word?.toLowerCase().includes(text)))
  );
}

export function usageOf(days: number, now: number): UsageDay[] {
  return Array.from({ length: days }, (_, at) => {
    const day = new Date(now - (days - 1 - at) * DAY).toISOString().slice(0, 10);
    const quiet = new Date(day).getUTCDay() % 6 === 0;
    const apps = ['Cherry Studio', 'Zed', 'Obsidian Copilot', 'Raycast'].flatMap((app, index) => {
      const requests = quiet && index > 0 ? 0 : chance(at * 31 + index * 7, [64, 40, 22, 9][index] ?? 1);
      const input = requests * (2000 + chance(at + index, 6000));
      const used = { app, requests, failed: chance(at + index, 3) % (requests + 1), inputTokens: input };
      return requests === 0 ? [] : [{ ...used, cachedTokens: Math.floor(input * 0.6), outputTokens: requests * 640 }];
    });
    return { day, apps };
  });
}
