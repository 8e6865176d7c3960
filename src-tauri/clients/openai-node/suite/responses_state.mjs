// Responses: what was stored is continued, fetched, listed, followed and forgotten.

import { BadRequestError, NotFoundError } from 'openai';

import { all, user } from './door.mjs';
import { holds, put, raised, same } from './table.mjs';

put('state/previous', async (door) => {
  const first = await door.respond('The word is barbican.');
  same(first.store, true, 'store');
  const options = { previous_response_id: first.id, stream: true };
  const second = (await all(door.respond('Thank you.', options))).at(-1).response;
  same(second.previous_response_id, first.id, 'previous_response_id');
  const third = await door.respond('[[recall]]', { previous_response_id: second.id });
  same(third.output_text, 'The word is barbican.', 'what was recalled');
});

put('state/unknown', async (door) => {
  const options = { previous_response_id: 'resp_never' };
  const error = await raised(() => door.respond('hello', options), BadRequestError);
  same([error.code, error.param], ['previous_response_not_found', 'previous_response_id']);
  await raised(() => door.client.responses.retrieve('resp_never'), NotFoundError);
});

put('state/unstored', async (door) => {
  const { id } = await door.respond('hello', { store: false });
  await raised(() => door.client.responses.retrieve(id), NotFoundError);
  await raised(() => door.respond('hello', { previous_response_id: id }), BadRequestError);
});

put('state/retrieve', async (door) => {
  const { responses } = door.client;
  const answer = await door.respond('hello');
  const kept = await responses.retrieve(answer.id);
  same(kept.output, answer.output, 'what was stored');
  same(kept.usage, answer.usage, 'usage');
  await responses.delete(answer.id);
  await raised(() => responses.retrieve(answer.id), NotFoundError);
});

put('state/input-items', async (door) => {
  const { inputItems } = door.client.responses;
  const first = await door.respond('one');
  const input = [user('two'), user('three')];
  const second = await door.respond(input, { previous_response_id: first.id });
  const items = await all(inputItems.list(second.id, { order: 'asc', limit: 2 }));
  const texts = items.map((item) => item.content[0].text);
  same(texts, ['one', first.output_text, 'two', 'three'], 'items over all pages');
  const newest = (await inputItems.list(second.id)).data[0];
  same(newest.id, items.at(-1).id, 'the newest first');
});

put('state/references', async (door) => {
  const first = await door.respond('The word is bastion.');
  const named = first.output.map(({ id }) => ({ type: 'item_reference', id }));
  const input = [user('The word is bastion.'), ...named, user('[[recall]]')];
  const second = await door.respond(input);
  same(second.output_text, 'The word is bastion.', 'what was recalled');
});

put('state/compact', async (door) => {
  const { responses } = door.client;
  const first = await door.respond('The word is rampart.');
  const compacted = await responses.compact({
    model: door.model,
    input: 'Mind it.',
    previous_response_id: first.id,
  });
  same(compacted.object, 'response.compaction', 'object');
  const types = compacted.output.map((item) => item.type);
  same(types, ['message', 'message', 'compaction'], 'items');
  const answer = await door.respond([...compacted.output, user('[[recall]]')]);
  same(answer.output_text, 'The word is rampart.', 'what was recalled');
});

put('state/input-tokens', async (door) => {
  const { inputTokens } = door.client.responses;
  const short = await inputTokens.count({ model: door.model, input: 'hello' });
  same(short.object, 'response.input_tokens', 'object');
  const long = await inputTokens.count({ model: door.model, input: 'hello '.repeat(1000) });
  holds(short.input_tokens > 0 && short.input_tokens < long.input_tokens, 'more is more', short, long);
});

put('state/conversations', async (door) => {
  const { conversations } = door.client;
  const items = [user('The word is moat.')];
  const made = await conversations.create({ metadata: { topic: 'gates' }, items });
  for (let turn = 0; turn < 2; turn += 1) {
    const answer = await door.respond('[[recall]]', { conversation: made.id });
    same(answer.output_text, 'The word is moat.', 'what was recalled');
    same(answer.conversation.id, made.id, 'conversation');
  }
  const listed = await all(conversations.items.list(made.id, { order: 'asc', limit: 3 }));
  same(listed.length, 5, 'items over all pages');
  const added = await conversations.items.create(made.id, { items: [user('More.')] });
  const { id } = added.data[0];
  const place = { conversation_id: made.id };
  const one = await conversations.items.retrieve(id, place);
  same(one.content[0].text, 'More.', 'the item');
  await conversations.items.delete(id, place);
  await raised(() => conversations.items.retrieve(id, place), NotFoundError);
  await conversations.update(made.id, { metadata: { topic: 'walls' } });
  same((await conversations.retrieve(made.id)).metadata, { topic: 'walls' }, 'metadata');
  holds((await conversations.delete(made.id)).deleted, 'deleted');
  await raised(() => conversations.retrieve(made.id), NotFoundError);
});

put('state/background', async (door) => {
  const { responses } = door.client;
  const queued = await door.respond('hello', { background: true });
  same([queued.status, queued.background], ['queued', true], 'what is told at once');
  const ended = async () => (await responses.retrieve(queued.id)).status === 'completed';
  holds(await door.eventually(ended), 'it ends by itself');
  same((await responses.retrieve(queued.id)).output_text, 'You said: hello', 'the text');
});

put('state/cancel', async (door) => {
  const { responses } = door.client;
  const queued = await door.respond('[[words 500]] [[slow 50]] go', { background: true });
  const cancelled = await responses.cancel(queued.id);
  same([cancelled.id, cancelled.status], [queued.id, 'cancelled'], 'what was cancelled');
  same((await responses.retrieve(queued.id)).status, 'cancelled', 'status');
  const plain = await door.respond('hello');
  await raised(() => responses.cancel(plain.id), BadRequestError);
});

put('state/resume', async (door) => {
  const options = { background: true, stream: true };
  const seen = [];
  for await (const event of await door.respond('[[words 20]] [[slow 10]] go', options)) {
    seen.push(event);
    if (seen.length === 8) break;
  }
  const after = { stream: true, starting_after: seen.at(-1).sequence_number };
  const rest = await all(door.client.responses.retrieve(seen[0].response.id, after));
  const events = [...seen, ...rest];
  const numbers = events.map((event) => event.sequence_number);
  same(numbers, [...events.keys()], 'numbers');
  same(rest.at(-1).type, 'response.completed', 'the last event');
  const deltas = events.filter((event) => event.type === 'response.output_text.delta');
  const text = rest.at(-1).response.output.at(-1).content[0].text;
  same(deltas.map((event) => event.delta).join(''), text, 'the text');
});
