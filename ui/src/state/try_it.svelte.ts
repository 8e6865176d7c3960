import type { Complaint, TryIt as Piece } from '../bindings';
import { asComplaint, type Backend } from '../ipc/call';

export type TryItPhase =
  | { is: 'idle' }
  | { is: 'answering'; text: string }
  | { is: 'done'; text: string; piece: Extract<Piece, { is: 'done' }> }
  | { is: 'stopped'; text: string }
  | { is: 'failed'; text: string; complaint: Complaint };

/** One prompt through the local door. */
export class TryIt {
  phase = $state.raw<TryItPhase>({ is: 'idle' });
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get text(): string {
    return this.phase.is === 'idle' ? '' : this.phase.text;
  }

  send = async (prompt: string, model: string | null): Promise<void> => {
    this.phase = { is: 'answering', text: '' };
    try {
      await this.#backend.ask('tryIt', { prompt, model });
    } catch (thrown) {
      this.#fail(asComplaint(thrown));
    }
  };

  stop = async (): Promise<void> => {
    try {
      await this.#backend.ask('stopTryIt', null);
    } catch (thrown) {
      this.#fail(asComplaint(thrown));
    }
  };

  /** Takes a piece of the answer. Pieces of an answer that nobody waits for are dropped. */
  hear(piece: Piece): void {
    if (this.phase.is !== 'answering') return;
    const text = this.phase.text;
    switch (piece.is) {
      case 'delta':
        this.phase = { is: 'answering', text: text + piece.text };
        break;
      case 'done':
        this.phase = { is: 'done', text, piece };
        break;
      case 'stopped':
        this.phase = { is: 'stopped', text };
        break;
      case 'failed':
        this.#fail(piece.complaint);
        break;
    }
  }

  #fail(complaint: Complaint): void {
    this.phase = { is: 'failed', text: this.text, complaint };
  }
}
