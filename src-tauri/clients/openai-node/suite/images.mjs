// Images: made, changed, streamed.

import { BadRequestError, toFile } from 'openai';

import { all } from './door.mjs';
import { holds, put, raised, same } from './table.mjs';
import { png } from './things.mjs';

const model = 'gpt-image-2';

put('images/generate', async (door) => {
  const options = { model, prompt: 'a cat', size: '1024x1024' };
  const answer = await door.client.images.generate(options);
  same(size(answer.data[0].b64_json), [1024, 1024], "the picture's own size");
  same([answer.size, answer.output_format], ['1024x1024', 'png'], 'what is told of it');
  holds(answer.created > 0, 'a time', answer.created);
});

put('images/real-size', async (door) => {
  const options = {
    model: 'dall-e-3',
    prompt: '[[size 96x64]] a cat',
    size: '1024x1024',
    style: 'vivid',
  };
  const { data, response } = await door.client.images.generate(options).withResponse();
  same(data.size, '96x64', 'size');
  same(response.headers.get('x-postern-ignored'), 'model, style, size', 'named fields');
});

put('images/several', async (door) => {
  const answer = await door.client.images.generate({ model, prompt: 'a cat', n: 3 });
  same(answer.data.length, 3, 'pictures');
});

put('images/stream', async (door) => {
  const options = { model, prompt: 'a cat', stream: true, partial_images: 2 };
  const events = await all(door.client.images.generate(options));
  const kinds = ['partial_image', 'partial_image', 'completed'];
  same(
    events.map((event) => event.type),
    kinds.map((kind) => `image_generation.${kind}`),
    'events',
  );
  const indices = events.slice(0, 2).map((event) => event.partial_image_index);
  same(indices, [0, 1], 'partial images');
  same(size(events.at(-1).b64_json), [1024, 1024], "the picture's own size");
  holds(events.at(-1).usage.total_tokens > 0, 'usage', events.at(-1).usage);
});

put('images/edit', async (door) => {
  const image = [await picture('a.png'), await picture('b.png')];
  const answer = await door.client.images.edit({ model, image, prompt: 'join them', n: 2 });
  same(answer.data.length, 2, 'pictures');
});

put('images/edit-mask', async (door) => {
  const [image, mask] = [await picture('a.png'), await picture('mask.png')];
  const prompt = 'node paints a hat';
  const answer = await door.client.images.edit({ model, image, mask, prompt });
  same(size(answer.data[0].b64_json), [1024, 1024], "the picture's own size");
  const [received] = await door.received(prompt);
  const [tool] = received.json.tools;
  holds(tool.input_image_mask.image_url.startsWith('data:image/png'), 'the mask', tool);
});

put('images/url', async (door) => {
  const options = { model, prompt: 'a cat', response_format: 'url' };
  const error = await raised(() => door.client.images.generate(options), BadRequestError);
  same([error.code, error.param], ['unsupported_value', 'response_format'], 'code and field');
  holds(error.message.includes('b64_json'), 'what to use instead', error.message);
});

/** A small PNG as a file. */
function picture(name) {
  const [, base64] = png(2, 3).split(',');
  return toFile(Buffer.from(base64, 'base64'), name, { type: 'image/png' });
}

/** The size that a PNG tells in its header. */
function size(base64) {
  const bytes = Buffer.from(base64, 'base64');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}
