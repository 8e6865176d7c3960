import type { AccountView } from '../../bindings';

export const account = {
  title: 'Account',
  label: 'ChatGPT plan · experimental backend',
  labelKey: 'Platform API key · billed by the platform',
  explained: 'ChatGPT-backed and experimental, for your own use. The backend is semi-official and can change.',
  plan: 'Plan',
  workspace: 'Workspace',
  kind: 'Signed in with',
  kinds: {
    chatgpt: 'ChatGPT',
    access_token: 'Codex access token',
    api_key: 'Platform API key',
    codex_cli: 'the Codex CLI’s sign-in, read only',
  } satisfies Record<AccountView['kind'], string>,
  usagePage: 'Usage on ChatGPT',
  again: 'Sign in again',
  signOut: 'Sign out',
  signOutTitle: (who: string) => `Sign out ${who}?`,
  signOutLines: {
    changes: ['What changes', 'The sign-in is made worthless at ChatGPT and forgotten here.'],
    stops: ['What stops working', 'All apps get an error until you sign in again.'],
    undo: ['How to undo', 'Sign in again.'],
    restart: ['What to restart', 'Nothing. Keys and addresses stay as they are.'],
  },
  signedOut: 'Signed out.',
  signedOutUnsure: 'Signed out here. ChatGPT did not confirm it, so the sign-in may stay valid there until it runs out.',
  others: 'Your accounts',
  othersExplained: 'One is used at a time. Switch by hand.',
  use: 'Use this one',
  add: 'Add an account',
  problem: 'Problem',
};
