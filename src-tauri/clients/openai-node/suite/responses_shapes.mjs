// Responses: structured answers, images, files, search, usage, tiers, endings.

import { zodTextFormat } from 'openai/helpers/zod';

import { all, user } from './door.mjs';
import { textOf, whole } from './responses_text.mjs';
import { holds, put, same } from './table.mjs';
import { City, THING_SCHEMA, Trip, png, textFile } from './things.mjs';

put('responses/parse', async (door) => {
  const text = { format: zodTextFormat(City, 'city') };
  const options = { model: door.model, input: 'a town', text };
  const { output_parsed } = await door.client.responses.parse(options);
  same(City.parse(output_parsed), output_parsed, 'an instance');
});

put('responses/parse-stream', async (door) => {
  const text = { format: zodTextFormat(Trip, 'trip') };
  const stream = door.client.responses.stream({ model: door.model, input: 'a trip', text });
  const { output_parsed } = await stream.finalResponse();
  same(Trip.parse(output_parsed), output_parsed, 'an instance');
});

put('responses/json-schema', async (door) => {
  const format = { type: 'json_schema', name: 'thing', schema: THING_SCHEMA, strict: true };
  const answer = await door.respond('a thing', { text: { format } });
  const { tags, pair } = JSON.parse(answer.output_text);
  holds(Number.isInteger(pair.x), 'an integer', pair);
  holds(
    tags.every((tag) => ['a', 'b'].includes(tag)),
    'only what the schema lists',
    tags,
  );
});

put('responses/json-object', async (door) => {
  const turns = [{ role: 'system', content: 'Answer in JSON.' }, user('hello')];
  const answer = await door.respond(turns, { text: { format: { type: 'json_object' } } });
  same(JSON.parse(answer.output_text), { answer: 'You said: hello' }, 'JSON');
});

put('responses/vision', async (door) => {
  const parts = [
    { type: 'input_text', text: 'What is it?' },
    { type: 'input_image', image_url: png(7, 5), detail: 'high' },
  ];
  const { output_text } = await door.respond([user(parts)]);
  holds(output_text.includes('I see a PNG image, 7 by 5 pixels.'), 'it is seen', output_text);
});

put('responses/file', async (door) => {
  const parts = [
    { type: 'input_file', filename: 'notes.txt', file_data: textFile('hello, world') },
    { type: 'input_text', text: 'What does it say?' },
  ];
  const { output_text } = await door.respond([user(parts)]);
  holds(output_text.includes('I read the file notes.txt, 12 bytes.'), 'it is read', output_text);
});

put('responses/web-search', async (door) => {
  for (const type of ['web_search', 'web_search_preview']) {
    const answer = await door.respond('[[search posterns]] go', { tools: [{ type }] });
    const kinds = answer.output.map((item) => item.type);
    holds(kinds.includes('web_search_call'), `a search by ${type}`, kinds);
    const { annotations, text } = answer.output.at(-1).content[0];
    same(
      annotations.map((annotation) => annotation.type),
      ['url_citation'],
      'annotations',
    );
    const cited = text.slice(annotations[0].start_index, annotations[0].end_index);
    holds(annotations[0].url && cited, 'a cited source', annotations);
  }
});

put('responses/web-search-stream', async (door) => {
  const options = { tools: [{ type: 'web_search' }], stream: true };
  const events = await all(door.respond('[[search posterns]] go', options));
  const kinds = events.map((event) => event.type);
  const expected = ['response.web_search_call.completed', 'response.output_text.annotation.added'];
  for (const kind of expected) holds(kinds.includes(kind), kind, kinds);
});

put('responses/usage', async (door) => {
  const prompt = '[[usage input=120 cached=64 output=30 reasoning=8]] go';
  const answers = [
    await door.respond(prompt),
    whole(await all(door.respond(prompt, { stream: true }))),
  ];
  for (const { usage } of answers) {
    same([usage.input_tokens, usage.output_tokens, usage.total_tokens], [120, 30, 150]);
    same(usage.input_tokens_details.cached_tokens, 64, 'cached_tokens');
    same(usage.output_tokens_details.reasoning_tokens, 8, 'reasoning_tokens');
  }
});

put('responses/service-tier', async (door) => {
  const got = [];
  for (const service_tier of ['priority', 'auto', 'default']) {
    const answer = await door.respond('[[show service_tier]]', { service_tier });
    got.push(answer.output_text);
  }
  same(got, ['"priority"', 'undefined', 'undefined'], 'what the backend got');
});

put('responses/refusal', async (door) => {
  const answer = await door.respond('[[refuse That is not my door.]]');
  const { type, refusal } = answer.output.at(-1).content[0];
  same([type, refusal], ['refusal', 'That is not my door.'], 'part');
  same(answer.output_text, '', 'output_text');
});

for (const [name, reason] of [
  ['responses/incomplete-length', 'max_output_tokens'],
  ['responses/incomplete-filter', 'content_filter'],
]) {
  put(name, async (door) => {
    const prompt = `[[incomplete ${reason}]] hello`;
    const events = await all(door.respond(prompt, { stream: true }));
    same(events.at(-1).type, 'response.incomplete', 'the last event');
    for (const answer of [await door.respond(prompt), whole(events)]) {
      same([answer.status, answer.incomplete_details.reason], ['incomplete', reason], 'status');
      same(textOf(answer), 'You said: hello', 'the text so far');
    }
  });
}
