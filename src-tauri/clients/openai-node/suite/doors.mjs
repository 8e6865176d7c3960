// Models, keys, and the SDK's own retries.

import OpenAI, { AuthenticationError, NotFoundError } from 'openai';

import { all, user } from './door.mjs';
import { holds, put, raised, same } from './table.mjs';

put('models/list', async (door) => {
  const models = await all(door.client.models.list());
  const ids = models.map((model) => model.id);
  holds(ids.includes(door.model), 'the model of these cases', ids);
  same(new Set(ids).size, ids.length, 'ids');
  holds(
    models.every((model) => model.object === 'model'),
    'objects',
    models,
  );
});

put('models/retrieve', async (door) => {
  same((await door.client.models.retrieve(door.model)).id, door.model, 'id');
});

put('models/unknown', async (door) => {
  const error = await raised(() => door.client.models.retrieve('no-such-model'), NotFoundError);
  same(error.code, 'model_not_found', 'code');
  holds(error.message.includes('no-such-model'), "the model's name", error.message);
});

put('keys/wrong', async (door) => {
  const apiKey = 'pk-postern-wrong';
  const client = new OpenAI({ baseURL: door.baseUrl, apiKey, maxRetries: 0 });
  const chat = { model: door.model, messages: [user('hello')] };
  for (const call of [() => client.models.list(), () => client.chat.completions.create(chat)]) {
    const error = await raised(call, AuthenticationError);
    same(error.code, 'invalid_api_key', 'code');
    holds(!error.message.includes(apiKey), 'the key is not repeated', error.message);
  }
});

put('keys/missing', async (door) => {
  const headers = { Authorization: null };
  const error = await raised(() => door.client.models.list({ headers }), AuthenticationError);
  same(error.code, 'missing_api_key', 'code');
  const advice = JSON.stringify(error.error);
  holds(advice.includes('postern keys add'), 'advice', error.error);
});

put('keys/other-headers', async (door) => {
  for (const name of ['x-api-key', 'api-key']) {
    const headers = { Authorization: null, [name]: door.key };
    const options = { model: door.model, input: 'hello' };
    const answer = await door.client.responses.create(options, { headers });
    same(answer.output_text, 'You said: hello', name);
  }
});

put('retries/token', async (door) => {
  const words = 'node is renewed';
  const completion = await door.chat(`[[http token-expired times=1]] ${words}`);
  same(completion.choices[0].message.content, `You said: ${words}`, 'content');
  same((await door.received(words)).length, 2, 'requests the backend saw');
});

put('retries/broken', async (door) => {
  const words = 'node comes again';
  const options = { model: door.model, input: `[[http 500 times=4]] ${words}` };
  const answer = await door.client.responses.create(options, { maxRetries: 2 });
  same(answer.output_text, `You said: ${words}`, 'output_text');
  same((await door.received(words)).length, 5, 'requests the backend saw');
});
