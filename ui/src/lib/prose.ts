export interface Piece {
  text: string;
  /** It stood between backticks: a name, an address, something that was typed. */
  isCode: boolean;
}

/** What the core says, in pieces. It begins as a sentence does, unless it begins with a name or an address. */
export function pieces(said: string): Piece[] {
  const found = said.split('`').map((text, at) => ({ text, isCode: at % 2 === 1 }));
  return found.filter((piece) => piece.text !== '').map((piece, at) => (at === 0 && !piece.isCode ? { ...piece, text: begun(piece.text) } : piece));
}

function begun(text: string): string {
  const isWord = /^\p{Ll}+(?=[\s,.;]|$)/u.test(text);
  return isWord ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
