export const PLACES = ['home', 'connect', 'requests', 'account', 'settings'] as const;
export type PlaceName = (typeof PLACES)[number];

/** Where the person is: a place, and within it what is open there, such as the card of an app. */
export interface Spot {
  place: PlaceName;
  within: string | null;
}

/** The address bar's part after `#`, so that going back works and a tray row can name a place. */
export class Route {
  spot = $state.raw<Spot>({ place: 'home', within: null });
  readonly #window: Pick<Window, 'location' | 'addEventListener' | 'removeEventListener'>;

  constructor(of: Pick<Window, 'location' | 'addEventListener' | 'removeEventListener'> = window) {
    this.#window = of;
    this.spot = parse(of.location.hash);
  }

  start(): () => void {
    const read = () => {
      this.spot = parse(this.#window.location.hash);
    };
    this.#window.addEventListener('hashchange', read);
    return () => this.#window.removeEventListener('hashchange', read);
  }

  go = (place: PlaceName, within: string | null = null): void => {
    this.#window.location.hash = address(place, within);
  };
}

export function address(place: PlaceName, within: string | null = null): string {
  return within === null ? `#/${place}` : `#/${place}/${encodeURIComponent(within)}`;
}

export function parse(hash: string): Spot {
  const [, place, within] = hash.split('/');
  const known = PLACES.find((name) => name === place);
  if (!known) return { place: 'home', within: null };
  return { place: known, within: decoded(within) };
}

function decoded(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
