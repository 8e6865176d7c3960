import { render } from 'svelte/server';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Desk } from '../state/desk.svelte';
import TryItBox from './home/TryItBox.svelte';
import Complaint from '../parts/Complaint.svelte';
import Facts from '../parts/Facts.svelte';
import Prose from '../parts/Prose.svelte';
import Value from '../parts/Value.svelte';

const EVIL = `<img src=x onerror="alert(1)"><script>alert(2)</script>\`<b>\`</p>&quot;'`;

/** A desk at which a model has answered. */
const desk = {
  tryIt: {
    phase: { is: 'done', text: EVIL, piece: { model: EVIL, firstTextMs: 1, totalMs: 2, inputTokens: 1, outputTokens: 1 } },
  },
  connect: { models: { value: [{ id: EVIL }] } },
} as unknown as Desk;

describe('what others wrote is text', () => {
  vi.stubGlobal('navigator', { languages: ['en'] });
  afterAll(() => void vi.unstubAllGlobals());

  test.each([
    ['a sentence', () => render(Prose, { props: { text: EVIL } })],
    ['a complaint', () => render(Complaint, { props: { complaint: { code: 'other', message: EVIL, hint: EVIL } } })],
    ['facts', () => render(Facts, { props: { facts: [[EVIL, EVIL]] } })],
    ['a value', () => render(Value, { props: { label: EVIL, value: EVIL } })],
    ["a model's answer", () => render(TryItBox, { props: { desk } })],
  ])('%s', (_, shown) => {
    const { body } = shown();
    expect(body).toContain('&lt;img src=x');
    expect(body).not.toMatch(/<(img|script|b)\b/);
    expect(body).not.toMatch(/<[^>"]*\sonerror=/);
  });
});
