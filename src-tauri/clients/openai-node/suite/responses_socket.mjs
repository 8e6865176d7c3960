// Responses on a WebSocket: many requests on one connection, which remembers its own.

import { ResponsesWS } from 'openai/resources/responses/ws';

import { holds, put, same } from './table.mjs';

const ENDS = ['response.completed', 'response.incomplete', 'response.failed', 'error'];

/** One connection, on which nobody stores anything. */
class Socket {
  constructor(door) {
    this.model = door.model;
    this.socket = new ResponsesWS(door.client);
    this.told = this.socket[Symbol.asyncIterator]();
  }

  /** The events of one answer. */
  async events(input, options = {}) {
    const create = { type: 'response.create', model: this.model, store: false, input, ...options };
    this.socket.send(create);
    const events = [];
    for (;;) {
      const { value, done } = await this.told.next();
      if (done) throw new Error('the socket was closed');
      // An error frame comes as an error that holds it.
      const event = value.type === 'error' ? value.error.error : value.message;
      if (event) events.push(event);
      if (event && ENDS.includes(event.type)) return events;
    }
  }

  /** A whole answer. */
  async ask(input, options) {
    const last = (await this.events(input, options)).at(-1);
    same(last.type, 'response.completed', 'the last event');
    return last.response;
  }
}

/** Runs `talk` with a connection that is closed in the end. */
async function socket(door, talk) {
  const line = new Socket(door);
  try {
    await talk(line);
  } finally {
    line.socket.close();
  }
}

/** The text of an answer; no helper adds it here. */
const text = (answer) => answer.output.at(-1).content[0].text;

put('socket/turns', (door) =>
  socket(door, async (line) => {
    const events = await line.events('The word is barbican.');
    const numbers = events.map((event) => event.sequence_number);
    same(numbers, [...events.keys()], 'numbers');
    const first = events.at(-1).response;
    same(text(first), 'You said: The word is barbican.', 'the first answer');
    same(first.store, false, 'store');
    const second = await line.ask('[[recall]]', { previous_response_id: first.id });
    same(text(second), 'The word is barbican.', 'what was recalled');
    same(second.previous_response_id, first.id, 'previous_response_id');
  }),
);

put('socket/tool', (door) =>
  socket(door, async (line) => {
    const parameters = { type: 'object', properties: {} };
    const tools = [{ type: 'function', name: 'look', parameters, strict: false }];
    const called = await line.ask('[[call look {}]]', { tools });
    const { call_id } = called.output[0];
    const output = { type: 'function_call_output', call_id, output: 'a moat' };
    const answer = await line.ask([output], { tools, previous_response_id: called.id });
    holds(text(answer).includes('a moat'), 'the output was seen', text(answer));
  }),
);

put('socket/warm-up', (door) =>
  socket(door, async (line) => {
    const warm = await line.ask('The word is bailey (node).', { generate: false });
    same(warm.output, [], 'the output');
    same(await door.received('bailey (node)'), [], 'requests to the backend');
    const answer = await line.ask('[[recall]]', { previous_response_id: warm.id });
    same(text(answer), 'The word is bailey (node).', 'what was recalled');
  }),
);

put('socket/unknown', (door) =>
  socket(door, async (line) => {
    line.socket.on('error', () => {});
    const [error] = await line.events('hello', { previous_response_id: 'resp_never' });
    same([error.type, error.status], ['error', 400], 'the error');
    same(error.error.code, 'previous_response_not_found', 'its code');
    same(text(await line.ask('hello')), 'You said: hello', 'the next answer');
  }),
);
