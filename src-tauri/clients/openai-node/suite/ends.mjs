// Answers that end where the client wants it: after so many tokens, or at a word.

import { textOf } from './chat_text.mjs';
import { all } from './door.mjs';
import { put, same } from './table.mjs';

const PROMPT = '[[say one two three four]]';

put('chat/limit', async (door) => {
  for (const name of ['max_tokens', 'max_completion_tokens']) {
    const options = { [name]: 2 };
    const [choice] = (await door.chat(PROMPT, options)).choices;
    same([choice.message.content, choice.finish_reason], ['one two', 'length'], name);
    const chunks = await all(door.chat(PROMPT, { stream: true, ...options }));
    same([textOf(chunks), chunks.at(-1).choices[0].finish_reason], ['one two', 'length'], name);
  }
});

put('chat/stop', async (door) => {
  for (const stop of ['three', ['nowhere', 'three'], ' three']) {
    const [choice] = (await door.chat(PROMPT, { stop })).choices;
    same([choice.message.content.trim(), choice.finish_reason], ['one two', 'stop'], 'whole');
    const chunks = await all(door.chat(PROMPT, { stream: true, stop }));
    same([textOf(chunks).trim(), chunks.at(-1).choices[0].finish_reason], ['one two', 'stop'], 'streamed');
  }
});

put('responses/limit', async (door) => {
  const whole = await door.respond(PROMPT, { max_output_tokens: 2 });
  same([whole.output_text, whole.status], ['one two', 'incomplete'], 'whole');
  same(whole.incomplete_details.reason, 'max_output_tokens', 'why');
  const events = await all(door.respond(PROMPT, { max_output_tokens: 2, stream: true }));
  same(events.at(-1).type, 'response.incomplete', 'streamed');
  same(events.at(-1).response.output[0].content[0].text, 'one two', 'streamed');
});
