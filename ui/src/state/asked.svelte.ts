import { untrack } from 'svelte';
import type { Complaint } from '../bindings';
import { asComplaint } from '../ipc/call';

export type Phase<T> =
  | { is: 'idle' }
  | { is: 'waiting'; last: T | null }
  | { is: 'ready'; value: T }
  | { is: 'failed'; complaint: Complaint; last: T | null };

/** One answer that is asked for again and again. The newest question wins, whatever arrives late. */
export class Asked<T> {
  phase = $state.raw<Phase<T>>({ is: 'idle' });
  #round = 0;

  /** What is known, however old it is. */
  get value(): T | null {
    switch (this.phase.is) {
      case 'idle':
        return null;
      case 'ready':
        return this.phase.value;
      case 'waiting':
      case 'failed':
        return this.phase.last;
    }
  }

  get complaint(): Complaint | null {
    return this.phase.is === 'failed' ? this.phase.complaint : null;
  }

  get isWaiting(): boolean {
    return this.phase.is === 'waiting';
  }

  /** Runs `ask` and keeps its answer; true where it came and nothing newer was asked. */
  async run(ask: () => Promise<T>): Promise<boolean> {
    const round = ++this.#round;
    // Untracked: an effect that asks must not run again because it has asked.
    this.phase = { is: 'waiting', last: untrack(() => this.value) };
    try {
      const value = await ask();
      if (round !== this.#round) return false;
      this.phase = { is: 'ready', value };
      return true;
    } catch (thrown) {
      if (round !== this.#round) return false;
      this.phase = { is: 'failed', complaint: asComplaint(thrown), last: untrack(() => this.value) };
      return false;
    }
  }

  /** Takes an answer that came another way. */
  put(value: T): void {
    this.#round += 1;
    this.phase = { is: 'ready', value };
  }

  forget(): void {
    this.#round += 1;
    this.phase = { is: 'idle' };
  }
}
