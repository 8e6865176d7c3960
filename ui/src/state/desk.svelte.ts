import type { Check, Leaving, Note, RequestRow, TryIt as Piece, UsageDay, Version } from '../bindings';
import type { Backend } from '../ipc/call';
import { words } from '../text/words.svelte';
import { Accounts } from './accounts.svelte';
import { Asked } from './asked.svelte';
import { Clock } from './clock.svelte';
import { Connect } from './connect.svelte';
import { Keys } from './keys.svelte';
import { Live } from './live.svelte';
import { Power } from './power.svelte';
import { EVERYTHING, Requests } from './requests.svelte';
import { Route } from './route.svelte';
import { Settings } from './settings.svelte';
import { SignIn } from './sign_in.svelte';
import { TryIt } from './try_it.svelte';
import { Vault } from './vault.svelte';

export const USAGE_DAYS = 30;
const RECENT = 5;

/** Everything the views need, made once. It holds no DOM. */
export class Desk {
  readonly clock: Clock;
  readonly route: Route;
  readonly live: Live;
  readonly power: Power;
  readonly vault: Vault;
  readonly signIn: SignIn;
  readonly accounts: Accounts;
  readonly keys: Keys;
  readonly connect: Connect;
  readonly requests: Requests;
  readonly settings: Settings;
  readonly tryIt: TryIt;
  readonly recent = new Asked<RequestRow[]>();
  readonly usage = new Asked<UsageDay[]>();
  readonly checks = new Asked<Check[]>();
  readonly version = new Asked<Version>();
  readonly leaving = new Asked<Leaving>();
  note = $state.raw<Note | null>(null);
  readonly #backend: Backend;

  constructor(backend: Backend, clock = new Clock(), route = new Route()) {
    this.#backend = backend;
    this.clock = clock;
    this.route = route;
    this.live = new Live(backend, this);
    this.power = new Power(backend, this.live);
    this.vault = new Vault(backend, this.live);
    this.signIn = new SignIn(backend, this.live);
    this.accounts = new Accounts(backend, this.live);
    this.keys = new Keys(backend, this.live);
    this.connect = new Connect(backend, this.live);
    this.requests = new Requests(backend);
    this.settings = new Settings(backend);
    this.tryIt = new TryIt(backend);
  }

  /** Starts; the answer stops it. */
  start(): () => void {
    const stops = [this.clock.start(), this.route.start(), this.live.start()];
    void this.version.run(() => this.#backend.ask('version', null));
    void this.settings.refresh().then(() => this.dress());
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Puts language and colours of the settings on the page. */
  dress(): void {
    const language = this.settings.valueOf('language');
    words.choose(typeof language === 'string' ? language : 'system');
    const theme = this.settings.valueOf('theme');
    const root = document.documentElement;
    if (theme === 'light' || theme === 'dark') root.dataset['theme'] = theme;
    else delete root.dataset['theme'];
  }

  /** True where e-mail addresses are not to be seen. */
  get hidesEmail(): boolean {
    return this.settings.valueOf('hide_email') === true;
  }

  readRecent = () =>
    this.recent.run(async () => {
      const page = await this.#backend.ask('requests', { before: null, limit: RECENT, filter: EVERYTHING });
      return page.rows;
    });
  readUsage = () => this.usage.run(() => this.#backend.ask('usageByDay', USAGE_DAYS));
  runChecks = () => this.checks.run(() => this.#backend.ask('doctor', null));
  finishFirstRun = async () => this.live.take(await this.#backend.ask('finishFirstRun', null));
  quit = (force: boolean) => this.leaving.run(() => this.#backend.ask('quit', { force }));

  requestsEnded(rows: RequestRow[]): void {
    const known = this.recent.value ?? [];
    if (this.recent.phase.is === 'ready') this.recent.put([...[...rows].reverse(), ...known].slice(0, RECENT));
    this.requests.hear(rows);
  }

  tryItSaid(piece: Piece): void {
    this.tryIt.hear(piece);
  }

  noted(note: Note): void {
    this.signIn.hear(note);
    this.note = note;
    if (note.is === 'signedIn') void this.accounts.refresh();
  }
}
