// The old Completions endpoint.

import { BadRequestError } from 'openai';

import { all } from './door.mjs';
import { holds, put, raised, same } from './table.mjs';

/** A call of the old endpoint. */
const complete = (door, prompt, options = {}) =>
  door.client.completions.create({ model: door.model, prompt, ...options });

put('completions/whole', async (door) => {
  const answer = await complete(door, 'hello');
  const [{ text, finish_reason, index, logprobs }, ...others] = answer.choices;
  same([text, finish_reason, index, logprobs], ['You said: hello', 'stop', 0, null]);
  same(others, [], 'other choices');
  same([answer.object, answer.model], ['text_completion', door.model]);
  holds(answer.id.startsWith('cmpl-'), 'an id', answer.id);
  const { prompt_tokens, completion_tokens, total_tokens } = answer.usage;
  holds(prompt_tokens > 0 && completion_tokens > 0, 'usage is counted', answer.usage);
  same(total_tokens, prompt_tokens + completion_tokens, 'total_tokens');
});

put('completions/stream', async (door) => {
  const options = { stream: true, stream_options: { include_usage: true } };
  const chunks = await all(complete(door, '[[words 12]] go', options));
  const last = chunks.pop();
  const text = chunks.map((chunk) => chunk.choices[0].text).join('');
  const whole = await complete(door, '[[words 12]] go');
  same(text, whole.choices[0].text, 'streamed and whole');
  const reasons = chunks.map((chunk) => chunk.choices[0].finish_reason);
  same(reasons, [...Array(reasons.length - 1).fill(null), 'stop'], 'finish reasons');
  same(last.choices, [], 'choices of the last chunk');
  holds(last.usage.total_tokens > 0, 'usage', last.usage);
});

put('completions/list', async (door) => {
  const answer = await complete(door, ['hello']);
  same(answer.choices[0].text, 'You said: hello');
});

put('completions/refused', async (door) => {
  for (const [prompt, options, param] of [
    [['a', 'b'], {}, 'prompt'],
    [[1, 2], {}, 'prompt'],
    ['a', { n: 2 }, 'n'],
    ['a', { best_of: 2 }, 'best_of'],
    ['a', { echo: true }, 'echo'],
    ['a', { suffix: 'b' }, 'suffix'],
  ]) {
    const error = await raised(() => complete(door, prompt, options), BadRequestError);
    same(error.param, param, 'param');
  }
});

put('completions/ignored', async (door) => {
  const { response } = await complete(door, 'hello', { logprobs: 2, seed: 7 }).withResponse();
  same(response.headers.get('x-postern-ignored'), 'logprobs, seed', 'named');
});
