import type { AccountView, SignedOut } from '../bindings';
import type { Backend } from '../ipc/call';
import { Asked } from './asked.svelte';
import type { Live } from './live.svelte';

/** Every account; one is used at a time. */
export class Accounts {
  readonly list = new Asked<AccountView[]>();
  readonly activated = new Asked<AccountView>();
  readonly signedOut = new Asked<SignedOut>();
  readonly #backend: Backend;
  readonly #live: Live;

  constructor(backend: Backend, live: Live) {
    this.#backend = backend;
    this.#live = live;
  }

  refresh = () => this.list.run(() => this.#backend.ask('accounts', null));

  activate = async (id: string): Promise<void> => {
    await this.activated.run(() => this.#backend.ask('activateAccount', id));
    await this.#changed();
  };

  signOut = async (id: string): Promise<void> => {
    await this.signedOut.run(() => this.#backend.ask('signOut', id));
    await this.#changed();
  };

  async #changed(): Promise<void> {
    await Promise.all([this.refresh(), this.#live.refresh()]);
  }
}
