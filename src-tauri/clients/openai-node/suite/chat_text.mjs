// Chat Completions: text, streams, conversations, reasoning.

import { all, user } from './door.mjs';
import { holds, put, same } from './table.mjs';

/** The deltas of a stream's first choice. */
export const deltas = (chunks) =>
  chunks.filter((chunk) => chunk.choices.length > 0).map((chunk) => chunk.choices[0].delta);

/** The text of a stream. */
export const textOf = (chunks) =>
  deltas(chunks)
    .map((delta) => delta.content ?? '')
    .join('');

/** The message of a whole completion. */
export const said = async (completion) => (await completion).choices[0].message;

put('chat/whole', async (door) => {
  const completion = await door.chat('hello');
  const [choice, ...others] = completion.choices;
  same(others, [], 'other choices');
  same(choice.message.content, 'You said: hello', 'content');
  same(choice.message.role, 'assistant', 'role');
  same([choice.finish_reason, choice.index, choice.logprobs], ['stop', 0, null]);
  same(choice.message.refusal, null, 'refusal');
  same(choice.message.tool_calls, undefined, 'tool_calls');
  same([completion.object, completion.model], ['chat.completion', door.model]);
  holds(completion.id.startsWith('chatcmpl-'), 'an id', completion.id);
  holds(completion.created > 1_700_000_000, 'a creation time', completion.created);
  const { prompt_tokens, completion_tokens, total_tokens } = completion.usage;
  holds(prompt_tokens > 0 && completion_tokens > 0, 'usage is counted', completion.usage);
  same(total_tokens, prompt_tokens + completion_tokens, 'total_tokens');
});

put('chat/stream', async (door) => {
  const chunks = await all(door.chat('[[words 12]] go', { stream: true }));
  const constant = chunks.map(({ object, model, id }) => `${object} ${model} ${id}`);
  same(new Set(constant).size, 1, 'object, model and id');
  holds(constant[0].startsWith(`chat.completion.chunk ${door.model} `), 'names', constant[0]);
  const roles = deltas(chunks).map((delta) => delta.role);
  same(roles[0], 'assistant', "the first delta's role");
  holds(
    roles.slice(1).every((role) => role === undefined),
    'later roles',
    roles,
  );
  const reasons = chunks.map((chunk) => chunk.choices[0].finish_reason);
  same(reasons, [...Array(reasons.length - 1).fill(null), 'stop'], 'finish reasons');
  same(deltas(chunks).at(-1).content, undefined, 'text in the last chunk');
  const { content } = await said(door.chat('[[words 12]] go'));
  same(textOf(chunks), content, 'streamed and whole');
});

put('chat/stream-helper', async (door) => {
  const options = { model: door.model, messages: [user('[[words 5]] go')] };
  const stream = door.client.chat.completions.stream(options);
  const snapshots = [];
  stream.on('content', (_, snapshot) => snapshots.push(snapshot));
  const final = await stream.finalChatCompletion();
  holds(snapshots.length >= 5, 'deltas', snapshots);
  same(final.choices[0].message.content, snapshots.at(-1), 'the last snapshot');
});

put('chat/choices', async (door) => {
  const prompt = '[[usage input=100 cached=0 output=5 reasoning=0]] hello';
  const { choices, usage } = await door.chat(prompt, { n: 2 });
  same(
    choices.map(({ index, message, finish_reason: reason }) => [
      index,
      message.content.trim(),
      reason,
    ]),
    [0, 1].map((index) => [index, 'You said: hello', 'stop']),
  );
  same([usage.prompt_tokens, usage.completion_tokens], [200, 10], 'the sum of two requests');
});

put('chat/choices-stream', async (door) => {
  const options = { n: 2, stream: true, stream_options: { include_usage: true } };
  const chunks = await all(door.chat('[[words 12]] go', options));
  same(new Set(chunks.map((chunk) => chunk.id)).size, 1, 'ids');
  const { content } = await said(door.chat('[[words 12]] go'));
  const told = chunks.flatMap((chunk) => chunk.choices);
  for (const index of [0, 1]) {
    const mine = told.filter((choice) => choice.index === index);
    const roles = mine.map(({ delta }) => delta.role).filter(Boolean);
    same(roles, ['assistant'], 'roles');
    same(mine[0].delta.role, 'assistant', "the first delta's role");
    const text = mine.map(({ delta }) => delta.content ?? '').join('');
    same(text, content, "a choice's text");
    const reasons = mine.map((choice) => choice.finish_reason);
    same(reasons, [...Array(mine.length - 1).fill(null), 'stop'], 'reasons');
  }
  same(chunks.filter((chunk) => chunk.usage).length, 1, 'usage chunks');
  same(chunks.at(-1).choices, [], "the usage chunk's choices");
});

put('chat/system', async (door) => {
  for (const role of ['system', 'developer']) {
    const messages = [{ role, content: 'Be a gatekeeper.' }, user('[[show instructions]]')];
    const { content } = await said(door.chat(messages));
    holds(content.includes('Be a gatekeeper.'), `the ${role} message`, content);
  }
});

put('chat/conversation', async (door) => {
  const messages = [
    user('The word is portcullis.'),
    { role: 'assistant', content: 'I will remember it.' },
    user([{ type: 'text', text: 'Thank you.' }]),
    { role: 'assistant', content: [{ type: 'text', text: 'Gladly.' }] },
    user('[[recall]]'),
  ];
  const { content } = await said(door.chat(messages));
  same(content, 'The word is portcullis.', 'what was recalled');
});

put('chat/reasoning', async (door) => {
  const prompt = 'think [[show reasoning/effort]]';
  const completion = await door.chat(prompt, { reasoning_effort: 'high' });
  const { message } = completion.choices[0];
  same(message.content, '"high"', 'the effort the backend got');
  holds(message.reasoning_content?.includes('Thinking about'), 'reasoning_content', message);
  const details = completion.usage.completion_tokens_details;
  holds(details.reasoning_tokens > 0, 'reasoning tokens', details);
  const clamped = door.chat('[[show reasoning/effort]]', { reasoning_effort: 'minimal' });
  same((await said(clamped)).content, '"low"', 'a clamped effort');
});

put('chat/reasoning-stream', async (door) => {
  const options = { stream: true, reasoning_effort: 'low' };
  const chunks = await all(door.chat('think aloud', options));
  const thoughts = deltas(chunks).map((delta) => delta.reasoning_content ?? '');
  const thought = thoughts.join('');
  holds(thought.includes('Thinking about'), 'reasoning_content', thought);
  const last = thoughts.findLastIndex((part) => part !== '');
  const first = deltas(chunks).findIndex((delta) => delta.content);
  holds(last < first, 'the reasoning comes before the text', last, first);
  same(textOf(chunks), 'You said: think aloud', 'the text');
});

put('chat/late-text', async (door) => {
  for (const mark of ['[[text-in-done]]', '[[text-in-item]]']) {
    const expected = 'You said: hello';
    same(textOf(await all(door.chat(`${mark} hello`, { stream: true }))), expected, mark);
    same((await said(door.chat(`${mark} hello`))).content, expected, mark);
  }
});

put('chat/unicode', async (door) => {
  const rows = [
    ['[[split-utf8]] Grüße — 門 🚪', ['Grüße — 門 🚪']],
    ['[[split-utf8]] [[u2028]] go', ['\u2028', '\u2029', '\u0085']],
  ];
  for (const [prompt, parts] of rows) {
    const streamed = textOf(await all(door.chat(prompt, { stream: true })));
    const atOnce = (await said(door.chat(prompt))).content;
    same(streamed, atOnce, 'streamed and whole');
    for (const part of parts) holds(atOnce.includes(part), 'the text holds', part, atOnce);
  }
});
