/** States to look at: every row of the headline's table, and what else the page has to show. */
import type { Account, AccountView, AppState, Client, Headline, Limit, SignInStep } from '../../bindings';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const ADDRESS = '127.0.0.1:7678';
export const BASE_URL = `http://${ADDRESS}/v1`;

export const PLUS: AccountView = {
  id: 'user_1/acct_plus',
  kind: 'chatgpt',
  email: 'mara@example.test',
  plan: 'Plus',
  workspace: null,
  active: true,
  problem: null,
};

export const TEAM: AccountView = {
  id: 'user_1/acct_team',
  kind: 'chatgpt',
  email: 'mara@example.test',
  plan: 'Business',
  workspace: 'Example Ltd',
  active: false,
  problem: null,
};

export const OK: Account = { is: 'ok', account: PLUS };

export function limit(part: Partial<Limit> & Pick<Limit, 'span' | 'leftPercent'>, now: number): Limit {
  const minutes = { session: 300, week: 10_080, month: 43_200, other: null }[part.span];
  return {
    minutes,
    feature: null,
    usedPercent: 100 - part.leftPercent,
    resetsAtMs: now + (part.span === 'session' ? 98 * MINUTE : 3 * DAY + 2 * HOUR),
    readAtMs: now - MINUTE,
    binding: false,
    ...part,
  };
}

export function clients(now: number): Client[] {
  const fine = { status: 200, fault: null, oddPath: null };
  return [
    { name: 'Cherry Studio', lastSeenMs: now - 2000, lastModel: 'gpt-6.1-sol', lastResult: fine },
    { name: 'Zed', lastSeenMs: now - 26 * MINUTE, lastModel: 'gpt-6.1-sol', lastResult: fine },
    {
      name: 'Obsidian Copilot',
      lastSeenMs: now - 3 * HOUR,
      lastModel: 'gpt-6.1-mini',
      lastResult: { status: 403, fault: 'origin_not_allowed', oddPath: null },
    },
    { name: 'Raycast', lastSeenMs: null, lastModel: null, lastResult: null },
  ];
}

/** Everything as it should be. */
export function usual(now: number): AppState {
  return {
    revision: 1,
    headline: { level: 'on', says: { id: 'on', address: ADDRESS }, action: null },
    proxy: { is: 'on', address: ADDRESS, baseUrl: BASE_URL },
    account: OK,
    signingIn: null,
    limits: [limit({ span: 'session', leftPercent: 62, binding: true }, now), limit({ span: 'week', leftPercent: 88 }, now)],
    stoppedUntilMs: null,
    vault: { is: 'ok', kind: 'keyring' },
    clients: clients(now),
    tray: { is: 'present' },
    problems: [],
    inFlight: 0,
    firstRun: false,
    damagedDatabase: null,
  };
}

export function step(way: SignInStep['way'], now: number): SignInStep {
  const query = 'response_type=code&client_id=app_example&code_challenge_method=S256&state=Zk3v0pQ';
  return {
    way,
    url: way === 'device' ? 'https://auth.example.test/codex/device' : `https://auth.example.test/oauth/authorize?${query}`,
    code: way === 'device' ? 'WDJB-MJHT' : null,
    expiresAtMs: way === 'device' ? now + 14 * MINUTE : null,
    sinceMs: now - 7000,
    opened: way === 'browser',
  };
}

const shut = (says: Headline['says'], action: Headline['action']): Headline => ({ level: 'problem', says, action });

export type Change = (state: AppState, now: number) => Partial<AppState>;

const signedOut = (state: AppState): Partial<AppState> => ({
  account: { is: 'none' },
  limits: [],
  proxy: state.proxy,
  headline: { level: 'signIn', says: { id: 'notSignedIn' }, action: 'signIn' },
});

const signingIn = (way: SignInStep['way']): Change => (state, now) => ({
  ...signedOut(state),
  signingIn: step(way, now),
  headline: { level: 'starting', says: { id: 'signingIn' }, action: 'signIn' },
});

/** What differs from the usual, by the scenario's name. */
export const SCENARIOS = {
  on: () => ({}),
  vaultLocked: () => ({ vault: { is: 'locked' }, headline: shut({ id: 'vaultLocked' }, 'unlock') }),
  vaultPassphrase: () => ({ vault: { is: 'passphraseNeeded' }, headline: shut({ id: 'vaultPassphrase' }, 'givePassphrase') }),
  vaultWrongPassphrase: () => ({ vault: { is: 'wrongPassphrase' }, headline: shut({ id: 'vaultPassphrase' }, 'givePassphrase') }),
  vaultMissing: (state) => ({
    ...signedOut(state),
    vault: { is: 'missing' },
    headline: shut({ id: 'vaultMissing' }, 'chooseVault'),
  }),
  vaultDenied: () => ({ vault: { is: 'denied' }, headline: shut({ id: 'vaultDenied' }, 'unlock') }),
  vaultKeyGone: () => ({ vault: { is: 'keyGone' }, headline: shut({ id: 'vaultKeyGone' }, 'startOver') }),
  vaultDamaged: () => ({
    vault: { is: 'damaged', why: 'the file of saved secrets is damaged' },
    headline: shut({ id: 'vaultDamaged' }, 'startOver'),
  }),
  signingIn: signingIn('browser'),
  signingInCode: signingIn('device'),
  signingInPaste: signingIn('paste'),
  signInAgain: () => ({
    account: { is: 'needsSignIn', account: { ...PLUS, problem: 'the sign-in has ended' }, why: 'the sign-in was revoked' },
    headline: { level: 'signIn', says: { id: 'signInAgain' }, action: 'signIn' },
  }),
  notSignedIn: signedOut,
  portTaken: () => ({
    proxy: { is: 'blocked', why: { is: 'portTaken', port: 7678, by: 'node (PID 4121)', free: 8788 } },
    headline: shut({ id: 'portTaken', port: 7678 }, 'seeWhy'),
  }),
  portReserved: () => ({
    proxy: { is: 'blocked', why: { is: 'portReserved', port: 7678, free: 8801 } },
    headline: shut({ id: 'portReserved', port: 7678 }, 'seeWhy'),
  }),
  alreadyRunning: () => ({
    proxy: { is: 'blocked', why: { is: 'alreadyRunning', address: '127.0.0.1:7678' } },
    headline: shut({ id: 'alreadyRunning' }, 'seeWhy'),
  }),
  blocked: () => ({
    proxy: { is: 'blocked', why: { is: 'other', message: 'the address 10.0.0.9 is not one of this computer' } },
    headline: shut({ id: 'blocked' }, 'seeWhy'),
  }),
  proxyOff: () => ({
    proxy: { is: 'off' },
    headline: { level: 'off', says: { id: 'proxyOff' }, action: 'turnOn' },
  }),
  starting: () => ({
    proxy: { is: 'starting' },
    headline: { level: 'starting', says: { id: 'starting' }, action: null },
  }),
  limitShort: (state, now) => {
    const back = now + 38 * MINUTE;
    return {
      limits: [
        limit({ span: 'session', leftPercent: 0, resetsAtMs: back, binding: true }, now),
        limit({ span: 'week', leftPercent: 54 }, now),
      ],
      stoppedUntilMs: back,
      headline: { level: 'limit', says: { id: 'limitReached', span: 'session', backAtMs: back }, action: null },
      clients: state.clients,
    };
  },
  limitWeekly: (_, now) => {
    const back = now + 3 * DAY + 2 * HOUR;
    return {
      limits: [
        limit({ span: 'session', leftPercent: 99 }, now),
        limit({ span: 'week', leftPercent: 0, resetsAtMs: back, binding: true }, now),
      ],
      stoppedUntilMs: back,
      headline: { level: 'limit', says: { id: 'limitReached', span: 'week', backAtMs: back }, action: null },
    };
  },
  limitWeekOnly: (_, now) => ({ limits: [limit({ span: 'week', leftPercent: 88, binding: true }, now)] }),
  limitOld: (_, now) => ({
    limits: [
      limit({ span: 'session', leftPercent: 62, readAtMs: now - 2 * HOUR, binding: true }, now),
      limit({ span: 'week', leftPercent: 12, readAtMs: now - 2 * HOUR }, now),
      limit({ span: 'week', leftPercent: 40, feature: 'Code review', readAtMs: now - 2 * HOUR }, now),
    ],
  }),
  offline: () => ({
    account: { is: 'offline', account: PLUS, host: 'chatgpt.com' },
    headline: { level: 'problem', says: { id: 'offline' }, action: 'tryAgain' },
  }),
  ready: () => ({
    clients: [],
    headline: { level: 'on', says: { id: 'ready' }, action: 'connect' },
  }),
  noTray: () => ({ tray: { is: 'absent', why: 'no program on this desktop shows tray icons' } }),
  firstRun: (state) => ({ ...signedOut(state), clients: [], firstRun: true }),
  firstRunNoKeyring: (state) => ({
    ...signedOut(state),
    clients: [],
    firstRun: true,
    vault: { is: 'missing' },
    headline: shut({ id: 'vaultMissing' }, 'chooseVault'),
  }),
  firstRunOn: () => ({
    clients: [],
    firstRun: true,
    headline: { level: 'on', says: { id: 'ready' }, action: 'connect' },
  }),
  firstRunPort: () => ({
    clients: [],
    firstRun: true,
    proxy: { is: 'blocked', why: { is: 'portTaken', port: 7678, by: null, free: 8788 } },
    headline: shut({ id: 'portTaken', port: 7678 }, 'seeWhy'),
  }),
} satisfies Record<string, Change>;

export type Scenario = keyof typeof SCENARIOS;

export function stateOf(scenario: Scenario, now: number): AppState {
  const state = usual(now);
  return { ...state, ...SCENARIOS[scenario](state, now) };
}
