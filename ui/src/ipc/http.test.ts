import { expect, test } from 'vitest';
import type { News } from '../bindings';
import { http } from './http';

class Stream {
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  onopen: (() => void) | null = null;
  closed = false;
  close() {
    this.closed = true;
  }
}

function door(answer: () => Promise<Response>) {
  const sent: { address: string; body: unknown; type: string | null }[] = [];
  const stream = new Stream();
  const backend = http({
    fetch: (address, init) => {
      const type = new Headers(init?.headers).get('content-type');
      sent.push({ address: address as string, body: JSON.parse(init?.body as string), type });
      return answer();
    },
    stream: () => stream as unknown as EventSource,
  });
  return { backend, sent, stream };
}

test('an ask is posted as it travels, and its answer is the reply', async () => {
  const { backend, sent } = door(() => Promise.resolve(Response.json([{ id: 'm' }])));
  expect(await backend.ask('models', null)).toEqual([{ id: 'm' }]);
  expect(sent).toEqual([{ address: 'ask', body: { ask: 'models', with: null }, type: 'application/json' }]);
});

test.each([
  [() => Promise.resolve(Response.json({ code: 'signedOut', message: 'nobody', hint: null }, { status: 400 })), 'signedOut', 'nobody'],
  [() => Promise.resolve(new Response('This address was used already.', { status: 401 })), 'other', 'This address was used already.'],
  [() => Promise.resolve(new Response('', { status: 502 })), 'other', 'the answer has the status 502'],
  [() => Promise.reject(new TypeError('Failed to fetch')), 'other', 'Failed to fetch'],
])('what is no answer is a complaint', async (answer, code, message) => {
  await expect(door(answer).backend.ask('state', null)).rejects.toMatchObject({ code, message });
});

test('news come from the stream until it is left', () => {
  const { backend, stream } = door(() => Promise.reject(new Error('unused')));
  const heard: News[] = [];
  const lost: string[] = [];
  let found = 0;
  const leave = backend.follow({
    hear: (news) => heard.push(news),
    lost: (complaint) => lost.push(complaint.message),
    found: () => (found += 1),
  });
  stream.onopen?.();
  stream.onmessage?.({ data: '{"number":1,"what":{"is":"note","with":{"is":"portLost"}}}' });
  stream.onerror?.();
  stream.onopen?.();
  leave();
  expect(heard).toEqual([{ number: 1, what: { is: 'note', with: { is: 'portLost' } } }]);
  expect(lost).toHaveLength(1);
  expect(found).toBe(1);
  expect(stream.closed).toBe(true);
});
