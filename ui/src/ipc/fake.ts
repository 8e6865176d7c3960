/**
 * A door to nowhere that behaves: for work on the page, tests and pictures. It answers every ask and remembers what
 * was changed; `?scenario=` names the state it begins with, `?rows=` how long the log is, `?refuse=` an ask it refuses.
 */
import type { AccountView, AppState, Chosen, Complaint, Filter, Note, RequestRow, Replies, What } from '../bindings';
import { complaint, type Backend, type Ears, type Name, type With } from './call';
import { CARDS, MODELS } from './fake/cards';
import { passes, rowOf, rowsOf, usageOf } from './fake/rows';
import { CHECKS, FakeSettings } from './fake/settings';
import { ADDRESS, BASE_URL, OK, PLUS, SCENARIOS, TEAM, limit, stateOf, step, type Scenario } from './fake/states';

interface Options {
  scenario: Scenario;
  rows: number;
  shell: 'window' | 'browser';
  system: string;
  language: string | null;
  theme: string | null;
}

type Doors = { [K in Name]: (payload: With<K>) => Replies[K] | Promise<Replies[K]> };

export class Fake implements Backend {
  state: AppState;
  /** Every ask so far, for tests. */
  readonly asked: { ask: Name; with: unknown }[] = [];
  /** What the next asks of these names complain of. */
  readonly refusals = new Map<Name, Complaint>();
  readonly settings = new FakeSettings();
  rows: RequestRow[];
  accounts: AccountView[] = [PLUS, TEAM];
  autostart = false;
  #keys = new Map<string, { secret: string; createdAtMs: number; chosen: Chosen }>();
  #ears = new Set<Ears>();
  #number = 0;
  readonly #options: Options;

  constructor(options: Partial<Options> = {}) {
    this.#options = { scenario: 'on', rows: 40, shell: 'window', system: 'linux', language: null, theme: null, ...options };
    const { scenario, language, theme } = this.#options;
    this.state = stateOf(scenario, Date.now());
    this.rows = this.#rowsIn(scenario);
    for (const client of this.state.clients) this.#makeKey(client.name);
    if (language) this.settings.change({ key: 'language', value: language });
    if (theme) this.settings.change({ key: 'theme', value: theme });
  }

  async ask<K extends Name>(ask: K, payload: With<K>): Promise<Replies[K]> {
    this.asked.push({ ask, with: payload });
    await Promise.resolve();
    const refusal = this.refusals.get(ask);
    if (refusal) throw refusal;
    return this.#doors[ask](payload);
  }

  follow(ears: Ears): () => void {
    this.#ears.add(ears);
    return () => this.#ears.delete(ears);
  }

  /** Changes the state and tells. */
  become(part: Partial<AppState>): AppState {
    this.state = { ...this.state, ...part, revision: this.state.revision + 1 };
    this.tell({ is: 'state', with: this.state });
    return this.state;
  }

  /** Stands as if it had begun with this scenario. */
  show(scenario: Scenario): void {
    this.rows = this.#rowsIn(scenario);
    this.become(stateOf(scenario, Date.now()));
  }

  tell(what: What): void {
    this.#number += 1;
    for (const ears of this.#ears) ears.hear({ number: this.#number, what });
  }

  /** Loses one piece of news on the way. */
  skip(): void {
    this.#number += 1;
  }

  note(note: Note): void {
    this.tell({ is: 'note', with: note });
  }

  /** Drops the stream of news, as a stopped program would. */
  loseTouch(): void {
    this.#number = 0;
    for (const ears of this.#ears) ears.lost(complaint('other', 'the stream of news is closed'));
  }

  /** The program is back. */
  findTouch(): void {
    for (const ears of this.#ears) ears.found();
  }

  /** One more request ends. */
  arrive(part: Partial<RequestRow> = {}): void {
    const row = { ...rowOf(17 * ((this.rows[0]?.row ?? 0) + 1), Date.now()), row: (this.rows[0]?.row ?? 0) + 1, ...part };
    this.rows = [row, ...this.rows];
    this.tell({ is: 'requests', with: [row] });
  }

  /** The sign-in that is under way works. */
  signedIn(): void {
    const says = this.state.clients.length > 0 ? ({ id: 'on', address: ADDRESS } as const) : ({ id: 'ready' } as const);
    this.become({
      account: OK,
      signingIn: null,
      limits: [limit({ span: 'session', leftPercent: 100, binding: true }, Date.now()), limit({ span: 'week', leftPercent: 88 }, Date.now())],
      proxy: { is: 'on', address: ADDRESS, baseUrl: BASE_URL },
      headline: { level: 'on', says, action: says.id === 'ready' ? 'connect' : null },
    });
    this.note({ is: 'signedIn', account: PLUS });
  }

  #rowsIn(scenario: Scenario): RequestRow[] {
    const isNew = scenario === 'ready' || scenario.startsWith('firstRun');
    return rowsOf(isNew ? 0 : this.#options.rows, Date.now());
  }

  #makeKey(name: string): string {
    const secret = `pk-postern-${name.replaceAll(/\W/g, '').padEnd(12, 'x')}${'7c1e9a4f'.repeat(5)}`.slice(0, 51);
    this.#keys.set(name, { secret, createdAtMs: Date.now() - 12 * 86_400_000, chosen: { model: null, reasoning: null } });
    return secret;
  }

  #healthy(): AppState {
    return this.become({
      vault: { is: 'ok', kind: 'keyring' },
      headline: this.state.account.is === 'none'
        ? { level: 'signIn', says: { id: 'notSignedIn' }, action: 'signIn' }
        : { level: 'on', says: { id: 'on', address: ADDRESS }, action: null },
    });
  }

  #listen(port: number): AppState {
    const address = `127.0.0.1:${port}`;
    return this.become({
      proxy: { is: 'on', address, baseUrl: `http://${address}/v1` },
      headline: { level: 'on', says: { id: 'on', address }, action: null },
    });
  }

  #page(before: number | null, count: number, filter: Filter): Replies['requests'] {
    const through = this.rows.filter((row) => passes(filter, row));
    const older = through.filter((row) => before === null || row.row < before);
    const rows = older.slice(0, count);
    const names = (all: (string | null)[]) => [...new Set(all.filter((name) => name !== null))].sort();
    return {
      rows,
      total: through.length,
      next: older.length > rows.length ? (rows.at(-1)?.row ?? null) : null,
      apps: names(this.rows.map((row) => row.app)),
      models: names(this.rows.map((row) => row.model)),
    };
  }

  readonly #doors: Doors = {
    state: () => this.state,
    setProxy: (on) =>
      on
        ? this.#listen(7678)
        : this.become({ proxy: { is: 'off' }, headline: { level: 'off', says: { id: 'proxyOff' }, action: 'turnOn' } }),
    usePort: (port) => this.#listen(port),
    signIn: (way) => {
      const next = { ...step(way, Date.now()), sinceMs: Date.now() };
      this.become({ signingIn: next, headline: { level: 'starting', says: { id: 'signingIn' }, action: 'signIn' } });
      return next;
    },
    finishPaste: (text) => {
      if (!text.includes('code=')) throw complaint('wrongPaste', 'the address has no `code`', 'paste the whole address');
      this.signedIn();
      return PLUS;
    },
    signInWithToken: ({ kind, text }) => {
      const prefix = kind === 'apiKey' ? 'sk-' : 'at-';
      if (!text.startsWith(prefix)) throw complaint('other', `the text does not begin with \`${prefix}\``);
      this.signedIn();
      return PLUS;
    },
    cancelSignIn: () => {
      const says = this.state.account.is === 'none' ? ({ id: 'notSignedIn' } as const) : ({ id: 'signInAgain' } as const);
      this.become({ signingIn: null, headline: { level: 'signIn', says, action: 'signIn' } });
      return null;
    },
    useCodexCli: () => {
      this.signedIn();
      return PLUS;
    },
    accounts: () => (this.state.account.is === 'none' ? [] : this.accounts),
    activateAccount: (id) => {
      this.accounts = this.accounts.map((account) => ({ ...account, active: account.id === id }));
      const active = this.accounts.find((account) => account.active) ?? PLUS;
      this.become({ account: { is: 'ok', account: active } });
      return active;
    },
    signOut: (id) => {
      const account = this.accounts.find((one) => one.id === id) ?? PLUS;
      this.accounts = this.accounts.filter((one) => one.id !== account.id);
      if (this.state.account.is !== 'none' && this.state.account.account.id === account.id) {
        this.become({ account: { is: 'none' }, limits: [], headline: { level: 'signIn', says: { id: 'notSignedIn' }, action: 'signIn' } });
      }
      return { account, revoked: true };
    },
    readLimits: () => this.become({ limits: this.state.limits.map((one) => ({ ...one, readAtMs: Date.now() })) }).limits,
    tryNow: () => this.become({ account: OK, headline: { level: 'on', says: { id: 'on', address: ADDRESS }, action: null } }),
    keys: () => [...this.#keys].map(([name, { createdAtMs, chosen }]) => ({
      name,
      createdAtMs,
      chosen,
      lastUsedAtMs: this.state.clients.find((client) => client.name === name)?.lastSeenMs ?? null,
    })),
    addKey: (name) => {
      if (this.#keys.has(name)) throw complaint('nameTaken', `there is a key \`${name}\` already`);
      const secret = this.#makeKey(name);
      this.become({ clients: [...this.state.clients, { name, lastSeenMs: null, lastModel: null, lastResult: null }] });
      return { name, secret };
    },
    revealKey: (name) => {
      const key = this.#keys.get(name);
      if (!key) throw complaint('notFound', `there is no key \`${name}\``);
      return { name, secret: key.secret };
    },
    revokeKey: (name) => {
      this.#keys.delete(name);
      this.become({ clients: this.state.clients.filter((client) => client.name !== name) });
      return null;
    },
    requests: ({ before, limit: count, filter }) => this.#page(before, count, filter),
    requestReport: (id) => {
      const row = this.rows.find((one) => one.id === id);
      if (!row) throw complaint('notFound', 'there is no such request');
      return `postern 0.1.0 on ${this.#options.system}\nrequest ${id}\n${row.dialect} ${row.path}\nstatus ${row.status}, ${row.ended}`;
    },
    allowOrigin: () => null,
    models: () => {
      if (this.state.account.is === 'none') throw complaint('signedOut', 'nobody is signed in');
      return MODELS;
    },
    settings: () => this.settings.view,
    changeSetting: (change) => this.settings.change(change),
    doctor: () => CHECKS,
    vaultRetry: () => this.#healthy(),
    vaultChoose: ({ kind, passphrase }) => {
      if (passphrase === 'wrong') return this.become({ vault: { is: 'wrongPassphrase' } });
      this.#healthy();
      return this.become({ vault: kind === 'session' ? { is: 'sessionOnly' } : { is: 'ok', kind } });
    },
    vaultStartOver: () => {
      this.become({ account: { is: 'none' } });
      return this.#healthy();
    },
    usageByDay: (days) => usageOf(days, Date.now()).map((day) => (this.rows.length === 0 ? { ...day, apps: [] } : day)),
    connectCards: () => CARDS,
    importInto: (id) => {
      const name = CARDS.find((card) => card.id === id)?.name ?? id;
      if (!this.#keys.has(name)) this.#makeKey(name);
      return null;
    },
    tryIt: () => {
      this.tell({ is: 'tryIt', with: { is: 'delta', text: 'Hello from the other side of the door.' } });
      return null;
    },
    stopTryIt: () => {
      this.tell({ is: 'tryIt', with: { is: 'stopped' } });
      return null;
    },
    openUrl: () => true,
    version: () => ({ version: '0.1.0', shell: this.#options.shell, system: this.#options.system }),
    quit: ({ force }) => (this.state.inFlight > 0 && !force ? { is: 'busy', inFlight: this.state.inFlight } : { is: 'now' }),
    autostart: () => ({ is: this.#options.shell === 'browser' ? 'unavailable' : this.autostart ? 'on' : 'off' }),
    setAutostart: (on) => {
      this.autostart = on;
      return { is: on ? 'on' : 'off' };
    },
    finishFirstRun: () => this.become({ firstRun: false }),
    preferKey: ({ name, chosen }) => {
      const key = this.#keys.get(name);
      if (!key) throw complaint('notFound', `there is no key \`${name}\``);
      this.#keys.set(name, { ...key, chosen });
      return null;
    },
  };
}

declare global {
  interface Window {
    /** The fake, for tests. */
    fake?: Fake;
  }
}

/** The fake that the page's address describes. */
export function fakeFromAddress(): Fake {
  const query = new URLSearchParams(location.search);
  const scenario = query.get('scenario') ?? 'on';
  const direction = query.get('dir');
  if (direction) document.documentElement.dir = direction;
  const fake = new Fake({
    scenario: scenario in SCENARIOS ? (scenario as Scenario) : 'on',
    rows: Number(query.get('rows') ?? 40),
    shell: query.get('shell') === 'browser' ? 'browser' : 'window',
    system: query.get('system') ?? 'linux',
    language: query.get('language'),
    theme: query.get('theme'),
  });
  const refused = query.get('refuse');
  if (refused) fake.refusals.set(refused as Name, complaint('other', 'the program does not answer'));
  window.fake = fake;
  return fake;
}
