// Chat Completions: tools of every kind, and the loop around them.

import { zodFunction } from 'openai/helpers/zod';

import { deltas, said } from './chat_text.mjs';
import { all, user } from './door.mjs';
import { holds, put, same } from './table.mjs';
import { City, WEATHER_SCHEMA, chatTool, png } from './things.mjs';

const BERN = '[[call weather {"city":"Bern","unit":"celsius"}]]';

/** The tool calls of a completion. */
const calls = (completion) => completion.choices[0].message.tool_calls ?? [];

/** Name, id and arguments of each call of a stream, by its index. */
function streamedCalls(chunks) {
  const found = [];
  for (const piece of deltas(chunks).flatMap((delta) => delta.tool_calls ?? [])) {
    const call = (found[piece.index] ??= { id: '', name: '', arguments: '' });
    call.id += piece.id ?? '';
    call.name += piece.function?.name ?? '';
    call.arguments += piece.function?.arguments ?? '';
  }
  return found;
}

/** The message that answers a call. */
const result = (call, content) => ({ role: 'tool', tool_call_id: call.id, content });

put('chat/function', async (door) => {
  const completion = await door.chat(`${BERN} go`, { tools: [chatTool('weather')] });
  const [call, ...others] = calls(completion);
  same(others, [], 'other calls');
  same([call.type, call.function.name], ['function', 'weather'], 'call');
  same(JSON.parse(call.function.arguments), { city: 'Bern', unit: 'celsius' }, 'arguments');
  const [{ finish_reason, message }] = completion.choices;
  same([finish_reason, message.content], ['tool_calls', null], 'finish_reason and content');
  holds(call.id, 'a call id', call);
});

put('chat/function-stream', async (door) => {
  const options = { tools: [chatTool('weather')], stream: true };
  const chunks = await all(door.chat(`${BERN} go`, options));
  const [call, ...others] = streamedCalls(chunks);
  same(others, [], 'other calls');
  same(call.name, 'weather', 'name');
  same(JSON.parse(call.arguments).city, 'Bern', 'arguments');
  const reasons = chunks.map((chunk) => chunk.choices[0].finish_reason);
  same(reasons, [...Array(reasons.length - 1).fill(null), 'tool_calls'], 'finish reasons');
});

put('chat/custom', async (door) => {
  const tools = [{ type: 'custom', custom: { name: 'patch', description: 'Edits.' } }];
  const prompt = user('patch this [[call patch]]');
  const completion = await door.chat([prompt], { tools });
  const [call] = calls(completion);
  same([call.type, call.custom.name], ['custom', 'patch'], 'call');
  holds(call.custom.input.includes('patch'), 'free text', call.custom.input);
  const messages = [prompt, completion.choices[0].message, result(call, 'patched')];
  const { content } = await said(door.chat(messages, { tools }));
  same(content, 'The tool patch returned: patched', "the loop's end");
});

put('chat/parallel', async (door) => {
  const prompt = `[[interleave]] ${BERN} [[call time {"city":"Rome","unit":"celsius"}]] go`;
  const options = { tools: [chatTool('weather'), chatTool('time')], parallel_tool_calls: true };
  const whole = calls(await door.chat(prompt, options));
  const streamed = streamedCalls(await all(door.chat(prompt, { ...options, stream: true })));
  const expected = [
    ['weather', 'Bern'],
    ['time', 'Rome'],
  ];
  const shown = (name, text) => [name, JSON.parse(text).city];
  same(
    whole.map((call) => shown(call.function.name, call.function.arguments)),
    expected,
  );
  same(
    streamed.map((call) => shown(call.name, call.arguments)),
    expected,
    'streamed',
  );
  same(new Set(whole.map((call) => call.id)).size, 2, 'ids');
});

put('chat/tool-required', async (door) => {
  const options = { tools: [chatTool('weather')], tool_choice: 'required' };
  const [call] = calls(await door.chat('hello', options));
  const names = Object.keys(JSON.parse(call.function.arguments));
  same(names.sort(), WEATHER_SCHEMA.required, 'arguments');
});

put('chat/tool-named', async (door) => {
  const tools = [chatTool('weather'), chatTool('time')];
  const tool_choice = { type: 'function', function: { name: 'time' } };
  const completion = await door.chat('hello', { tools, tool_choice });
  same(
    calls(completion).map((call) => call.function.name),
    ['time'],
    'calls',
  );
});

put('chat/tool-none', async (door) => {
  const options = { tools: [chatTool('weather')], tool_choice: 'none' };
  const completion = await door.chat('hello', options);
  same(calls(completion), [], 'calls');
  same(completion.choices[0].message.content, 'You said: hello', 'content');
});

put('chat/tool-strict', async (door) => {
  const tools = [zodFunction({ name: 'city', parameters: City })];
  const options = { model: door.model, messages: [user('hello')], tools, tool_choice: 'required' };
  const [call] = calls(await door.client.chat.completions.parse(options));
  same(City.parse(call.function.parsed_arguments), call.function.parsed_arguments, 'arguments');
});

put('chat/tool-loop', async (door) => {
  const tools = [chatTool('weather')];
  const messages = [user(`Bern? ${BERN}`)];
  for (const weather of ['rain', 'sun']) {
    const completion = await door.chat(messages, { tools });
    const [call] = calls(completion);
    messages.push(completion.choices[0].message, result(call, weather));
    const message = await said(door.chat(messages, { tools }));
    same(message.content, `The tool weather returned: ${weather}`, 'what came of it');
    messages.push(message, user(`Again? ${BERN}`));
  }
  messages[messages.length - 1] = user('[[recall]]');
  const { content } = await said(door.chat(messages, { tools }));
  same(content.trim(), 'Bern?', 'what was recalled');
});

put('chat/tool-image', async (door) => {
  const tools = [chatTool('camera')];
  const prompt = user('look [[call camera {}]]');
  const completion = await door.chat([prompt], { tools });
  const parts = [
    { type: 'text', text: 'a picture' },
    { type: 'image_url', image_url: { url: png(4, 3) } },
  ];
  const [call] = calls(completion);
  const messages = [prompt, completion.choices[0].message, result(call, parts)];
  const { content } = await said(door.chat(messages, { tools }));
  holds(content.includes('I see a PNG image, 4 by 3 pixels.'), 'it is seen', content);
});

put('chat/long-names', async (door) => {
  const name = `mcp__a_server_with_a_long_name__${'and_a_tool_with_an_even_longer_name'.repeat(2)}`;
  const tools = [chatTool(name)];
  const completion = await door.chat('hello', { tools, tool_choice: 'required' });
  const [call] = calls(completion);
  same(call.function.name, name, 'name');
  const messages = [user('hello'), completion.choices[0].message, result(call, 'done')];
  const { content } = await said(door.chat(messages, { tools }));
  holds(content.endsWith('returned: done'), "the loop's end", content);
});

put('chat/late-arguments', async (door) => {
  const tools = [chatTool('weather')];
  for (const mark of ['[[args-in-done]]', '[[args-in-item]]']) {
    const prompt = `${mark} ${BERN} go`;
    const [streamed] = streamedCalls(await all(door.chat(prompt, { tools, stream: true })));
    same(JSON.parse(streamed.arguments).city, 'Bern', mark);
    const [whole] = calls(await door.chat(prompt, { tools }));
    same(JSON.parse(whole.function.arguments).city, 'Bern', mark);
  }
});
