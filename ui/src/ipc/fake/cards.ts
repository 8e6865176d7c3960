import type { Card, Field, ModelRow, Trap } from '../../bindings';
import { BASE_URL } from './states';

const text = (label: string, value: string): Field => ({ label, value: { is: 'text', text: value } });
const key = (label: string): Field => ({ label, value: { is: 'key' } });
const model = (label: string): Field => ({ label, value: { is: 'model' } });

function card(id: string, name: string, place: string, fields: Field[], traps: Trap[], more: Partial<Card> = {}): Card {
  return { id, name, group: 'app', place, fields, paste: null, canImport: false, traps, ...more };
}

const ZED = `{
  "language_models": {
    "openai_compatible": {
      "Postern": {
        "api_url": "${BASE_URL}",
        "available_models": [{ "name": "{{model}}", "max_tokens": 272000 }]
      }
    }
  }
}`;

const CONTINUE = `models:
  - name: Postern
    provider: openai
    model: {{model}}
    apiBase: ${BASE_URL}
    apiKey: {{key}}`;

export const CARDS: Card[] = [
  card('cherry-studio', 'Cherry Studio', 'Settings ▸ Model Provider ▸ Add', [key('API Key'), text('API Host', 'http://127.0.0.1:7678')], ['addsVersion', 'fetchModels', 'asksFirst'], { canImport: true }),
  card('chatbox', 'Chatbox', 'Settings ▸ Model Provider ▸ Add', [text('API Mode', 'OpenAI API Compatible'), key('API Key'), text('API Host', 'http://127.0.0.1:7678'), text('API Path', '/v1/chat/completions')], ['webEdition'], { canImport: true }),
  card('jan', 'Jan', 'Settings ▸ Model Providers', [key('API Key'), text('Base URL', BASE_URL)], ['wantsVersion']),
  card('open-webui', 'Open WebUI', 'Settings ▸ Connections', [text('URL', BASE_URL), key('API Key')], ['wantsVersion']),
  card('open-webui-docker', 'Open WebUI in Docker', 'Settings ▸ Connections', [text('URL', 'http://host.docker.internal:7678/v1'), key('API Key')], ['dockerName', 'dockerHost']),
  card('zed', 'Zed', 'Settings ▸ LLM Providers ▸ Add Provider', [text('Provider Name', 'Postern'), text('API URL', BASE_URL), key('API Key'), model('Model Name')], ['typeModel', 'keyRequired', 'ownSignIn'], { paste: { into: 'settings.json', language: 'json', text: ZED } }),
  card('obsidian-copilot', 'Obsidian Copilot', 'Copilot ▸ Model ▸ Add Model', [model('Model Name'), text('Provider', '3rd party (OpenAI format)'), text('Base URL', BASE_URL), key('API Key')], ['leaveCorsOff']),
  card('continue', 'Continue', 'config.yaml', [], ['blockPerModel'], { paste: { into: 'config.yaml', language: 'yaml', text: CONTINUE } }),
  card('other', 'Other app', 'wherever the app asks for an OpenAI-compatible server', [text('Base URL', BASE_URL), key('API key'), model('Model')], ['noSlash']),
  card('codex', 'Codex', '~/.codex/config.toml', [], ['keyInEnvironment', 'restart'], {
    group: 'commandLine',
    paste: { into: '~/.codex/config.toml', language: 'toml', text: `model = "{{model}}"\nmodel_provider = "postern"\n\n[model_providers.postern]\nname = "Postern"\nbase_url = "${BASE_URL}"\nenv_key = "POSTERN_API_KEY"\nwire_api = "responses"` },
  }),
  card('llm', 'llm', 'extra-openai-models.yaml', [], ['blockPerModel'], {
    group: 'commandLine',
    paste: { into: 'extra-openai-models.yaml', language: 'yaml', text: `- model_id: postern\n  model_name: {{model}}\n  api_base: ${BASE_URL}\n  api_key_name: postern` },
  }),
];

export const MODELS: ModelRow[] = [
  { id: 'gpt-6.1-sol', contextWindow: 272_000, efforts: ['low', 'medium', 'high'] },
  { id: 'gpt-6.1-mini', contextWindow: 272_000, efforts: ['low', 'medium'] },
];
