import type { AppState, VaultWord } from '../bindings';
import type { Backend } from '../ipc/call';
import { Asked } from './asked.svelte';
import type { Live } from './live.svelte';

/** How secrets are kept, and getting at them. */
export class Vault {
  readonly deed = new Asked<AppState>();
  readonly #backend: Backend;
  readonly #live: Live;

  constructor(backend: Backend, live: Live) {
    this.#backend = backend;
    this.#live = live;
  }

  retry = () => this.#do(() => this.#backend.ask('vaultRetry', null));
  startOver = () => this.#do(() => this.#backend.ask('vaultStartOver', null));
  choose = (kind: VaultWord, passphrase: string | null = null) =>
    this.#do(() => this.#backend.ask('vaultChoose', { kind, passphrase }));

  async #do(ask: () => Promise<AppState>): Promise<boolean> {
    const done = await this.deed.run(ask);
    if (this.deed.phase.is === 'ready') this.#live.take(this.deed.phase.value);
    return done;
  }
}
