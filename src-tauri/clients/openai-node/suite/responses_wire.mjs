// Responses: what happens on the wire around the answers.

import { all, user } from './door.mjs';
import { joined, textOf, whole } from './responses_text.mjs';
import { holds, put, same } from './table.mjs';
import { textFile } from './things.mjs';

const TEXT = 'response.output_text.delta';

put('responses/headers', async (door) => {
  const headers = async (prompt) => (await door.respond(prompt).withResponse()).response.headers;
  const plain = await headers('hello');
  holds(Number(plain.get('x-codex-primary-used-percent')) >= 0, "the plan's limit");
  holds(plain.get('x-request-id'), "the backend's id of the request");
  same(plain.get('openai-model'), null, 'openai-model');
  const moved = await headers('[[reroute gpt-5.4]] hello');
  same(moved.get('openai-model'), 'gpt-5.4', 'openai-model');
});

put('responses/ignored', async (door) => {
  const options = {
    temperature: 0.2,
    top_p: 0.5,
    metadata: { a: 'b' },
    truncation: 'auto',
    user: 'someone',
  };
  const { data, response } = await door.respond('hello', options).withResponse();
  same(data.output_text, 'You said: hello', 'output_text');
  const named = response.headers
    .get('x-postern-ignored')
    .split(',')
    .map((name) => name.trim());
  for (const name of Object.keys(options)) holds(named.includes(name), `${name} is named`, named);
  const plain = (await door.respond('hello').withResponse()).response.headers;
  same(plain.get('x-postern-ignored'), null, 'nothing ignored');
  holds(plain.get('x-postern-request-id'), 'a request id');
});

put('responses/unknown-events', async (door) => {
  const prompt = '[[unknown-events]] [[unknown-items]] hello';
  const events = await all(door.respond(prompt, { stream: true }));
  const strange = events.filter((event) => !/^(response\.|error)/.test(event.type));
  const items = whole(events).output.map((item) => item.type);
  const unknown = items.filter((type) => !['message', 'reasoning'].includes(type));
  holds(strange.length + unknown.length > 0, 'something unknown', items);
  same(textOf(whole(events)), 'You said: hello', 'the text');
});

put('responses/comments', async (door) => {
  const prompt = '[[comments]] [[keepalives]] [[words 6]] go';
  const events = await all(door.respond(prompt, { stream: true }));
  same(events.at(-1).type, 'response.completed', 'the last event');
  same(joined(events, TEXT), textOf(whole(events)), 'the text');
});

put('responses/unicode', async (door) => {
  const rows = [
    ['[[split-utf8]] Grüße — 門 🚪', ['Grüße — 門 🚪']],
    ['[[split-utf8]] [[u2028]] go', ['\u2028', '\u2029', '\u0085']],
  ];
  for (const [prompt, parts] of rows) {
    const streamed = textOf(whole(await all(door.respond(prompt, { stream: true }))));
    const atOnce = (await door.respond(prompt)).output_text;
    same(streamed, atOnce, 'streamed and whole');
    for (const part of parts) holds(atOnce.includes(part), 'the text holds', part, atOnce);
  }
});

put('responses/big-event', async (door) => {
  const events = await all(door.respond('[[big 3]] go', { stream: true }));
  const text = textOf(whole(events));
  holds(text.length >= 3 * 1024 * 1024, 'three megabytes', text.length);
  same(joined(events, TEXT).length, text.length, 'deltas');
});

put('responses/large-body', async (door) => {
  const file_data = textFile('x'.repeat(9_000_000));
  const parts = [{ type: 'input_file', filename: 'much.txt', file_data }];
  const { output_text } = await door.respond([user(parts)]);
  holds(output_text.includes('much.txt, 9000000 bytes'), 'all of it arrives', output_text);
});

put('responses/hang-up', async (door) => {
  const words = 'leaving early from responses in node';
  const stream = await door.respond(`[[stall 6]] ${words}`, { stream: true });
  for await (const event of stream) {
    same(event.type, 'response.created', 'the first event');
    break;
  }
  const ends = async () => (await door.received(words)).map((one) => one.hung_up);
  const closed = await door.eventually(async () => (await ends()).join() === 'true');
  holds(closed, "the backend's stream was closed", await ends());
});

put('responses/concurrent', async (door) => {
  const ask = async (number) => {
    const prompt = `[[slow 20]] stream ${number}`;
    const events = await all(door.respond(prompt, { stream: true }));
    same(joined(events, TEXT), textOf(whole(events)), 'the text');
    return joined(events, TEXT);
  };
  const numbers = [...Array(12).keys()];
  const said = await Promise.all(numbers.map(ask));
  same(
    said,
    numbers.map((number) => `You said: stream ${number}`),
    'answers',
  );
});
