import type { Complaint, CredentialKind, Note, Place, SignInStep, Way } from '../bindings';
import { asComplaint, type Backend } from '../ipc/call';
import type { Live } from './live.svelte';

export type SignInPhase =
  | { is: 'idle' }
  | { is: 'beginning' }
  | { is: 'finishing' }
  | { is: 'failed'; way: Way | null; complaint: Complaint };

/** A sign-in, whichever way. Which one is under way is told by the state, so it survives a reload of the page. */
export class SignIn {
  phase = $state.raw<SignInPhase>({ is: 'idle' });
  readonly #backend: Backend;
  readonly #live: Live;

  constructor(backend: Backend, live: Live) {
    this.#backend = backend;
    this.#live = live;
  }

  /** What the person does next, while a sign-in is under way. */
  get step(): SignInStep | null {
    return this.#live.state?.signingIn ?? null;
  }

  begin = (way: Way) => this.#run({ is: 'beginning' }, way, () => this.#backend.ask('signIn', way));
  finish = (text: string) =>
    this.#run({ is: 'finishing' }, this.step?.way ?? null, () => this.#backend.ask('finishPaste', text.trim()));
  useToken = (kind: CredentialKind, text: string) =>
    this.#run({ is: 'finishing' }, null, () => this.#backend.ask('signInWithToken', { kind, text: text.trim() }));
  useCodexCli = () => this.#run({ is: 'finishing' }, null, () => this.#backend.ask('useCodexCli', null));
  cancel = () => this.#run({ is: 'finishing' }, null, () => this.#backend.ask('cancelSignIn', null));
  open = (place: Place): Promise<boolean> => this.#backend.ask('openUrl', place).catch(() => false);

  /** Takes what became of a sign-in. */
  hear(note: Note): void {
    switch (note.is) {
      case 'signedIn':
        this.phase = { is: 'idle' };
        void this.#live.refresh();
        break;
      case 'signInFailed':
        this.phase = { is: 'failed', way: this.step?.way ?? null, complaint: note.complaint };
        void this.#live.refresh();
        break;
      case 'signInEnded':
      case 'limitReached':
      case 'portLost':
        break;
    }
  }

  async #run(meanwhile: SignInPhase, way: Way | null, ask: () => Promise<unknown>): Promise<boolean> {
    this.phase = meanwhile;
    try {
      await ask();
      await this.#live.refresh();
      this.phase = { is: 'idle' };
      return true;
    } catch (thrown) {
      const complaint = asComplaint(thrown);
      await this.#live.refresh();
      this.phase = { is: 'failed', way, complaint };
      return false;
    }
  }
}
