/** What the page says about a state: pure, from bindings, a catalogue and the present moment to sentences. */
import type { AccountView, AppState, Limit, LimitSpan, RequestRow, Sentence } from '../bindings';
import { percent } from '../lib/format';
import { ago, clock, spoken, until } from '../lib/time';
import type { Catalogue } from './words.svelte';

export interface Voice {
  t: Catalogue;
  locale: string;
  now: number;
  zone?: string;
}

/** The headline's sentence. */
export function headline(voice: Voice, says: Sentence): string {
  const t = voice.t.state.headline;
  switch (says.id) {
    case 'portTaken':
      return t.portTaken(String(says.port));
    case 'portReserved':
      return t.portReserved(String(says.port));
    case 'limitReached':
      return limitHeadline(voice, says.backAtMs);
    case 'on':
      return t.on(says.address);
    case 'vaultLocked':
    case 'vaultPassphrase':
    case 'vaultMissing':
    case 'vaultDenied':
    case 'vaultKeyGone':
    case 'vaultDamaged':
    case 'signingIn':
    case 'signInAgain':
    case 'notSignedIn':
    case 'alreadyRunning':
    case 'blocked':
    case 'proxyOff':
    case 'starting':
    case 'offline':
    case 'ready':
      return t[says.id];
  }
}

/** What the headline means for the person, in one line below it. */
export function meaning(voice: Voice, state: AppState): string {
  const t = voice.t.state.means;
  const says = state.headline.says;
  switch (says.id) {
    case 'vaultPassphrase':
      return state.vault.is === 'wrongPassphrase' ? t.vaultWrongPassphrase : t.vaultPassphrase;
    case 'limitReached':
      return says.backAtMs === null ? t.limitReachedPlain : t.limitReached(until(says.backAtMs, voice.now, voice.locale));
    case 'offline':
      return t.offline(state.account.is === 'offline' ? state.account.host : 'ChatGPT');
    case 'vaultLocked':
    case 'vaultMissing':
    case 'vaultDenied':
    case 'vaultKeyGone':
    case 'vaultDamaged':
    case 'signingIn':
    case 'signInAgain':
    case 'notSignedIn':
    case 'portTaken':
    case 'portReserved':
    case 'alreadyRunning':
    case 'blocked':
    case 'proxyOff':
    case 'starting':
    case 'ready':
    case 'on':
      return t[says.id];
  }
}

function limitHeadline(voice: Voice, back: number | null): string {
  const t = voice.t.state.headline;
  if (back === null) return t.limitReached;
  const time = clock(back, voice.now, voice);
  return isToday(voice, back) ? t.limitReachedUntil(time) : t.limitReachedUntilDay(time);
}

/** What a window of the limits is called: by its length, never by its place. */
export function limitName(voice: Voice, limit: { span: LimitSpan; minutes: number | null; feature?: string | null }): string {
  const t = voice.t.state.limits;
  const name = named();
  return limit.feature ? `${name} · ${limit.feature}` : name;

  function named(): string {
    const { span, minutes } = limit;
    if (span !== 'other') return t[span];
    if (minutes === null) return t.other;
    const count = (value: number) => new Intl.NumberFormat(voice.locale, { maximumFractionDigits: 1 }).format(value);
    return minutes % 1440 === 0 ? t.days(count(minutes / 1440)) : t.hours(count(minutes / 60));
  }
}

/** `62% left · resets 14:20 (in 38 min)`. */
export function limitLine(voice: Voice, limit: Limit): string {
  const t = voice.t.state.limits;
  const left = t.left(percent(limit.leftPercent, voice.locale));
  if (limit.resetsAtMs === null) return left;
  const resets = t.resets(clock(limit.resetsAtMs, voice.now, voice), until(limit.resetsAtMs, voice.now, voice.locale));
  return `${left} · ${resets}`;
}

/** `Back at 14:20 (in 38 min). …` or `Back on Monday 11:15.` */
export function backLine(voice: Voice, at: number): string {
  const t = voice.t.state.limits;
  const time = spoken(at, voice.now, voice);
  return isToday(voice, at) ? t.back(time, until(at, voice.now, voice.locale)) : t.backDay(time);
}

/** The age of a reading that is not fresh any more; nothing for a fresh one. */
export function readingAge(voice: Voice, readAtMs: number): string | null {
  const stale = voice.now - readAtMs >= 10 * 60_000;
  return stale ? voice.t.state.limits.read(ago(readAtMs, voice.now, voice.locale)) : null;
}

/** Windows of the plan itself, the one that binds first. */
export function inOrder(limits: Limit[]): Limit[] {
  return [...limits].sort((a, b) => Number(b.binding) - Number(a.binding) || Number(a.feature !== null) - Number(b.feature !== null));
}

/** What an account is called. */
export function who(t: Catalogue, account: AccountView, hidden: boolean): string {
  if (account.email === null) return account.workspace ?? t.account.kinds[account.kind];
  return hidden ? masked(account.email) : account.email;
}

/** `j•••@example.test`: enough to tell two apart, too little to write to. */
export function masked(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '•••' : `${email.slice(0, 1)}•••${email.slice(at)}`;
}

/** What became of a request, as a sentence without codes. */
export function outcome(t: Catalogue, row: RequestRow): string {
  if (row.fault === 'origin_not_allowed') return t.requests.blocked(row.origin ?? t.shell.unknown);
  const faults: Record<string, string> = t.requests.faults;
  return faults[row.fault ?? ''] ?? t.requests.ends[row.ended];
}

/** True where a request ended as it should. */
export function isFine(row: { status: number; ended: RequestRow['ended'] }): boolean {
  return row.status < 400 && (row.ended === 'whole' || row.ended === 'incomplete');
}

function isToday(voice: Voice, at: number): boolean {
  const day = (time: number) =>
    new Intl.DateTimeFormat('en', { dateStyle: 'short', ...(voice.zone ? { timeZone: voice.zone } : {}) }).format(time);
  return day(at) === day(voice.now);
}
