// What the cases send: tools, models, an image, a file.

import { crc32, deflateSync } from 'node:zlib';

import { z } from 'zod';

/** Something small to be parsed. */
export const City = z.object({
  name: z.string(),
  inhabitants: z.number().int(),
  kind: z.enum(['town', 'city']),
});

/** Something nested to be parsed. */
export const Trip = z.object({
  title: z.string(),
  stops: z.array(City),
  rating: z.number(),
  is_booked: z.boolean(),
});

export const WEATHER_SCHEMA = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
  },
  required: ['city', 'unit'],
  additionalProperties: false,
};

/** A nested schema with references, for the JSON cases. */
export const THING_SCHEMA = {
  type: 'object',
  properties: {
    tags: { type: 'array', items: { enum: ['a', 'b'], type: 'string' } },
    pair: { $ref: '#/$defs/pair' },
  },
  required: ['tags', 'pair'],
  additionalProperties: false,
  $defs: {
    pair: {
      type: 'object',
      properties: { x: { type: 'integer' }, y: { type: ['number', 'null'] } },
      required: ['x', 'y'],
      additionalProperties: false,
    },
  },
};

/** A function tool of the Responses dialect. */
export const tool = (name, parameters = WEATHER_SCHEMA) => ({
  type: 'function',
  name,
  description: `Gives the ${name}.`,
  parameters,
  strict: false,
});

/** A function tool of the Chat Completions dialect. */
export const chatTool = (name, parameters = WEATHER_SCHEMA) => ({
  type: 'function',
  function: { name, description: `Gives the ${name}.`, parameters },
});

/** A white PNG as data URL. */
export function png(width, height) {
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, 0xff)]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const picture = Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(Array(height).fill(row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${picture.toString('base64')}`;
}

/** A text file as data URL. */
export const textFile = (words) =>
  `data:text/plain;base64,${Buffer.from(words).toString('base64')}`;

function chunk(kind, data) {
  const checked = Buffer.concat([Buffer.from(kind), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(checked), 4);
  return Buffer.concat([ends.subarray(0, 4), checked, ends.subarray(4)]);
}
