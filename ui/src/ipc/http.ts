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
      const text = await answer.text();
      if (answer.ok) return JSON.parse(text) as Replies[K];
      throw refusal(text, answer.status);
    },

    follow({ hear, lost, found }) {
      const stream = means.stream('news');
      let isLost = false;
      stream.onopen = () => {
        if (isLost) found();
        isLost = false;
      };
      stream.onmessage = (event: MessageEvent<string>) => hear(JSON.parse(event.data) as News);
      stream.onerror = () => {
        isLost = true;
        lost(complaint('other', 'the stream of news is closed'));
      };
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

/** The complaint in an answer; the door itself, when it is shut, says one line of plain text. */
function refusal(text: string, status: number): Complaint {
  try {
    return asComplaint(JSON.parse(text));
  } catch {
    return complaint('other', text.trim() || `the answer has the status ${status}`);
  }
}
