/** Text to paste with its blanks filled. */

export interface Blanks {
  key: string;
  model: string;
}

export function filled(text: string, blanks: Blanks): string {
  return text.replaceAll(/\{\{(key|model)\}\}/g, (_, blank: 'key' | 'model') => blanks[blank]);
}
