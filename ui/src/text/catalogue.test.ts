import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { en } from './en';
import { known } from './words.svelte';
import { zhCN } from './zh-CN';

type Leaf = [path: string, value: unknown];

function leaves(value: unknown, path = ''): Leaf[] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}

/** A sentence with its blanks filled, so that it can be read. */
function text(value: unknown): string {
  if (typeof value !== 'function') return String(value);
  return (value as (...blanks: unknown[]) => string)(2, 2, 2);
}

const source = (folder: string): string =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((file) => file.isFile() && /\.(svelte|ts)$/.test(file.name) && !/\.test\.ts$/.test(file.name))
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => !/text\/(en|zh-CN)/.test(path) && !path.includes('bindings'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');

test('both languages have the same keys with the same blanks', () => {
  const shape = (catalogue: unknown) => leaves(catalogue).map(([path, value]) => `${path}/${typeof value}`);
  expect(shape(zhCN)).toEqual(shape(en));
});

test('no sentence is empty, shouts, begs, or says oops', () => {
  for (const [path, value] of [...leaves(en), ...leaves(zhCN)]) {
    expect(text(value), path).toMatch(/\S/);
    expect(text(value), path).not.toMatch(/[!！]|\boops\b|\bplease\b/i);
  }
});

test('Chinese is Chinese, except for names', () => {
  const names = new Set(['shell.name', 'account.kinds.chatgpt', 'settings.choice.en', 'home.usage.bar', 'settings.name.user_agent.0', 'settings.diagnostics.version']);
  const untranslated = leaves(zhCN).filter(([path, value]) => !names.has(path) && !/\p{Script=Han}/u.test(text(value)));
  expect(untranslated.map(([path]) => path)).toEqual([]);
});

test('every sentence is used', () => {
  const page = source('src');
  /** Chosen by a word that comes from elsewhere. */
  const chosen = /^(shell\.(places|complaints)|state\.(headline|actions|means|limits)|connect\.(trap|groups)|requests\.(faults|ended|ends)|account\.kinds|account\.signOutLines|settings\.(name|choice|groups|keys\.revokeLines|diagnostics\.(outcome|checks))|signIn\.pasted\.steps)\b/;
  const unused = leaves(en).filter(([path]) => {
    const last = path.split('.').at(-1) ?? '';
    return !chosen.test(path) && !new RegExp(`\\.${last}\\b`).test(page);
  });
  expect(unused.map(([path]) => path)).toEqual([]);
});

test.each([
  ['en-GB', 'en'],
  ['zh-Hans-CN', 'zh-CN'],
  ['zh', 'zh-CN'],
  ['zh-CN', 'zh-CN'],
  ['zh-TW', null],
  ['zh-Hant-HK', null],
  ['de', null],
  ['system', null],
])('%s is the language %s', (tag, language) => {
  expect(known(tag)).toBe(language);
});
