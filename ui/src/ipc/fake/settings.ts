import type { Change, Check, Setting, SettingGroup, SettingValue, SettingsView } from '../../bindings';
import { complaint } from '../call';

function setting(key: string, group: SettingGroup, value: SettingValue | null, choices: string[] = []): Setting {
  return { key, group, value, default: value, choices, fixed: false };
}

function all(): Setting[] {
  return [
    setting('proxy_on_start', 'general', true),
    setting('keep_running', 'general', false),
    setting('language', 'general', 'system', ['system', 'en', 'zh-CN']),
    setting('theme', 'general', 'system', ['system', 'light', 'dark']),
    setting('notifications', 'general', ['sign_in', 'limit', 'port'], ['sign_in', 'limit', 'port']),
    setting('port', 'network', 7678),
    setting('listen', 'network', '127.0.0.1'),
    setting('allowed_hosts', 'network', []),
    setting('allowed_origins', 'network', ['app://obsidian.md']),
    setting('http_proxy', 'network', null),
    setting('ollama', 'network', false),
    setting('ollama_port', 'network', 11434),
    setting('ollama_key', 'network', true),
    setting('connect_timeout_secs', 'network', 15),
    setting('log_keep_days', 'privacy', 30),
    setting('log_max_mib', 'privacy', 16),
    setting('hide_email', 'privacy', false),
    setting('store_by_default', 'privacy', true),
    setting('store_max_mib', 'privacy', 256),
    setting('store_keep_days', 'privacy', 30),
    setting('default_instructions', 'expert', ''),
    setting('chat_reasoning', 'expert', 'reasoning_content', ['reasoning_content', 'hidden', 'think_tags']),
    setting('originator', 'expert', 'postern'),
    setting('extra_models', 'expert', []),
    setting('model_map', 'expert', []),
  ];
}

/** Settings that remember. Ports are checked as the real ones are. */
export class FakeSettings {
  #settings = all();
  problems: string[] = [];

  get view(): SettingsView {
    return { settings: this.#settings, problems: this.problems, file: '/home/mara/.config/postern/config.toml' };
  }

  change({ key, value }: Change): SettingsView {
    if (key === 'port' && value !== null && !(typeof value === 'number' && value >= 0 && value <= 65_535)) {
      throw complaint('badSettings', '`port` must be a whole number from 0 to 65535');
    }
    this.#settings = this.#settings.map((one) => (one.key === key ? { ...one, value: value ?? one.default } : one));
    return this.view;
  }
}

export const CHECKS: Check[] = [
  { name: 'keyring', outcome: 'pass', found: 'secrets are kept with `keyring` and can be read', advice: '' },
  { name: 'sign-in', outcome: 'pass', found: 'mara@example.test can be used', advice: '' },
  { name: 'listener', outcome: 'pass', found: 'http://127.0.0.1:7678 answers', advice: '' },
  { name: 'call with a key', outcome: 'pass', found: 'the key `Cherry Studio` is accepted and models are listed', advice: '' },
  { name: 'backend', outcome: 'fail', found: '`chatgpt.com` cannot be reached', advice: 'check the network and the `http_proxy` setting' },
  { name: 'tray host', outcome: 'skipped', found: 'this page has no tray', advice: '' },
];
