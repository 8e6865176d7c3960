// Files that requests refer to.

import { NotFoundError, toFile } from 'openai';

import { all, user } from './door.mjs';
import { holds, put, raised, same } from './table.mjs';

put('files/create', async (door) => {
  const { files } = door.client;
  const file = await files.create({ file: await notes(), purpose: 'user_data' });
  same([file.bytes, file.filename, file.purpose], [5, 'notes.txt', 'user_data'], 'the file');
  same((await files.retrieve(file.id)).id, file.id, 'the file again');
  const listed = (await all(files.list())).map((one) => one.id);
  holds(listed.includes(file.id), 'the file is listed', listed);
  const { output_text } = await door.respond([user([{ type: 'input_file', file_id: file.id }])]);
  holds(output_text.includes(`I read the file ${file.id}.`), 'it is read', output_text);
});

put('files/delete', async (door) => {
  const { files } = door.client;
  const file = await files.create({ file: await notes(), purpose: 'assistants' });
  const error = await raised(() => files.delete(file.id), NotFoundError);
  same(error.code, 'unsupported_endpoint', 'code');
  holds(error.message.includes('no way to delete'), 'the reason', error.message);
});

put('files/unknown', async (door) => {
  const call = () => door.client.files.retrieve('file-nobody');
  same((await raised(call, NotFoundError)).code, 'file_not_found', 'code');
});

/** A small text file. */
const notes = () => toFile(Buffer.from('hello'), 'notes.txt', { type: 'text/plain' });
