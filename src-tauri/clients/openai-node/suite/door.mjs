// The way into the server under test, and the stand-in's side door.

import OpenAI from 'openai';

/** One server, one key, one model; `admin` is the stand-in behind the server. */
export class Door {
  constructor({ baseUrl, key, admin, model }) {
    this.baseUrl = baseUrl;
    this.key = key;
    this.admin = admin;
    this.model = model;
    this.client = new OpenAI({ baseURL: baseUrl, apiKey: key, maxRetries: 0, timeout: 60_000 });
  }

  /** A Responses call. */
  respond(input, options = {}) {
    return this.client.responses.create({ model: this.model, input, ...options });
  }

  /** A Chat Completions call; a text becomes one user message. */
  chat(prompt, options = {}) {
    const messages = typeof prompt === 'string' ? [user(prompt)] : prompt;
    return this.client.chat.completions.create({ model: this.model, messages, ...options });
  }

  /** The requests for an answer that reached the stand-in and hold `words`. */
  async received(words) {
    const path = '/admin/received?path=/backend-api/codex/responses';
    const everything = await (await fetch(this.admin + path)).json();
    return everything.filter((one) => JSON.stringify(one.json ?? '').includes(words));
  }

  /** Asks again and again until `holds()`; twenty seconds at the most. */
  async eventually(holds) {
    for (let times = 0; times < 400; times += 1) {
      if (await holds()) return true;
      await new Promise((wake) => setTimeout(wake, 50));
    }
    return false;
  }
}

/** One user message, in either dialect. */
export const user = (content) => ({ role: 'user', content });

/** Everything a stream gives. */
export async function all(stream) {
  const things = [];
  for await (const thing of await stream) things.push(thing);
  return things;
}
