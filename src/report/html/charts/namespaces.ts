import { clean } from '../../../source/text.ts';
import { PLACE_WORDS, type Place } from '../data.ts';
import { folded } from '../folded.ts';
import { glyph } from '../glyphs.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { type Counts, countPlaces } from '../places.ts';
import { bar, DRAWN } from './bar.ts';

/** How many namespaces are in sight; the others unfold. */
const SHOWN = 12;
/** How many namespaces are shown in all. */
const MOST = 500;

export interface Placed {
  readonly namespace: string;
  readonly place: Place;
  readonly count: number;
}

/** What runs where, one row for each namespace: those with the most rejected first, then by size. */
export function namespaces(items: readonly Placed[], unit: string): Markup {
  const rows = [...Map.groupBy(items, ({ namespace }) => namespace)]
    .map(([name, some]) => ({ name, counts: countPlaces(some) }))
    .map(row => ({ ...row, total: DRAWN.reduce((sum, place) => sum + row.counts[place], 0) }))
    .filter(({ total }) => total > 0)
    .toSorted(
      (a, b) => b.counts.rejected - a.counts.rejected || b.total - a.total || (a.name < b.name ? -1 : 1),
    );
  if (rows.length === 0) return NOTHING;
  const places = DRAWN.filter(place => rows.some(({ counts }) => counts[place] > 0));
  const limits = { shown: SHOWN, most: MOST, unit: 'namespaces', where: 'which the list has' };
  return html`<section class="card namespaces"><h2>Where it runs</h2>
${folded(rows, limits, some => table(some, places, unit))}</section>`;
}

interface NamespaceRow {
  readonly name: string;
  readonly counts: Counts;
  readonly total: number;
}

const table = (rows: readonly NamespaceRow[], places: readonly Place[], unit: string): Markup =>
  html`<table><thead><tr><th scope="col">Namespace</th><th scope="col" class="wide">${unit}</th>${places.map(
    place =>
      html`<th scope="col" class="number ${place}">${glyph(place)}<span class="hidden">${PLACE_WORDS[place]}</span></th>`,
  )}<th scope="col" class="number">All</th></tr></thead><tbody>${rows.map(
    ({ name, counts, total }) =>
      html`<tr><th scope="row"><a href="#namespace=${encodeURIComponent(clean(name))}">${name}</a></th><td class="wide">${bar(counts, 12)}</td>${places.map(
        place => html`<td class="number ${place}${counts[place] > 0 ? '' : ' none'}">${counts[place]}</td>`,
      )}<td class="number">${total}</td></tr>`,
  )}</tbody></table>`;
