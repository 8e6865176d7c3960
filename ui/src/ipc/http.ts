import type { Complaint, News, Replies } from '../bindings';
import { asComplaint, complaint, type Backend, type Name, type With } from './call';

export interface Means {
  fetch: typeof fetch;
  /** Opens the stream of news. */
  stream: (address: string) => EventSource;
}

const BROWSER: Means = {
  fetch: (input, init) => fetch(input, init),
  stream: (address) => new EventSource(address),
};

/** The door of a browser: asks are posted, news come as a stream that the browser opens again by itself. */
export function http(means: Means = BROWSER): Backend {
  return {
    async ask<K extends Name>(ask: K, payload: With<K>): Promise<Replies[K]> {
      const answer = await post(means, JSON.stringify({ ask, with: payload }));
      const body: unknown = await answer.json().catch(() => null);
      if (answer.ok) return body as Replies[K];
      throw isComplaint(body) ? body : complaint('other', `${answer.status} ${answer.statusText}`.trim());
    },

    follow(hear, lost) {
      const stream = means.stream('news');
      stream.onmessage = (event: MessageEvent<string>) => hear(JSON.parse(event.data) as News);
      stream.onerror = () => lost(complaint('other', 'the stream of news is closed'));
      return () => stream.close();
    },
  };
}

async function post(means: Means, body: string): Promise<Response> {
  try {
    const headers = { 'content-type': 'application/json' };
    return await means.fetch('ask', { method: 'POST', headers, body, credentials: 'same-origin', redirect: 'error' });
  } catch (thrown) {
    throw asComplaint(thrown);
  }
}

function isComplaint(body: unknown): body is Complaint {
  return typeof body === 'object' && body !== null && 'code' in body && 'message' in body;
}
