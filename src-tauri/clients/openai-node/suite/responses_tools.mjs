// Responses: tools of every kind, and the loop around them.

import { zodResponsesFunction } from 'openai/helpers/zod';

import { all, user } from './door.mjs';
import { joined, whole } from './responses_text.mjs';
import { holds, put, same } from './table.mjs';
import { City, WEATHER_SCHEMA, png, tool } from './things.mjs';

/** The function calls of an answer. */
const calls = (answer) => answer.output.filter((item) => item.type === 'function_call');

/** The item that answers a call. */
const output = (call, result) => ({
  type: 'function_call_output',
  call_id: call.call_id,
  output: result,
});

put('responses/function', async (door) => {
  const prompt = '[[call weather {"city":"Bern","unit":"celsius"}]] go';
  const answer = await door.respond(prompt, { tools: [tool('weather')] });
  const [call, ...others] = calls(answer);
  same(others, [], 'other calls');
  same(call.name, 'weather', 'name');
  same(JSON.parse(call.arguments), { city: 'Bern', unit: 'celsius' }, 'arguments');
  holds(call.call_id, 'a call id', call);
  same(answer.status, 'completed', 'status');
});

put('responses/function-stream', async (door) => {
  const prompt = '[[call weather {"city":"Zürich","unit":"celsius"}]] go';
  const events = await all(door.respond(prompt, { tools: [tool('weather')], stream: true }));
  const kind = 'response.function_call_arguments';
  const done = events.filter((event) => event.type === `${kind}.done`);
  same(done.length, 1, 'ends');
  same(joined(events, `${kind}.delta`), done[0].arguments, 'deltas');
  same(JSON.parse(done[0].arguments).city, 'Zürich', 'arguments');
  const [call] = calls(whole(events));
  same([call.arguments, call.id], [done[0].arguments, done[0].item_id], 'the whole');
});

put('responses/custom', async (door) => {
  const format = { type: 'grammar', syntax: 'lark', definition: 'start: "patch" /.+/' };
  const tools = [{ type: 'custom', name: 'patch', description: 'Edits.', format }];
  const prompt = user('patch this [[call patch]]');
  const answer = await door.respond([prompt], { tools });
  const [call] = answer.output.filter((item) => item.type === 'custom_tool_call');
  same(call.name, 'patch', 'name');
  holds(call.input.includes('patch'), 'free text', call.input);
  const result = { type: 'custom_tool_call_output', call_id: call.call_id, output: 'patched' };
  const last = await door.respond([prompt, call, result], { tools });
  same(last.output_text, 'The tool patch returned: patched', "the loop's end");
});

put('responses/parallel', async (door) => {
  const prompt =
    '[[interleave]] [[call weather {"city":"Bern","unit":"celsius"}]] ' +
    '[[call time {"city":"Rome","unit":"celsius"}]] go';
  const tools = [tool('weather'), tool('time')];
  const options = { tools, parallel_tool_calls: true, stream: true };
  const events = await all(door.respond(prompt, options));
  const both = calls(whole(events));
  same(
    both.map((call) => call.name),
    ['weather', 'time'],
    'names',
  );
  for (const call of both) {
    const own = events.filter((event) => event.item_id === call.id);
    const pieces = joined(own, 'response.function_call_arguments.delta');
    same(pieces, call.arguments, 'deltas');
  }
  const cities = both.map((call) => JSON.parse(call.arguments).city);
  same(cities, ['Bern', 'Rome'], 'arguments');
});

put('responses/tool-required', async (door) => {
  const options = { tools: [tool('weather')], tool_choice: 'required' };
  const [call] = calls(await door.respond('hello', options));
  same(Object.keys(JSON.parse(call.arguments)).sort(), WEATHER_SCHEMA.required, 'arguments');
});

put('responses/tool-named', async (door) => {
  const tools = [tool('weather'), tool('time')];
  const tool_choice = { type: 'function', name: 'time' };
  const answer = await door.respond('hello', { tools, tool_choice });
  same(
    calls(answer).map((call) => call.name),
    ['time'],
    'calls',
  );
});

put('responses/tool-none', async (door) => {
  const options = { tools: [tool('weather')], tool_choice: 'none' };
  const answer = await door.respond('hello', options);
  same(calls(answer), [], 'calls');
  same(answer.output_text, 'You said: hello', 'output_text');
});

put('responses/tool-strict', async (door) => {
  const tools = [zodResponsesFunction({ name: 'city', parameters: City })];
  const options = { model: door.model, input: 'hello', tools, tool_choice: 'required' };
  const [call] = calls(await door.client.responses.parse(options));
  same(City.parse(JSON.parse(call.arguments)), call.parsed_arguments, 'parsed arguments');
  const shown = await door.respond('[[show tools/0/strict]]', { tools });
  same(JSON.parse(shown.output_text), true, 'strict');
});

put('responses/tool-loop', async (door) => {
  const tools = [tool('weather')];
  const turns = [user('Bern? [[call weather {"city":"Bern","unit":"celsius"}]]')];
  for (const [city, weather] of [
    ['Bern', 'rain'],
    ['Rome', 'sun'],
  ]) {
    let answer = await door.respond(turns, { tools });
    const [call] = calls(answer);
    same(JSON.parse(call.arguments).city, city, 'city');
    turns.push(...answer.output, output(call, weather));
    answer = await door.respond(turns, { tools });
    same(answer.output_text, `The tool weather returned: ${weather}`, 'what came of it');
    turns.push(...answer.output, user('Rome? [[call weather {"city":"Rome","unit":"celsius"}]]'));
  }
  turns[turns.length - 1] = user('[[recall]]');
  const last = await door.respond(turns, { tools });
  same(last.output_text.trim(), 'Bern?', 'what was recalled');
});

put('responses/tool-image', async (door) => {
  const tools = [tool('camera')];
  const turns = [user('look [[call camera {}]]')];
  const [call] = calls(await door.respond(turns, { tools }));
  const parts = [
    { type: 'input_text', text: 'a picture' },
    { type: 'input_image', image_url: png(4, 3), detail: 'auto' },
  ];
  turns.push(call, output(call, parts));
  const { output_text } = await door.respond(turns, { tools });
  holds(output_text.includes('I see a PNG image, 4 by 3 pixels.'), 'it is seen', output_text);
});
