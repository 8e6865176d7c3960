import { describe, expect, test } from 'vitest';
import { pieces } from './prose';

describe('what the core says', () => {
  test.each([
    ['this desktop shows the icon', 'This desktop shows the icon'],
    ['http://127.0.0.1:7678 answers', 'http://127.0.0.1:7678 answers'],
    ['mara@example.test can be used', 'mara@example.test can be used'],
    ['secrets are kept with `keyring` and can be read', 'Secrets are kept with [keyring] and can be read'],
    ['`chatgpt.com` cannot be reached', '[chatgpt.com] cannot be reached'],
    ['offline', 'Offline'],
    ['', ''],
  ])('%s', (said, shown) => {
    expect(pieces(said).map(({ text, isCode }) => (isCode ? `[${text}]` : text)).join('')).toBe(shown);
  });
});
