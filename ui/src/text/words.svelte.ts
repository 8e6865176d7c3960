import { en } from './en';
import { zhCN } from './zh-CN';

export type Catalogue = typeof en;
export type Language = 'en' | 'zh-CN';

const CATALOGUES: Record<Language, Catalogue> = { en, 'zh-CN': zhCN };

/** The catalogue in use. `words.t` follows the language. */
class Words {
  language = $state<Language>('en');

  get t(): Catalogue {
    return CATALOGUES[this.language];
  }

  /** The language for numbers, times and lists: the person's own flavour of it where there is one. */
  get locale(): string {
    const own = navigator.languages.find((tag) => tag.split('-')[0] === this.language.split('-')[0]);
    return own ?? this.language;
  }

  /** Takes a setting, `system` or a language; the system's first known language counts, else English. */
  choose(setting: string, system: readonly string[] = navigator.languages): void {
    this.language = known(setting) ?? system.map(known).find((language) => language !== null) ?? 'en';
  }
}

/** The language of a tag such as `zh-Hans-CN` or `en-GB`. Traditional Chinese is not simplified Chinese. */
export function known(tag: string): Language | null {
  const parts = tag.toLowerCase().split('-');
  if (parts[0] === 'en') return 'en';
  if (parts[0] !== 'zh') return null;
  return parts.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part)) ? null : 'zh-CN';
}

export const words = new Words();
