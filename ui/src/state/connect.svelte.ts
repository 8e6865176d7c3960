import type { Card, ModelRow } from '../bindings';
import type { Backend } from '../ipc/call';
import { Asked } from './asked.svelte';
import type { Live } from './live.svelte';

/** The cards of apps and what fills their fields. */
export class Connect {
  readonly cards = new Asked<Card[]>();
  readonly models = new Asked<ModelRow[]>();
  readonly imported = new Asked<string>();
  readonly #backend: Backend;
  readonly #live: Live;

  constructor(backend: Backend, live: Live) {
    this.#backend = backend;
    this.#live = live;
  }

  /** Reads the cards, which hold the address of now, and the models. */
  refresh = async (): Promise<void> => {
    await Promise.all([this.cards.run(() => this.#backend.ask('connectCards', null)), this.readModels()]);
  };

  readModels = (): Promise<boolean> => this.models.run(() => this.#backend.ask('models', null));

  /** Hands address and key to the app with this card. */
  importInto = async (card: Card): Promise<void> => {
    await this.imported.run(async () => {
      await this.#backend.ask('importInto', card.id);
      return card.id;
    });
    await this.#live.refresh();
  };
}
