/** Numbers as people of a language write them. Unknown is "—", never zero. */

export const UNKNOWN = '—';

/** `1234567` as `1,234,567`. */
export function whole(value: number | null, locale: string): string {
  return value === null ? UNKNOWN : new Intl.NumberFormat(locale).format(value);
}

/** `1234567` as `1.2M`: for charts and narrow columns. */
export function short(value: number | null, locale: string): string {
  if (value === null) return UNKNOWN;
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/** `62.4` as `62%`. What is left is never rounded up to something, nor what is something down to nothing. */
export function percent(value: number, locale: string): string {
  const shown = value > 0 && value < 1 ? 1 : Math.floor(value);
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(shown / 100);
}

/** `950` as `0.95s`, `12345` as `12.3s`, `75000` as `75s`; milliseconds below a tenth of a second. */
export function span(ms: number | null, locale: string): string {
  if (ms === null) return UNKNOWN;
  const unit = (value: number, name: 'millisecond' | 'second', digits: number) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: 'narrow',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value);
  if (ms < 100) return unit(ms, 'millisecond', 0);
  if (ms < 10_000) return unit(ms / 1000, 'second', 2);
  return unit(ms / 1000, 'second', ms < 60_000 ? 1 : 0);
}

/** Items as a sentence lists them. */
export function listed(items: readonly string[], locale: string): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(items);
}
