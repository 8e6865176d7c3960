import type { AppState } from '../bindings';
import type { Backend } from '../ipc/call';
import { Asked } from './asked.svelte';
import type { Live } from './live.svelte';

/** The local server's switch, its port, and the way to ChatGPT. */
export class Power {
  readonly deed = new Asked<AppState>();
  readonly #backend: Backend;
  readonly #live: Live;

  constructor(backend: Backend, live: Live) {
    this.#backend = backend;
    this.#live = live;
  }

  set = (on: boolean) => this.#do(() => this.#backend.ask('setProxy', on));
  usePort = (port: number) => this.#do(() => this.#backend.ask('usePort', port));
  tryNow = () => this.#do(() => this.#backend.ask('tryNow', null));

  async readLimits(): Promise<void> {
    await this.#do(async () => {
      await this.#backend.ask('readLimits', null);
      return this.#backend.ask('state', null);
    });
  }

  async #do(ask: () => Promise<AppState>): Promise<boolean> {
    const done = await this.deed.run(ask);
    if (this.deed.phase.is === 'ready') this.#live.take(this.deed.phase.value);
    return done;
  }
}
