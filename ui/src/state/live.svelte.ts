import type { AppState, Complaint, News, Note, RequestRow, TryIt } from '../bindings';
import { asComplaint, type Backend } from '../ipc/call';

export type Connection =
  | { is: 'loading' }
  | { is: 'live'; state: AppState }
  | { is: 'lost'; complaint: Complaint; last: AppState | null };

/** Who wants to hear news that are not the state. */
export interface Listeners {
  requestsEnded(rows: RequestRow[]): void;
  tryItSaid(piece: TryIt): void;
  noted(note: Note): void;
}

/** The state of everything, kept up to date by news. A gap in their numbers makes it ask for the whole. */
export class Live {
  connection = $state.raw<Connection>({ is: 'loading' });
  readonly #backend: Backend;
  readonly #listeners: Listeners;
  #last = 0;

  constructor(backend: Backend, listeners: Listeners) {
    this.#backend = backend;
    this.#listeners = listeners;
  }

  /** The newest state there is, be it stale. */
  get state(): AppState | null {
    switch (this.connection.is) {
      case 'loading':
        return null;
      case 'live':
        return this.connection.state;
      case 'lost':
        return this.connection.last;
    }
  }

  /** Starts; the answer stops it. */
  start(): () => void {
    void this.refresh();
    return this.#backend.follow({
      hear: this.#hear,
      lost: (complaint) => {
        // The next stream counts from one again.
        this.#last = 0;
        this.#lose(complaint);
      },
      found: () => void this.refresh(),
    });
  }

  refresh = async (): Promise<void> => {
    try {
      const state = await this.#backend.ask('state', null);
      this.take(state);
    } catch (thrown) {
      this.#lose(asComplaint(thrown));
    }
  };

  /** Takes a state unless a newer one is there. */
  take(state: AppState): void {
    if (this.connection.is === 'live' && state.revision < this.connection.state.revision) return;
    this.connection = { is: 'live', state };
  }

  #hear = (news: News): void => {
    const missed = this.#last > 0 && news.number !== this.#last + 1;
    this.#last = news.number;
    switch (news.what.is) {
      case 'state':
        this.take(news.what.with);
        break;
      case 'requests':
        this.#listeners.requestsEnded(news.what.with);
        break;
      case 'tryIt':
        this.#listeners.tryItSaid(news.what.with);
        break;
      case 'note':
        this.#listeners.noted(news.what.with);
        break;
    }
    if (missed || this.connection.is !== 'live') void this.refresh();
  };

  #lose(complaint: Complaint): void {
    this.connection = { is: 'lost', complaint, last: this.state };
  }
}
