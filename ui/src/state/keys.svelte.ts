import type { Chosen, KeyRow } from '../bindings';
import { asComplaint, type Backend } from '../ipc/call';
import { Asked } from './asked.svelte';
import type { Live } from './live.svelte';

/** Local keys. Their texts are handed through and never kept here. */
export class Keys {
  readonly list = new Asked<KeyRow[]>();
  readonly deed = new Asked<string>();
  readonly #backend: Backend;
  readonly #live: Live;

  constructor(backend: Backend, live: Live) {
    this.#backend = backend;
    this.#live = live;
  }

  refresh = () => this.list.run(() => this.#backend.ask('keys', null));

  /** Makes a key; its text, or nothing where it could not be made. */
  async add(name: string): Promise<string | null> {
    let secret: string | null = null;
    await this.deed.run(async () => {
      const made = await this.#backend.ask('addKey', name.trim());
      secret = made.secret;
      return made.name;
    });
    await this.#changed();
    return secret;
  }

  async reveal(name: string): Promise<string> {
    const shown = await this.#backend.ask('revealKey', name);
    return shown.secret;
  }

  /** The key of `name`, made where there is none yet. */
  async of(name: string): Promise<string> {
    try {
      return await this.reveal(name);
    } catch (thrown) {
      if (asComplaint(thrown).code !== 'notFound') throw thrown;
    }
    const made = await this.#backend.ask('addKey', name);
    await this.#changed();
    return made.secret;
  }

  async revoke(name: string): Promise<boolean> {
    const done = await this.deed.run(async () => {
      await this.#backend.ask('revokeKey', name);
      return name;
    });
    await this.#changed();
    return done;
  }

  /** Chooses what holds for the key of `name` only. */
  async prefer(name: string, chosen: Chosen): Promise<boolean> {
    const done = await this.deed.run(async () => {
      await this.#backend.ask('preferKey', { name, chosen });
      return name;
    });
    await this.refresh();
    return done;
  }

  async #changed(): Promise<void> {
    await Promise.all([this.refresh(), this.#live.refresh()]);
  }
}
