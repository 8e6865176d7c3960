// The rows of the error tables, as a client sees them in each dialect.

import { APIError, RateLimitError } from 'openai';

import { all } from './door.mjs';
import { holds, raised, same } from './table.mjs';

const DIALECTS = ['responses', 'chat'];

/** Bodies that no SDK method would send, and every other program does. */
export const invalid = (rows) => new Map(rows.map((row) => [row.id, (door) => refused(door, row)]));

/** Failures before the first word: an HTTP status. */
export const refusals = (rows) => behind(rows, 'refused', refusal);

/** Failures after the first words: inside the stream, or a status when nothing is streamed. */
export const failures = (rows) => behind(rows, 'failed', failure);

/** The plan's limit, and its end. */
export const quotas = (rows) => behind(rows, 'refused', quota);

function behind(rows, kind, run) {
  const pairs = rows.flatMap((row) => DIALECTS.map((dialect) => [row, dialect]));
  return new Map(
    pairs.map(([row, dialect]) => [
      `${dialect}/${kind}/${row.id}`,
      (door) => run(door, dialect, row),
    ]),
  );
}

/** One body, as it stands in the table. */
async function refused(door, row) {
  const post = () => door.client.post(path(row.id), { body: row.body });
  check(await raised(post, APIError), row);
}

/** The endpoint that a row's name begins with. */
function path(name) {
  const [subject] = name.split('/');
  return subject === 'chat' ? '/chat/completions' : `/${subject}`;
}

/** One row, streamed: the status must come before the stream does. */
async function refusal(door, dialect, row) {
  const words = `node ${dialect} ${row.id}`;
  const prompt = `${row.ask} ${words}`;
  if (row.status === 200) {
    same(await text(door, dialect, prompt), `You said: ${words}`, 'the answer after a retry');
    return;
  }
  check(await raised(() => call(door, dialect, prompt, { stream: true }), APIError), row);
}

/** The error is the one the row tells. */
function check(error, row) {
  same(error.constructor.name, row.class, `class of \`${error.message}\``);
  same(error.status, row.status, 'status');
  same(error.code, row.code ?? error.code, 'code');
  same(error.type, row.type ?? error.type, 'type');
  same(error.param, row.param ?? error.param, 'param');
  holds(error.error.message.includes(row.says ?? ''), "the backend's words", error.error);
  holds(error.error.message && error.type, 'a message and a type', error.error);
  if (row.header) same(error.headers.get(row.header[0]), row.header[1], row.header[0]);
}

/** One row, streamed and whole; `words` says whether some came before the failure. */
async function failure(door, dialect, row) {
  const prompt = `${row.ask} [[words 40]] node ${dialect} ${row.id}`;
  const broken = dialect === 'responses' ? brokenResponses : brokenChat;
  const { words, code } = await broken(door, prompt);
  same(words > 0, row.words ?? true, 'words came before the failure');
  const listed = dialect === 'responses' ? row.in_response : undefined;
  same(code, listed ?? row.code ?? code, 'code in the stream');
  const error = await raised(() => call(door, dialect, prompt), APIError);
  holds(error.status >= 400, 'a status', error.status);
  same(error.code, row.code ?? error.code, 'code of the whole');
}

/** The words, and the code of the one terminal event: this dialect fails by an event. */
async function brokenResponses(door, prompt) {
  const events = await all(door.respond(prompt, { stream: true }));
  const kinds = events.map((event) => event.type);
  same(kinds.indexOf('response.failed'), kinds.length - 1, 'the one terminal event');
  const { status, error } = events.at(-1).response;
  same(status, 'failed', 'status');
  const words = kinds.filter((kind) => kind === 'response.output_text.delta').length;
  return { words, code: error.code };
}

/** The words, and the code of the error chunk, which the SDK raises. */
async function brokenChat(door, prompt) {
  let words = 0;
  const read = async () => {
    for await (const chunk of await door.chat(prompt, { stream: true })) {
      words += chunk.choices[0].delta.content ? 1 : 0;
      same(chunk.choices[0].finish_reason, null, 'a fabricated finish reason');
    }
  };
  const { code } = await raised(read, APIError);
  return { words, code };
}

/** 429 with the reset time; the same at once for others; then service by itself. */
async function quota(door, dialect, row) {
  const words = `node ${dialect} ${row.id}`;
  const ask = (prompt) =>
    raised(() => call(door, dialect, prompt, { stream: true }), RateLimitError);
  const error = await ask(`${row.ask} ${words}`);
  same(error.code, 'usage_limit_reached', 'code');
  const { resets_at } = error.error;
  holds(Math.abs(resets_at - Date.now() / 1000) < 60, 'a reset time', resets_at);
  holds(Number(error.headers.get('retry-after')) <= 60, 'Retry-After');
  const again = await ask(`hello ${words}`);
  same([again.code, again.error.resets_at], ['usage_limit_reached', resets_at], 'the next');
  same((await door.received(words)).length, 1, 'requests the backend saw');
  holds(await door.eventually(() => isServed(door, dialect)), 'service resumes by itself');
}

/** True when a plain request is answered. */
async function isServed(door, dialect) {
  try {
    return (await text(door, dialect, 'hello')) === 'You said: hello';
  } catch (error) {
    if (error instanceof RateLimitError) return false;
    throw error;
  }
}

function call(door, dialect, prompt, options = {}) {
  return dialect === 'responses' ? door.respond(prompt, options) : door.chat(prompt, options);
}

/** The text of a whole answer. */
async function text(door, dialect, prompt) {
  const answer = await call(door, dialect, prompt);
  return dialect === 'responses' ? answer.output_text : answer.choices[0].message.content;
}
