// Chat Completions: structured answers, images, files, search, usage, tiers, endings, the wire.

import { LengthFinishReasonError } from 'openai/core/error';
import { zodResponseFormat } from 'openai/helpers/zod';

import { deltas, said, textOf } from './chat_text.mjs';
import { all, user } from './door.mjs';
import { holds, put, raised, same } from './table.mjs';
import { City, THING_SCHEMA, Trip, png, textFile } from './things.mjs';

put('chat/parse', async (door) => {
  const response_format = zodResponseFormat(City, 'city');
  const options = { model: door.model, messages: [user('a town')], response_format };
  const { parsed } = await said(door.client.chat.completions.parse(options));
  same(City.parse(parsed), parsed, 'an instance');
});

put('chat/parse-stream', async (door) => {
  const response_format = zodResponseFormat(Trip, 'trip');
  const options = { model: door.model, messages: [user('a trip')], response_format };
  const stream = door.client.chat.completions.stream(options);
  const { parsed } = await said(stream.finalChatCompletion());
  same(Trip.parse(parsed), parsed, 'an instance');
});

put('chat/json-schema', async (door) => {
  const json_schema = { name: 'thing', schema: THING_SCHEMA, strict: true };
  const response_format = { type: 'json_schema', json_schema };
  const { tags, pair } = JSON.parse(
    (await said(door.chat('a thing', { response_format }))).content,
  );
  holds(Number.isInteger(pair.x), 'an integer', pair);
  holds(
    tags.every((tag) => ['a', 'b'].includes(tag)),
    'only what the schema lists',
    tags,
  );
});

put('chat/json-object', async (door) => {
  const messages = [{ role: 'system', content: 'Answer in JSON.' }, user('hello')];
  const options = { response_format: { type: 'json_object' } };
  const { content } = await said(door.chat(messages, options));
  same(JSON.parse(content), { answer: 'You said: hello' }, 'JSON');
});

put('chat/vision', async (door) => {
  const parts = [
    { type: 'text', text: 'What is it?' },
    { type: 'image_url', image_url: { url: png(7, 5), detail: 'high' } },
  ];
  const { content } = await said(door.chat([user(parts)]));
  holds(content.includes('I see a PNG image, 7 by 5 pixels.'), 'it is seen', content);
});

put('chat/file', async (door) => {
  const file = { filename: 'notes.txt', file_data: textFile('hello, world') };
  const parts = [
    { type: 'file', file },
    { type: 'text', text: 'What does it say?' },
  ];
  const { content } = await said(door.chat([user(parts)]));
  holds(content.includes('I read the file notes.txt, 12 bytes.'), 'it is read', content);
});

put('chat/web-search', async (door) => {
  const { annotations } = await said(door.chat('[[annotate]] go', { web_search_options: {} }));
  same(
    annotations.map((annotation) => annotation.type),
    ['url_citation'],
    'annotations',
  );
  holds(annotations[0].url_citation.url, 'a cited source', annotations);
});

const PROMPT = '[[usage input=120 cached=64 output=30 reasoning=8]] go';

/** The numbers of the prompt above. */
function checkUsage(usage) {
  same([usage.prompt_tokens, usage.completion_tokens, usage.total_tokens], [120, 30, 150]);
  same(usage.prompt_tokens_details.cached_tokens, 64, 'cached_tokens');
  same(usage.completion_tokens_details.reasoning_tokens, 8, 'reasoning_tokens');
}

put('chat/usage', async (door) => checkUsage((await door.chat(PROMPT)).usage));

put('chat/usage-chunk', async (door) => {
  const options = { stream: true, stream_options: { include_usage: true } };
  const chunks = await all(door.chat(PROMPT, options));
  same(chunks.at(-1).choices, [], 'choices of the last chunk');
  checkUsage(chunks.at(-1).usage);
  holds(
    chunks.slice(0, -1).every((chunk) => chunk.usage === null),
    'usage before it',
  );
});

put('chat/usage-unasked', async (door) => {
  const chunks = await all(door.chat(PROMPT, { stream: true }));
  holds(
    chunks.every((chunk) => (chunk.usage ?? null) === null),
    'no usage',
  );
  holds(
    chunks.every((chunk) => chunk.choices.length === 1),
    'a choice in every chunk',
  );
});

put('chat/service-tier', async (door) => {
  const got = [];
  for (const service_tier of ['priority', 'auto', 'default']) {
    got.push((await said(door.chat('[[show service_tier]]', { service_tier }))).content);
  }
  same(got, ['"priority"', 'undefined', 'undefined'], 'what the backend got');
});

put('chat/refusal', async (door) => {
  const { refusal, content } = await said(door.chat('[[refuse That is not my door.]]'));
  same([refusal, content], ['That is not my door.', null], 'message');
});

put('chat/refusal-stream', async (door) => {
  const chunks = await all(door.chat('[[refuse That is not my door.]]', { stream: true }));
  const refusal = deltas(chunks)
    .map((delta) => delta.refusal ?? '')
    .join('');
  same([refusal, textOf(chunks)], ['That is not my door.', ''], 'refusal and text');
});

for (const [name, mark, reason] of [
  ['chat/length', 'max_output_tokens', 'length'],
  ['chat/content-filter', 'content_filter', 'content_filter'],
]) {
  put(name, async (door) => {
    const prompt = `[[incomplete ${mark}]] hello`;
    const chunks = await all(door.chat(prompt, { stream: true }));
    same(chunks.at(-1).choices[0].finish_reason, reason, 'finish_reason, streamed');
    const [{ finish_reason, message }] = (await door.chat(prompt)).choices;
    same([finish_reason, message.content], [reason, 'You said: hello'], 'whole');
  });
}

put('chat/parse-length', async (door) => {
  const response_format = zodResponseFormat(City, 'city');
  const messages = [user('[[incomplete max_output_tokens]] a town')];
  const options = { model: door.model, messages, response_format };
  await raised(() => door.client.chat.completions.parse(options), LengthFinishReasonError);
});

put('chat/ignored', async (door) => {
  const options = {
    temperature: 0.2,
    top_p: 0.5,
    seed: 7,
    presence_penalty: 0.1,
    user: 'someone',
  };
  const { data, response } = await door.chat('hello', options).withResponse();
  same(data.choices[0].message.content, 'You said: hello', 'content');
  const named = response.headers
    .get('x-postern-ignored')
    .split(',')
    .map((name) => name.trim());
  for (const name of Object.keys(options)) holds(named.includes(name), `${name} is named`, named);
});

put('chat/large-body', async (door) => {
  const file = { filename: 'much.txt', file_data: textFile('x'.repeat(9_000_000)) };
  const { content } = await said(door.chat([user([{ type: 'file', file }])]));
  holds(content.includes('much.txt, 9000000 bytes'), 'all of it arrives', content);
});

put('chat/hang-up', async (door) => {
  const words = 'leaving early from chat in node';
  const stream = await door.chat(`[[words 3]] [[stall 8]] ${words}`, { stream: true });
  for await (const chunk of stream) {
    same(chunk.choices[0].delta.role, 'assistant', 'the first chunk');
    break;
  }
  const ends = async () => (await door.received(words)).map((one) => one.hung_up);
  const closed = await door.eventually(async () => (await ends()).join() === 'true');
  holds(closed, "the backend's stream was closed", await ends());
});

put('chat/concurrent', async (door) => {
  const ask = async (number) =>
    textOf(await all(door.chat(`[[slow 20]] stream ${number}`, { stream: true })));
  const numbers = [...Array(12).keys()];
  const answers = await Promise.all(numbers.map(ask));
  same(
    answers,
    numbers.map((number) => `You said: stream ${number}`),
    'answers',
  );
});
