import { escaped } from '../layout/xml.ts';

/** HTML that is safe to write; only this goes into a page unescaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Piece = Markup | string | number | readonly Piece[];

/** The most characters of a text from a manifest. */
const LONGEST = 4000;

/** HTML from a template: whatever is put into it is text, unless it is HTML already. Attributes are in double quotes. */
export const html = (parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup =>
  new Markup(parts.map((part, i) => part + (i < pieces.length ? written(pieces[i] ?? '') : '')).join(''));

export const NOTHING = new Markup('');

const written = (piece: Piece): string => {
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map(written).join('');
  return escaped(String(piece), LONGEST);
};
