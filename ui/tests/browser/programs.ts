/** The real programs on loopback: the stand-in for ChatGPT, and Postern serving its page. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(import.meta.dirname, '../..');
const PROGRAMS = process.env['POSTERN_PROGRAMS'] ?? join(ROOT, '../target/debug');
export const PERSON = 'plus@example.test';

/** A program that runs, and the lines it says. */
class Program {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly ended: Promise<number | null>;
  #said = '';

  constructor(name: string, words: string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(join(PROGRAMS, name), words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((end, fail) => {
      this.#child.once('error', (error) => fail(new Error(`${name} does not start: ${error.message}`)));
      this.#child.once('exit', (code) => end(code));
    });
    this.ended.catch(() => undefined);
    this.#child.stderr?.on('data', (text) => (this.#said += String(text)));
    if (!this.#child.stdout) throw new Error(`${name} has no output`);
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** The address in the next line. */
  async address(): Promise<string> {
    const line = await Promise.race([this.#lines.next(), this.ended.then(() => ({ value: undefined }))]);
    const found = /http:\/\/\S+/.exec(String(line.value));
    if (!found) throw new Error(`no address in “${String(line.value)}”: ${this.#said}`);
    return found[0];
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await gone;
  }
}

/** The stand-in and a fresh Postern beside it, each on ports the system picked. */
export class Stack {
  private constructor(
    readonly home: string,
    readonly standin: string,
    /** Works once. */
    readonly page: string,
    readonly postern: Program,
    readonly other: Program,
  ) {}

  static async start(port = 0): Promise<Stack> {
    const home = await mkdtemp(join(tmpdir(), 'postern-page-'));
    await writeFile(join(home, 'config.toml'), `port = ${port}\n`);
    // Nothing of this machine is found: no browser, no proxy, no keyring.
    const env = { HOME: home, PATH: '/nonexistent' };
    const other = new Program('standin', ['--port', '0', '--second-port', '0'], env);
    try {
      const standin = await other.address();
      const words = ['--home', home, '--issuer', standin, '--upstream', `${standin}/backend-api`, '--vault', 'plain'];
      const postern = new Program('postern', [...words, 'open', '--page', join(ROOT, 'dist')], env);
      return new Stack(home, standin, await postern.address(), postern, other);
    } catch (thrown) {
      await other.stop();
      throw thrown;
    }
  }

  /** Has the stand-in do something; its README lists what it can. */
  async admin<T = unknown>(what: string, body?: object, method = body ? 'POST' : 'GET'): Promise<T> {
    const answer = await fetch(`${this.standin}/admin/${what}`, { method, body: body ? JSON.stringify(body) : null });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${what}: ${answer.status} ${text}`);
    return JSON.parse(text || 'null') as T;
  }

  /** Approves a sign-in as the person would; the answer is the address their browser ends on. */
  async approve(url: string): Promise<string> {
    const approved = await fetch(`${url}&standin_person=${encodeURIComponent(PERSON)}`, { redirect: 'manual' });
    return approved.headers.get('location') ?? '';
  }

  async stop(): Promise<void> {
    await this.postern.stop();
    await this.other.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}

/** Asks as an app does: with an address and a key. Nothing where nobody answers. */
export async function ask(base: string, key: string, text: string, headers: Record<string, string> = {}): Promise<Response | null> {
  const body = JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: text }] });
  const asked = { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers };
  try {
    return await fetch(`${base}/chat/completions`, { method: 'POST', headers: asked, body });
  } catch {
    return null;
  }
}
