import type { Ask, Code, Complaint, News, Replies } from '../bindings';

export type Name = Ask['ask'];
export type With<K extends Name> = Extract<Ask, { ask: K }>['with'];

/** The one door out of the page. The app passes `tauri`, a browser `http`, tests a fake. */
export interface Backend {
  ask<K extends Name>(ask: K, payload: With<K>): Promise<Replies[K]>;

  /** Hands news to these ears until the answer is called. */
  follow(ears: Ears): () => void;
}

/** Who hears what happens. */
export interface Ears {
  hear: (news: News) => void;
  /** There will be none for a while; what is known may grow old. */
  lost: (complaint: Complaint) => void;
  /** They come again, and count from one. What happened meanwhile is not told. */
  found: () => void;
}

/** Whatever was thrown, as something a person can be told. */
export function asComplaint(thrown: unknown): Complaint {
  if (isComplaint(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return complaint('other', message);
}

export function complaint(code: Code, message: string, hint: string | null = null): Complaint {
  return { code, message, hint };
}

function isComplaint(thrown: unknown): thrown is Complaint {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown;
}
