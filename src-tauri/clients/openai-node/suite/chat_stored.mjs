// Chat Completions: what was stored is fetched, listed, changed and forgotten.

import { randomUUID } from 'node:crypto';

import { BadRequestError, NotFoundError } from 'openai';

import { all, user } from './door.mjs';
import { put, raised, same } from './table.mjs';

const ids = (things) => things.map((thing) => thing.id);

put('chat/stored/retrieve', async (door) => {
  const { completions } = door.client.chat;
  const metadata = { run: '7' };
  const answer = await door.chat('hello', { store: true, metadata });
  same({ ...(await completions.retrieve(answer.id)) }, { ...answer, metadata }, 'what was stored');
  const chunks = await all(door.chat('hello', { store: true, stream: true }));
  const streamed = await completions.retrieve(chunks[0].id);
  const said = chunks.map((chunk) => chunk.choices[0].delta.content ?? '').join('');
  same(streamed.choices[0].message.content, said, 'what was streamed');
  same(streamed.choices[0].finish_reason, 'stop', 'finish_reason');
  for (const store of [{}, { store: false }]) {
    const { id } = await door.chat('hello', store);
    await raised(() => completions.retrieve(id), NotFoundError);
  }
});

put('chat/stored/list', async (door) => {
  const { completions } = door.client.chat;
  const metadata = { run: randomUUID() };
  const made = [];
  for (let times = 0; times < 3; times += 1) {
    made.push((await door.chat('hello', { store: true, metadata })).id);
  }
  const page = await completions.list({ metadata, limit: 2 });
  same([ids(page.data), page.has_more], [made.slice(0, 2), true], 'the first page');
  same(ids(await all(completions.list({ metadata, limit: 2 }))), made, 'all pages');
  const newest = await completions.list({ metadata, order: 'desc', limit: 1, model: door.model });
  same(ids(newest.data), made.slice(-1), 'the newest');
  same((await completions.list({ metadata, model: 'none' })).data, [], 'of no model');
  const behind = await completions.list({ metadata, after: made[1] });
  same(ids(behind.data), made.slice(2), 'behind one');
  const nowhere = () => completions.list({ after: 'chatcmpl-never' });
  const error = await raised(nowhere, BadRequestError);
  same([error.code, error.param], ['invalid_value', 'after']);
});

put('chat/stored/messages', async (door) => {
  const parts = [{ type: 'text', text: 'hello' }];
  const said = [{ role: 'system', content: 'Be brief.' }, user(parts)];
  const { id } = await door.chat(said, { store: true });
  const { messages } = door.client.chat.completions;
  const page = await messages.list(id);
  const told = page.data.map((one) => [one.role, one.content, one.content_parts]);
  same(told, [['system', 'Be brief.', null], ['user', null, parts]], 'messages');
  same(new Set(ids(page.data)).size, 2, 'ids');
  same(ids(await all(messages.list(id, { limit: 1 }))), ids(page.data), 'page by page');
  const newest = await messages.list(id, { order: 'desc' });
  same(newest.data.map((one) => one.role), ['user', 'system'], 'the newest first');
});

put('chat/stored/change', async (door) => {
  const { completions } = door.client.chat;
  const { id } = await door.chat('hello', { store: true, metadata: { a: 'b' } });
  const metadata = { c: 'd' };
  const changed = await completions.update(id, { metadata });
  same(changed.metadata, metadata, 'metadata');
  same({ ...(await completions.retrieve(id)) }, { ...changed }, 'what is stored now');
  const deleted = await completions.delete(id);
  same({ ...deleted }, { id, object: 'chat.completion.deleted', deleted: true }, 'deleted');
  await raised(() => completions.retrieve(id), NotFoundError);
});
