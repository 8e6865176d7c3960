import type { Desk } from '../../state/desk.svelte';
import type { Voice } from '../../text/say';
import { words } from '../../text/words.svelte';

/** How things are said now: in this language, at this moment. */
export function voiceOf(desk: Desk): Voice {
  return { t: words.t, locale: words.locale, now: desk.clock.now };
}
