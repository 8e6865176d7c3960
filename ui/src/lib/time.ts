/**
 * Times as people say them. The present moment, the language and the time zone are arguments; without a zone the
 * machine's own counts. All times are milliseconds since the epoch.
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Place {
  locale: string;
  zone?: string;
}

/** `14:20` today, `Mon 11:15` within a week, `4 Apr, 11:15` beyond. */
export function clock(at: number, now: number, place: Place): string {
  const today = dayOf(at, place) === dayOf(now, place);
  const near = Math.abs(at - now) < 6 * DAY;
  return format(at, place, {
    hour: '2-digit',
    minute: '2-digit',
    ...(today ? {} : near ? { weekday: 'short' } : { day: 'numeric', month: 'short' }),
  });
}

/** `14:20:07`, and `17 Nov, 14:20` where it is not today: for rows of a log. */
export function moment(at: number, now: number, place: Place): string {
  const today = dayOf(at, place) === dayOf(now, place);
  return format(at, place, {
    hour: '2-digit',
    minute: '2-digit',
    ...(today ? { second: '2-digit' } : { day: 'numeric', month: 'short' }),
  });
}

/** `Monday 11:15`: for sentences about another day; today only the time. */
export function spoken(at: number, now: number, place: Place): string {
  const today = dayOf(at, place) === dayOf(now, place);
  const near = Math.abs(at - now) < 6 * DAY;
  return format(at, place, {
    hour: '2-digit',
    minute: '2-digit',
    ...(today ? {} : near ? { weekday: 'long' } : { day: 'numeric', month: 'long' }),
  });
}

/** The date and the time to the second, for a detail. */
export function full(at: number, place: Place): string {
  return format(at, place, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** A day of the usage chart; `day` is `2026-04-04` and names a day of UTC. */
export function date(day: string, locale: string, style: 'short' | 'long' = 'short'): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  return format(at, { locale, zone: 'UTC' }, { day: 'numeric', month: style, ...(style === 'long' ? { weekday: 'long' } : {}) });
}

/** `in 38 min`, `in 2 hr`: the largest unit that says something; minutes are rounded up, so that nobody is early. */
export function until(at: number, now: number, locale: string): string {
  const left = Math.max(0, at - now);
  const [value, unit] = left >= 2 * DAY ? [left / DAY, 'day' as const]
    : left >= 2 * HOUR ? [left / HOUR, 'hour' as const]
    : [left / MINUTE, 'minute' as const];
  return relative(unit === 'minute' ? Math.max(1, Math.ceil(value)) : Math.round(value), unit, locale);
}

/** `2 s ago`, `3 min ago`: rounded down. */
export function ago(at: number, now: number, locale: string): string {
  const passed = Math.max(0, now - at);
  const [value, unit] = passed >= DAY ? [passed / DAY, 'day' as const]
    : passed >= HOUR ? [passed / HOUR, 'hour' as const]
    : passed >= MINUTE ? [passed / MINUTE, 'minute' as const]
    : [passed / SECOND, 'second' as const];
  return relative(-Math.floor(value), unit, locale);
}

/** `0:07`, `12:40`: how long something takes already. */
export function elapsed(since: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - since) / SECOND));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Milliseconds from `now` until the next full minute: when a minute's display has to change. */
export function toNextMinute(now: number): number {
  return MINUTE - (now % MINUTE);
}

function relative(value: number, unit: Intl.RelativeTimeFormatUnit, locale: string): string {
  const said = new Intl.RelativeTimeFormat(locale, { style: 'short', numeric: 'always' }).format(value, unit);
  // “38 min.” would end a sentence in the middle, and another at its end twice.
  return said.replace(/(\p{L})\.(?=\s|$)/gu, '$1');
}

function dayOf(at: number, place: Place): string {
  return format(at, place, { year: 'numeric', month: 'numeric', day: 'numeric' });
}

function format(at: number, place: Place, options: Intl.DateTimeFormatOptions): string {
  const zone = place.zone === undefined ? {} : { timeZone: place.zone };
  const cycle = options.hour === undefined ? {} : { hourCycle: 'h23' as const };
  return new Intl.DateTimeFormat(place.locale, { ...options, ...cycle, ...zone }).format(at);
}
