/** Values of settings as fields hold them, and back. */

export type Value = boolean | number | string | string[];

/** What a text field shows. */
export function written(value: Value | null): string {
  if (value === null) return '';
  return Array.isArray(value) ? value.join('\n') : String(value);
}

/**
 * What a text field means, of the kind that `like` is; empty is nothing, which is the default. What is no whole number
 * where one belongs is handed on as it is, so that the settings themselves can say what is wrong with it.
 */
export function meant(text: string, like: Value | null): Value | null {
  const plain = text.trim();
  if (Array.isArray(like)) return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  if (plain === '') return null;
  if (typeof like === 'number' && /^-?\d+$/.test(plain)) return Number(plain);
  return plain;
}

/** True where both mean the same. */
export function same(a: Value | null, b: Value | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
