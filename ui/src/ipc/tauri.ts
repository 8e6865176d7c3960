import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { News, Replies } from '../bindings';
import { asComplaint, type Backend, type Name, type With } from './call';

/** The door of the window: one command, one event. */
export const tauri: Backend = {
  async ask<K extends Name>(ask: K, payload: With<K>): Promise<Replies[K]> {
    try {
      return await invoke<Replies[K]>('ask', { ask: { ask, with: payload } });
    } catch (thrown) {
      throw asComplaint(thrown);
    }
  },

  follow({ hear, lost }) {
    const stopping = listen<News>('news', (event) => hear(event.payload));
    stopping.catch((thrown: unknown) => lost(asComplaint(thrown)));
    return () => {
      void stopping.then((stop) => stop());
    };
  },
};
