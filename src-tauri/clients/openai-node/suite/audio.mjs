// Speech to text.

import { BadRequestError, NotFoundError, toFile } from 'openai';

import { all } from './door.mjs';
import { holds, put, raised, same } from './table.mjs';

const model = 'gpt-4o-transcribe';

put('audio/transcribe', async (door) => {
  const options = { model, file: await file(), prompt: 'the word Postern' };
  const { text } = await door.client.audio.transcriptions.create(options);
  same(text, 'I heard hi.wav, 4 bytes. You said: the word Postern', 'text');
});

put('audio/formats', async (door) => {
  const create = async (response_format) =>
    door.client.audio.transcriptions.create({
      model: 'whisper-1',
      file: await file(),
      prompt: '[[say hello]]',
      response_format,
    });
  same((await create('text')).trim(), 'hello', 'plain text');
  same((await create('verbose_json')).text, 'hello', 'text of `verbose_json`');
  const error = await raised(() => create('srt'), BadRequestError);
  same([error.code, error.param], ['unsupported_value', 'response_format'], 'code and field');
});

put('audio/stream', async (door) => {
  const options = { model, file: await file(), prompt: '[[say hello]]', stream: true };
  const events = await all(door.client.audio.transcriptions.create(options));
  const kinds = ['transcript.text.delta', 'transcript.text.done'];
  same(
    events.map((event) => event.type),
    kinds,
    'events',
  );
  same(events.at(-1).text, 'hello', 'text');
});

put('audio/translations', async (door) => {
  const options = { model: 'whisper-1', file: await file() };
  const call = () => door.client.audio.translations.create(options);
  const error = await raised(call, NotFoundError);
  same(error.code, 'unsupported_endpoint', 'code');
  holds(error.message.includes('audio/transcriptions'), 'what to use instead', error.message);
});

/** Four bytes that call themselves speech. */
const file = () => toFile(Buffer.from('RIFF'), 'hi.wav', { type: 'audio/wav' });
