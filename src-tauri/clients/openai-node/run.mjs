// Runs the shared table with the official OpenAI SDK for Node.
//
// Writes {"client", "version", "cases": [{"id", "ok", "note"}]} to the file given by `--out` and
// ends with 1 when a case failed. Cases run side by side, except those marked `alone`, which come
// first because they look at, or change, what all others share.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { VERSION } from 'openai/version';

import './suite/audio.mjs';
import './suite/chat_shapes.mjs';
import './suite/chat_stored.mjs';
import './suite/chat_text.mjs';
import './suite/chat_tools.mjs';
import './suite/completions.mjs';
import './suite/doors.mjs';
import './suite/ends.mjs';
import './suite/files.mjs';
import './suite/images.mjs';
import './suite/responses_shapes.mjs';
import './suite/responses_socket.mjs';
import './suite/responses_state.mjs';
import './suite/responses_text.mjs';
import './suite/responses_tools.mjs';
import './suite/responses_wire.mjs';
import { Door } from './suite/door.mjs';
import { failures, invalid, quotas, refusals } from './suite/faults.mjs';
import { cases } from './suite/table.mjs';

const SIDE_BY_SIDE = 8;

const text = { type: 'string' };
const { values: asked } = parseArgs({
  options: { 'base-url': text, key: text, admin: text, cases: text, out: text, only: text },
});
const table = JSON.parse(readFileSync(asked.cases, 'utf8'));
const { key, admin } = asked;
const door = new Door({ baseUrl: asked['base-url'], key, admin, model: table.model });
const { alone, together } = order(table);
const results = [...(await runAll(alone, 1)), ...(await runAll(together, SIDE_BY_SIDE))];
const report = { client: 'openai-node', version: VERSION, cases: results };
writeFileSync(asked.out, JSON.stringify(report, null, 2));
const passed = results.filter((result) => result.ok).length;
console.log(`openai-node ${VERSION}: ${passed} of ${results.length}`);
process.exitCode = passed === results.length ? 0 : 1;

/** The functions behind all rows: those that need to be alone, and the others. */
function order(table) {
  const written = cases();
  const rows = new Map(table.cases.map((row) => [row.id, row]));
  const ids = [...rows.keys()];
  const difference = [...new Set([...written.keys(), ...rows.keys()])].filter(
    (name) => !(written.has(name) && rows.has(name)),
  );
  if (difference.length > 0) {
    throw new Error(`the table and the functions differ: ${difference.join(', ')}`);
  }
  const entries = [...written];
  const isAlone = ([name]) => rows.get(name).alone === true;
  entries.sort(([a], [b]) => ids.indexOf(a) - ids.indexOf(b));
  return {
    alone: chosen([...entries.filter(isAlone), ...quotas(table.quotas)]),
    together: chosen([
      ...entries.filter((entry) => !isAlone(entry)),
      ...invalid(table.invalid),
      ...refusals(table.refusals),
      ...failures(table.failures),
    ]),
  };
}

/** The entries that `--only` leaves. */
function chosen(entries) {
  return entries.filter(([name]) => name.includes(asked.only ?? ''));
}

/** The results of all entries, in their order, so many at a time. */
async function runAll(entries, atOnce) {
  const results = [];
  const waiting = [...entries.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [at, [name, run]] = next;
      results[at] = await attempt(name, run);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

/** One case's result; any exception is its failure. */
async function attempt(name, run) {
  try {
    await run(door);
  } catch (error) {
    const where = /suite\/\w+\.mjs:\d+/.exec(error.stack)?.[0] ?? '';
    const note = `${error.constructor.name}: ${error.message} (${where})`;
    console.log(`FAILED ${name}: ${note}`);
    return { id: name, ok: false, note };
  }
  return { id: name, ok: true, note: '' };
}
