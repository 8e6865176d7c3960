import type { AppState, Tray, Version } from '../bindings';

export type Step = 'vault' | 'signIn' | 'on' | 'connect' | 'questions';
type Passed = 'nothing' | 'on' | 'connect';

/** How far somebody is in the first run. What can be seen in the state is not asked. */
export class FirstRun {
  passed = $state<Passed>('nothing');

  pass = (step: 'on' | 'connect'): void => {
    this.passed = step;
  };
}

/**
 * The step that is due. Keeping secrets comes before the sign-in, because a sign-in that cannot be kept fails; where
 * the keyring can be used the step does not exist.
 */
export function due(state: AppState, passed: Passed): Step {
  if (state.vault.is !== 'ok' && state.vault.is !== 'sessionOnly') return 'vault';
  if (state.account.is === 'none' || state.account.is === 'needsSignIn') return 'signIn';
  switch (passed) {
    case 'nothing':
      return 'on';
    case 'on':
      return 'connect';
    case 'connect':
      return 'questions';
  }
}

/** Which questions are asked at the end: only those with a choice. */
export function questions(tray: Tray, autostart: 'on' | 'off' | 'unavailable', shell: Version['shell']): ('autostart' | 'keepRunning')[] {
  return [
    ...(autostart === 'unavailable' ? [] : ['autostart' as const]),
    ...(tray.is === 'present' && shell === 'window' ? ['keepRunning' as const] : []),
  ];
}
