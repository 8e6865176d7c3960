import { mount } from 'svelte';
import App from './App.svelte';
import type { Backend } from './ipc/call';
import { Desk } from './state/desk.svelte';
import './styles/tokens.css';
import './styles/base.css';

/** The door that fits where the page runs. Tests and pictures are built with a door to nowhere. */
async function door(): Promise<Backend> {
  if (import.meta.env.MODE === 'fake') return (await import('./ipc/fake')).fakeFromAddress();
  if ('__TAURI_INTERNALS__' in window) return (await import('./ipc/tauri')).tauri;
  return (await import('./ipc/http')).http();
}

const desk = new Desk(await door());
desk.start();
const target = document.querySelector('#page');
if (target) mount(App, { target, props: { desk } });
