import type { Autostart, Complaint, SettingsView, SettingValue } from '../bindings';
import { asComplaint, type Backend } from '../ipc/call';
import { Asked } from './asked.svelte';

/** The settings a person may change, and whether Postern starts at login. */
export class Settings {
  readonly view = new Asked<SettingsView>();
  readonly autostart = new Asked<Autostart>();
  /** The setting that could not be changed last, and why. */
  refused = $state.raw<{ key: string; complaint: Complaint } | null>(null);
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  refresh = async (): Promise<void> => {
    await Promise.all([
      this.view.run(() => this.#backend.ask('settings', null)),
      this.autostart.run(() => this.#backend.ask('autostart', null)),
    ]);
  };

  /** The value in force, or nothing while it is not known. */
  valueOf(key: string): SettingValue | null {
    return this.view.value?.settings.find((setting) => setting.key === key)?.value ?? null;
  }

  /** Writes one setting; `null` sets it back. True where it was taken. */
  change = async (key: string, value: SettingValue | null): Promise<boolean> => {
    try {
      const view = await this.#backend.ask('changeSetting', { key, value });
      this.view.put(view);
      this.refused = null;
      return true;
    } catch (thrown) {
      this.refused = { key, complaint: asComplaint(thrown) };
      return false;
    }
  };

  setAutostart = (on: boolean): Promise<boolean> => this.autostart.run(() => this.#backend.ask('setAutostart', on));
  openFolder = (place: 'settingsFolder' | 'logsFolder'): Promise<boolean> =>
    this.#backend.ask('openUrl', place).catch(() => false);
}
