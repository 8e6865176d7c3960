import { Linter } from 'eslint';
import parser from 'svelte-eslint-parser';
import { expect, test } from 'vitest';
import rule from './words_in_catalogue.js';

const linter = new Linter();

function complaints(source: string): string[] {
  const config = {
    files: ['**/*.svelte'],
    languageOptions: { parser },
    plugins: { house: { rules: { words: rule } } },
    rules: { 'house/words': 'error' },
  } as unknown as Linter.Config;
  return linter.verify(source, [config], { filename: 'a.svelte' }).map((message) => message.message);
}

test.each([
  ['<p>Hello</p>'],
  ['<p>{"Hello"}</p>'],
  ['<p>{a ? "Hello" : t.other}</p>'],
  ['<p>{`Hello ${name}`}</p>'],
  ['<button aria-label="Close"></button>'],
  ['<input placeholder={"Find"} />'],
  ['<img alt="A door" />'],
  ['<Value label="Base URL" />'],
  ['<p>你好</p>'],
])('%s is words outside the catalogue', (source) => {
  expect(complaints(source)).toHaveLength(1);
});

test.each([
  ['<p>{t.title}</p>'],
  ['<p>{a} · {b}</p>'],
  ['<button aria-label={t.close}></button>'],
  ['<p class="soft">{number} %</p>'],
  ['<style>p { color: red; }</style>'],
  ['<script>const a = "words of code";</script>'],
  ['<p>{`${a} · ${b}`}</p>'],
])('%s is fine', (source) => {
  expect(complaints(source)).toEqual([]);
});
