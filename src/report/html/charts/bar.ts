import { count } from '../../../source/text.ts';
import { PLACE_WORDS, PLACES, type Place } from '../data.ts';
import { glyph } from '../glyphs.ts';
import { html, type Markup } from '../markup.ts';
import { type Counts, PLACE_MEANINGS } from '../places.ts';

/** The least width of a part, in percent: one of 5,000 must be visible, too. */
const LEAST = 0.7;

/** The parts of a bar: whatever nobody asks about is left out. */
export const DRAWN = PLACES.filter(place => place !== 'unasked');

/** The width of each part of a bar, in percent; together they are 100, or nothing where there are none. */
export function widthsOf(
  counts: Counts,
): readonly { readonly place: Place; readonly x: number; readonly width: number }[] {
  const some = DRAWN.filter(place => counts[place] > 0);
  const total = some.reduce((sum, place) => sum + counts[place], 0);
  const shares = some.map(place => Math.max(LEAST, (100 * counts[place]) / total));
  const sum = shares.reduce((all, share) => all + share, 0);
  let x = 0;
  return some.map((place, i) => {
    const width = (100 * (shares[i] ?? 0)) / sum;
    x += width;
    return { place, x: x - width, width };
  });
}

/** A bar with a part for each place; its numbers are its accessible name. */
export const bar = (counts: Counts, height: number): Markup =>
  html`<svg class="bar" width="100%" height="${height}" role="img" aria-label="${countWords(counts)}">${widthsOf(
    counts,
  ).map(({ place, x, width }) => part(place, x, width))}</svg>`;

/** A part of a bar; what is rejected is hatched, for readers who cannot see red. */
const part = (place: Place, x: number, width: number): Markup => {
  const where = html`x="${percent(x)}" width="${percent(width)}" height="100%"`;
  const hatch = place === 'rejected' ? html`<rect ${where} fill="url(#hatch)"/>` : '';
  return html`<rect class="fill ${place}" ${where}/>${hatch}`;
};

export const percent = (number: number): string => `${Math.round(number * 100) / 100}%`;

const countWords = (counts: Counts): string =>
  DRAWN.filter(place => counts[place] > 0)
    .map(place => `${counts[place]} ${PLACE_WORDS[place]}`)
    .join(', ') || 'none';

/** `12 %`, or `< 1 %` and `> 99 %` near the ends. */
export function share(part: number, total: number): string {
  const percent = (100 * part) / total;
  if (percent > 0 && percent < 1) return '< 1 %';
  return percent > 99 && percent < 100 ? '> 99 %' : `${Math.round(percent)} %`;
}

/** The bar of everything, and the meaning of its parts, each of which links to its rows. */
export function legend(counts: Counts, unit: string): Markup {
  const total = DRAWN.reduce((sum, place) => sum + counts[place], 0);
  const shown = PLACES.filter(place => counts[place] > 0);
  return html`<figure class="whole">${bar(counts, 30)}
<figcaption><ul class="legend">${shown.map(
    place =>
      html`<li class="${place}"><a href="#state=${place}"><span class="name">${glyph(place)}${PLACE_WORDS[place]}</span><span class="number">${counts[place]}</span> <span class="quiet">${
        place === 'unasked' ? count(counts[place], unit).replace(/^\d+ /, '') : share(counts[place], total)
      }</span></a><span class="meaning">${PLACE_MEANINGS[place]}</span></li>`,
  )}</ul></figcaption></figure>`;
}
