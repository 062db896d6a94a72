import { escaped } from '../layout/xml.ts';

/** HTML that is safe to write: nothing else goes into a page as it stands. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Piece = Markup | string | number | readonly Piece[];

/** The longest text of a manifest that is written out. */
const LONGEST = 4000;

/**
 * HTML of a template: what is put into it is text, whatever it says, unless it is HTML already. Attributes stand in double
 * quotes.
 */
export const html = (parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup =>
  new Markup(parts.map((part, i) => part + (i < pieces.length ? written(pieces[i] ?? '') : '')).join(''));

export const NOTHING = new Markup('');

const written = (piece: Piece): string => {
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map(written).join('');
  return escaped(String(piece), LONGEST);
};
