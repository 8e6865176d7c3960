import type { Filter, RequestRow } from '../bindings';
import type { Backend } from '../ipc/call';
import { Asked } from './asked.svelte';

/** What of the log is here: rows without a gap, newest first. */
export interface Book {
  rows: RequestRow[];
  total: number;
  next: number | null;
  apps: string[];
  models: string[];
}

export const EVERYTHING: Filter = { errors: false, app: null, model: null, text: null };
const PAGE = 200;

/** The request log under one filter, page by page, with new rows on top as they come. */
export class Requests {
  filter = $state.raw<Filter>(EVERYTHING);
  readonly book = new Asked<Book>();
  readonly report = new Asked<string>();
  readonly allowed = new Asked<string>();
  readonly #backend: Backend;
  #growing = false;
  #round = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get isFiltered(): boolean {
    const { errors, app, model, text } = this.filter;
    return errors || app !== null || model !== null || text !== null;
  }

  narrow = (part: Partial<Filter>): Promise<boolean> => {
    this.filter = { ...this.filter, ...part };
    return this.refresh();
  };

  refresh = (): Promise<boolean> => {
    this.#round += 1;
    return this.book.run(() => this.#backend.ask('requests', { before: null, limit: PAGE, filter: this.filter }));
  };

  /** Reads on until `count` rows are here or there are no more. */
  grow = async (count: number): Promise<void> => {
    if (this.#growing) return;
    this.#growing = true;
    const round = this.#round;
    try {
      for (let book = this.#ready; book && book.next !== null && book.rows.length < count; book = this.#ready) {
        const page = await this.#backend.ask('requests', { before: book.next, limit: PAGE, filter: this.filter });
        const now = this.#ready;
        // A new filter, or rows that came meanwhile, have changed what this page would continue.
        if (!now || round !== this.#round) return;
        this.book.put({ ...now, rows: [...now.rows, ...page.rows], next: page.next });
      }
    } catch {
      // The rows that are here stay; the next scroll asks again.
    } finally {
      this.#growing = false;
    }
  };

  /** Takes rows that have just ended, oldest first. */
  hear(rows: RequestRow[]): void {
    const book = this.#ready;
    if (!book) return;
    if (this.isFiltered) {
      void this.#readHead();
      return;
    }
    this.#put(book, [...rows].reverse(), book.total + rows.length);
  }

  showReport = (id: string): Promise<boolean> => this.report.run(() => this.#backend.ask('requestReport', id));

  allow = (origin: string): Promise<boolean> =>
    this.allowed.run(async () => {
      await this.#backend.ask('allowOrigin', origin);
      return origin;
    });

  get #ready(): Book | null {
    return this.book.phase.is === 'ready' ? this.book.phase.value : null;
  }

  /** The server decides what a filter lets through, so it is asked for what is new. */
  async #readHead(): Promise<void> {
    const round = this.#round;
    try {
      const page = await this.#backend.ask('requests', { before: null, limit: 50, filter: this.filter });
      const book = this.#ready;
      if (book && round === this.#round) this.#put(book, page.rows, page.total);
    } catch {
      // The next news asks again.
    }
  }

  #put(book: Book, head: RequestRow[], total: number): void {
    const newest = book.rows[0]?.row ?? -1;
    const fresh = head.filter((row) => row.row > newest);
    this.book.put({
      ...book,
      rows: [...fresh, ...book.rows],
      total,
      apps: joined(book.apps, fresh.map((row) => row.app)),
      models: joined(book.models, fresh.map((row) => row.model)),
    });
  }
}

function joined(known: string[], seen: (string | null)[]): string[] {
  const fresh = seen.filter((name) => name !== null).filter((name, at, all) => !known.includes(name) && all.indexOf(name) === at);
  return [...known, ...fresh].sort();
}
