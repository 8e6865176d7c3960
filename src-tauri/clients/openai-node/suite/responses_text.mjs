// Responses: text, streams, conversations, reasoning.

import { all, user } from './door.mjs';
import { holds, put, same } from './table.mjs';

put('responses/whole', async (door) => {
  const answer = await door.respond('hello');
  same(answer.output_text, 'You said: hello', 'output_text');
  same(answer.status, 'completed', 'status');
  same(answer.object, 'response', 'object');
  same(answer.model, door.model, 'model');
  same(answer.error, null, 'error');
  holds(answer.id.startsWith('resp_'), 'a response id', answer.id);
  holds(answer.created_at > 1_700_000_000, 'a creation time', answer.created_at);
  const message = answer.output.at(-1);
  same([message.type, message.role, message.status], ['message', 'assistant', 'completed']);
  same(message.content[0].annotations, [], 'annotations');
  const { input_tokens, output_tokens, total_tokens } = answer.usage;
  holds(input_tokens > 0 && output_tokens > 0, 'usage is counted', answer.usage);
  same(total_tokens, input_tokens + output_tokens, 'total_tokens');
});

put('responses/stream', async (door) => {
  const events = await all(door.respond('[[words 12]] go', { stream: true }));
  const kinds = events.map((event) => event.type);
  same(kinds.slice(0, 2), ['response.created', 'response.in_progress'], 'the first events');
  same(kinds.at(-1), 'response.completed', 'the last event');
  same(
    events.map((event) => event.sequence_number),
    [...events.keys()],
    'numbers',
  );
  const ids = events.filter((event) => event.response).map((event) => event.response.id);
  same(new Set(ids).size, 1, 'ids of the response');
  const order = [
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
  ];
  const sorted = order.toSorted((a, b) => kinds.indexOf(a) - kinds.indexOf(b));
  same(sorted, order, "the order of an item's events");
  const text = joined(events, order[2]);
  holds(text.split(/\s+/).length >= 12, 'words', text);
  same(events.find((event) => event.type === order[3]).text, text, 'the text at its end');
  same(whole(events).status, 'completed', 'status');
  same(textOf(whole(events)), text, 'the text of the whole');
});

put('responses/stream-helper', async (door) => {
  const stream = door.client.responses.stream({ model: door.model, input: '[[words 5]] go' });
  const snapshots = [];
  stream.on('response.output_text.delta', (event) => snapshots.push(event.snapshot));
  const final = await stream.finalResponse();
  holds(snapshots.length >= 5, 'deltas', snapshots);
  same(final.output_text, snapshots.at(-1), 'the last snapshot');
});

put('responses/instructions', async (door) => {
  const instructions = 'Speak like a gatekeeper.';
  const answer = await door.respond('[[show instructions]]', { instructions });
  holds(answer.output_text.includes(instructions), 'instructions', answer.output_text);
  const part = { type: 'input_text', text: '[[show input/0]]' };
  const system = { role: 'system', content: 'Be brief.' };
  const item = JSON.parse((await door.respond([system, user([part])])).output_text);
  same(item.role, 'developer', 'the role the backend accepts');
  holds(JSON.stringify(item).includes('Be brief.'), 'the system message', item);
});

put('responses/conversation', async (door) => {
  const answer = await door.respond([
    user('The word is portcullis.'),
    { role: 'assistant', content: 'I will remember it.' },
    user('Thank you.'),
    { type: 'message', role: 'assistant', content: 'Gladly.' },
    user('[[recall]]'),
  ]);
  same(answer.output_text, 'The word is portcullis.', 'what was recalled');
});

put('responses/reasoning', async (door) => {
  const answer = await door.respond('think [[show reasoning]]', {
    reasoning: { effort: 'high', summary: 'auto' },
    include: ['reasoning.encrypted_content'],
  });
  const { effort, summary } = JSON.parse(answer.output_text);
  same([effort, summary], ['high', 'auto'], 'what the backend got');
  const thought = answer.output[0];
  same(thought.type, 'reasoning', 'the first item');
  holds(thought.encrypted_content, 'encrypted reasoning', thought);
  holds(thought.summary[0].text.includes('Thinking about'), 'a summary', thought.summary);
  const { reasoning_tokens } = answer.usage.output_tokens_details;
  holds(reasoning_tokens > 0, 'reasoning tokens', answer.usage);
});

put('responses/reasoning-stream', async (door) => {
  const reasoning = { effort: 'low', summary: 'auto' };
  const events = await all(door.respond('think aloud', { stream: true, reasoning }));
  const kind = 'response.reasoning_summary_text';
  const text = joined(events, `${kind}.delta`);
  const done = events.filter((event) => event.type === `${kind}.done`);
  same(done.map((event) => event.text).join(''), text, 'the summary at its end');
  holds(text.includes('Thinking about'), 'a summary', text);
  same(whole(events).output[0].summary[0].text, text, 'the summary of the whole');
});

put('responses/reasoning-replay', async (door) => {
  const options = { reasoning: { effort: 'medium' }, include: ['reasoning.encrypted_content'] };
  const turns = [user('My dog is called Bran.')];
  const first = await door.respond(turns, options);
  same(first.output[0].type, 'reasoning', 'the first item');
  turns.push(...first.output, user('[[recall]]'));
  const second = await door.respond(turns, options);
  same(second.output_text, 'My dog is called Bran.', 'what was recalled');
});

put('responses/effort-clamped', async (door) => {
  const got = [];
  for (const effort of ['minimal', 'max']) {
    const answer = await door.respond('[[show reasoning/effort]]', { reasoning: { effort } });
    got.push(answer.output_text);
  }
  same(got, ['"low"', '"xhigh"'], 'efforts the backend got');
});

/** The deltas of one kind, put together. */
export const joined = (events, kind) =>
  events
    .filter((event) => event.type === kind)
    .map((event) => event.delta)
    .join('');

/** The response in the last event of a stream. */
export const whole = (events) => events.at(-1).response;

/** The text of a response that no SDK call has summed up. */
export const textOf = (response) =>
  response.output
    .flatMap((item) => item.content ?? [])
    .map((part) => part.text ?? '')
    .join('');
