import { toNextMinute } from '../lib/time';

/**
 * The present moment for countdowns and ages.
 *
 * It moves once a minute, and once a second only while somebody holds it fine. While the page is hidden it stands
 * still and no timer runs; it catches up when the page is seen again.
 */
export class Clock {
  now = $state(Date.now());
  #fine = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #page: Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>;

  constructor(page: Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'> = document) {
    this.#page = page;
  }

  /** Starts; the answer stops it. */
  start(): () => void {
    this.#page.addEventListener('visibilitychange', this.#look);
    this.#look();
    return () => {
      this.#page.removeEventListener('visibilitychange', this.#look);
      clearTimeout(this.#timer);
    };
  }

  /** Moves every second until the answer is called. */
  fine = (): (() => void) => {
    this.#fine += 1;
    this.#look();
    return () => {
      this.#fine -= 1;
      this.#look();
    };
  };

  #look = (): void => {
    clearTimeout(this.#timer);
    if (this.#page.hidden) return;
    const now = Date.now();
    this.now = now;
    const wait = this.#fine > 0 ? 1000 - (now % 1000) : toNextMinute(now);
    this.#timer = setTimeout(this.#look, wait);
  };
}
