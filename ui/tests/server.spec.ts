/** What a person does every day, in the page that a running Postern serves, and what can go wrong with it. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppState, NewKey } from '../src/bindings';
import { en } from '../src/text/en';
import { go, launch, settled } from './browser/page';
import { ask } from './browser/programs';
import { copied, press, sees, serve, signIn, tell, type Served } from './browser/served';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

/** Somebody is signed in, past the first run, and one app has a key. */
interface Usual extends Served {
  base: () => Promise<string>;
  key: string;
}

const usual = (deed: (usual: Usual) => Promise<void>, how: { port?: number; judged?: boolean } = {}) =>
  serve(
    browser,
    async (served) => {
      const { stack, page } = served;
      await signIn(stack, page);
      await page.getByRole('button', { name: en.firstRun.skipAll }).waitFor();
      await tell(page, 'finishFirstRun', null);
      const { secret } = await tell<NewKey>(page, 'addKey', 'Zed');
      await page.getByRole('navigation').first().waitFor();
      await deed({ ...served, key: secret, base: () => baseOf(page) });
    },
    how,
  );

const GROUPS = ['general', 'network', 'privacy', 'keys', 'diagnostics'];

async function baseOf(page: Page): Promise<string> {
  const { proxy } = await tell<AppState>(page, 'state', null);
  if (proxy.is !== 'on') throw new Error(`the proxy is ${proxy.is}`);
  return proxy.baseUrl;
}

test('the page keeps to the policy it is served with, in every view and after a reload', () =>
  usual(
    async ({ page, errors }) => {
      for (const view of ['home', 'connect', 'connect/zed', 'requests', 'account', ...GROUPS.map((group) => `settings/${group}`)]) {
        await go(page, view);
        await page.reload();
        await page.locator('main h1').waitFor();
        await settled(page);
      }
      expect(errors).toEqual([]);
    },
    { judged: false },
  ));

test('an app connects, its line turns, and its request is in the log', () =>
  usual(async ({ page, base, sound }) => {
    await go(page, 'connect/zed');
    await sees(page, en.connect.waiting('Zed'));
    await sound();
    await press(page, en.shell.copyThis('API Key'));
    await page.getByRole('button', { name: en.shell.copiedThis('API Key') }).waitFor();
    const answer = await ask(await base(), await copied(page), 'a secret of mine');
    expect(answer?.status).toBe(200);
    await sees(page, /^Connected · gpt-5\.5 · /);
    await go(page, 'requests');
    const row = page.locator('[role=row][tabindex]').first();
    await row.waitFor();
    expect(await row.textContent()).toContain('Zed');
    await sound();
    await row.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(en.requests.ends.whole).waitFor();
    await sound();
    await dialog.getByRole('button', { name: en.requests.detail.copyReport }).click();
    const report = await copied(page);
    expect(report).toContain('/v1/chat/completions');
    expect(report).not.toMatch(/secret of mine|pk-postern|@example|Bearer/);
  }));

test('Try it streams an answer', () =>
  usual(async ({ page, sound }) => {
    await go(page, 'home');
    await page.getByLabel(en.home.tryIt.prompt, { exact: true }).fill('hello door');
    await press(page, en.home.tryIt.send);
    await sees(page, 'You said: hello door');
    await sees(page, /first words after/);
    await sound();
  }));

test('the switch stops and starts the server', () =>
  usual(async ({ page, base, key, sound }) => {
    const before = await base();
    await page.getByRole('switch', { name: en.home.proxy }).click();
    await sees(page, en.state.headline.proxyOff);
    await sound();
    expect(await ask(before, key, 'hello')).toBe(null);
    await press(page, en.state.actions.turnOn);
    await sees(page, en.state.headline.ready);
    expect((await ask(await base(), key, 'hello'))?.status).toBe(200);
  }));

test('the port is changed in the settings, and takes effect at once', () =>
  usual(async ({ page, base, key, sound }) => {
    const before = await base();
    const free = await freePort();
    await go(page, 'settings/network');
    await page.getByLabel(en.settings.name.port[0] ?? '', { exact: true }).fill(String(free));
    await press(page, en.shell.save);
    await page.waitForFunction(async (port) => {
      const answer = await fetch('ask', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"ask":"state","with":null}' });
      return (await answer.text()).includes(`127.0.0.1:${port}/v1`);
    }, free);
    await sound();
    expect((await ask(`http://127.0.0.1:${free}/v1`, key, 'hello'))?.status).toBe(200);
    expect(await ask(before, key, 'hello')).toBe(null);
  }));

test('what is typed stays while another setting is saved', () =>
  usual(async ({ page }) => {
    await go(page, 'settings/network');
    const row = (name: readonly string[]) => page.locator('form').filter({ has: page.getByLabel(name[0] ?? '', { exact: true }) });
    const [port, hosts] = [row(en.settings.name.port), row(en.settings.name.allowed_hosts)];
    const save = (of: Locator) => of.getByRole('button', { name: en.shell.save, exact: true });
    await port.getByRole('textbox').fill('12345');
    await hosts.getByRole('textbox').fill('postern.example');
    await save(hosts).click();
    await save(hosts).waitFor({ state: 'hidden' });
    expect(await hosts.getByRole('textbox').inputValue()).toBe('postern.example');
    expect(await port.getByRole('textbox').inputValue()).toBe('12345');
    await save(port).waitFor();
  }));

test('a key that is revoked opens nothing, and the row says so', () =>
  usual(async ({ page, base, key, sound }) => {
    await go(page, 'settings/keys');
    await press(page, en.settings.keys.revokeThis('Zed'));
    await page.getByRole('dialog').getByRole('button', { name: en.settings.keys.revoke, exact: true }).click();
    await sees(page, en.settings.keys.empty);
    await sound();
    expect((await ask(await base(), key, 'hello'))?.status).toBe(401);
    await go(page, 'requests');
    await page.locator('[role=row][tabindex]').first().click();
    await sees(page, en.requests.faults.invalid_api_key);
    await sound();
  }));

test('a blocked origin is allowed from its row, and works from then on', () =>
  usual(async ({ page, base, key, sound }) => {
    const origin = 'https://app.example';
    const blocked = await ask(await base(), key, 'hello', { origin });
    expect(blocked?.status).toBe(403);
    await go(page, 'requests');
    await page.locator('[role=row][tabindex]').first().click();
    await sees(page, en.requests.blocked(origin));
    await press(page, en.requests.allow);
    await sees(page, en.requests.allowed(origin));
    await sound();
    const allowed = await ask(await base(), key, 'hello', { origin });
    expect([allowed?.status, allowed?.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
  }));

test('the checks run, and their report names nobody', () =>
  usual(async ({ page, sound }) => {
    await go(page, 'settings/diagnostics');
    await press(page, en.settings.diagnostics.run);
    await sees(page, en.settings.diagnostics.runAgain);
    expect(await page.locator('main li.pass, main li.fail, main li.skipped').count()).toBe(6);
    await sound();
    await press(page, en.settings.diagnostics.copyReport);
    expect(await copied(page)).not.toMatch(/pk-postern-\w|@example/);
  }));

test('a limit that is reached says until when', () =>
  usual(async ({ stack, page, base, key, sound }) => {
    await stack.admin('backend/exhaust', { account: 'acct_plus', seconds: 2280 });
    expect((await ask(await base(), key, 'hello'))?.status).toBe(429);
    await sees(page, /^Limit reached · back /);
    await go(page, 'home');
    await sound();
  }));

test('without a way to ChatGPT it says so, and tries again', () =>
  usual(async ({ stack, page, base, key, sound }) => {
    await stack.admin('script', { path: '*', act: 'drop', times: 0 });
    expect((await ask(await base(), key, 'hello'))?.status).toBeGreaterThanOrEqual(500);
    await sees(page, en.state.headline.offline);
    await sound();
    await stack.admin('script', undefined, 'DELETE');
    await press(page, en.state.actions.tryAgain);
    await sees(page, /^On · 127/);
  }));

test('a sign-in that ChatGPT ended is repaired', () =>
  usual(async ({ stack, page, base, key, sound }) => {
    expect((await ask(await base(), key, 'hello'))?.status).toBe(200);
    const sent = await stack.admin<{ headers: Record<string, string> }[]>('received?path=/backend-api/codex/responses');
    const token = JSON.stringify(sent).match(/Bearer ([\w.-]+)/)?.[1];
    await stack.admin('invalidate', { token });
    expect((await ask(await base(), key, 'hello'))?.status).toBe(401);
    await sees(page, en.state.headline.signInAgain);
    await sound();
    await press(page, en.state.actions.signIn);
    await sees(page, en.signIn.browser.title);
    await sound();
    await press(page, en.signIn.useCode);
    await sees(page, en.signIn.code.title);
    const code = await page.locator('output').textContent();
    await stack.admin('device/approve', { user_code: code, email: 'plus@example.test' });
    await sees(page, en.shell.notes.signedIn('plus@example.test'));
    expect((await ask(await base(), key, 'hello'))?.status).toBe(200);
  }));

test('signing out revokes, and apps are told', () =>
  usual(async ({ page, base, key, sound }) => {
    await go(page, 'account');
    await sound();
    await press(page, en.account.signOut);
    await page.getByRole('dialog').getByRole('button', { name: en.account.signOut, exact: true }).click();
    await sees(page, en.account.signedOut);
    await sound();
    expect((await ask(await base(), key, 'hello'))?.status).toBe(401);
  }));

test('quitting from the page ends the program', () =>
  usual(async ({ stack, page, base, key, sound }) => {
    const before = await base();
    await go(page, 'settings/general');
    await press(page, en.shell.quit.label);
    await sees(page, en.shell.quit.done);
    await sound();
    expect(await stack.postern.ended).toBe(0);
    expect(await ask(before, key, 'hello')).toBe(null);
  }));

test('a port that is taken is left for a free one', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  await usual(async ({ page, base, key, sound }) => {
    await sees(page, en.state.headline.portTaken(String(port)));
    await press(page, en.state.actions.seeWhy);
    await sound();
    await page.getByRole('button', { name: /^Use \d+ instead$/ }).click();
    await sees(page, en.state.headline.ready);
    expect((await ask(await base(), key, 'hello'))?.status).toBe(200);
  }, { port });
  taken.close();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
