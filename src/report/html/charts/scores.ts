import { PLACE_WORDS, type Place } from '../data.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { countPlaces } from '../places.ts';
import { DRAWN, percent } from './bar.ts';

export interface Scored {
  /** 0 to 100, without hygiene. */
  readonly tierScore: number;
  readonly place: Place;
  readonly count: number;
}

export interface Tier {
  readonly atLeast: number;
  readonly isolation: Place;
}

/** How many points of score a column covers, except for the last, which is only 100. */
const STEP = 5;
const COLUMNS = 100 / STEP + 1;
/** The width of a column in percent. */
const WIDTH = 100 / COLUMNS;
/** The height in pixels of the columns, and of the room above for numbers and names of tiers. */
const HEIGHT = 150;
const ABOVE = 46;
/** The least height of a column, in pixels. */
const LEAST = 3;

/** How many objects have which score, in columns with a part for each place, and where tiers begin. */
export function scores(items: readonly Scored[], tiers: readonly Tier[], unit: string): Markup {
  const asked = items.filter(({ place }) => place !== 'unasked');
  if (asked.length === 0) return NOTHING;
  const columns = Array.from({ length: COLUMNS }, (_, i) =>
    countPlaces(asked.filter(({ tierScore }) => Math.floor(tierScore / STEP) === i)),
  );
  const sums = columns.map(counts => DRAWN.reduce((sum, place) => sum + counts[place], 0));
  const most = Math.max(...sums);
  return html`<section class="card scores"><h2>How risky it is</h2>
<p class="quiet">${unit} by score, hygiene left out${tiers.length > 0 ? ', and the tiers from which more isolation is asked for' : ''}.</p>
<svg class="histogram" width="100%" height="${ABOVE + HEIGHT + 24}" role="img" aria-label="${spoken(sums)}">
${columns.map((counts, i) => column(counts, i, most, sums[i] ?? 0))}
<line class="axis" x1="0" x2="100%" y1="${ABOVE + HEIGHT}" y2="${ABOVE + HEIGHT}"/>
${[0, 25, 50, 75, 100].map(
  at =>
    html`<text class="tick" x="${percent((at / STEP + 0.5) * WIDTH)}" y="${ABOVE + HEIGHT + 18}">${at}</text>`,
)}
${tiers.map((tier, i) => line(tier, i))}
</svg></section>`;
}

function column(counts: Readonly<Record<Place, number>>, i: number, most: number, sum: number): Markup {
  if (sum === 0) return NOTHING;
  const where = html`x="${percent((i + 0.1) * WIDTH)}" width="${percent(0.8 * WIDTH)}"`;
  let y = ABOVE + HEIGHT;
  // Rejected objects are at the top.
  const parts = DRAWN.toReversed().map(place => {
    if (counts[place] === 0) return NOTHING;
    const height = Math.max(LEAST, (HEIGHT * counts[place]) / most);
    y -= height;
    const at = html`${where} y="${y.toFixed(1)}" height="${height.toFixed(1)}"`;
    return html`<rect class="fill ${place}" ${at}/>${place === 'rejected' ? html`<rect ${at} fill="url(#hatch)"/>` : ''}`;
  });
  return html`${parts}<text class="count" x="${percent((i + 0.5) * WIDTH)}" y="${(y - 5).toFixed(1)}">${sum}</text>`;
}

/** The line of a tier is left of the column of its score; names alternate between two lines. */
function line({ atLeast, isolation }: Tier, i: number): Markup {
  const x = percent((atLeast / STEP) * WIDTH);
  const y = i % 2 === 0 ? 12 : 28;
  const anchor = atLeast > 60 ? 'end' : 'start';
  return html`<line class="tier ${isolation}" x1="${x}" x2="${x}" y1="${y - 10}" y2="${ABOVE + HEIGHT}"/><svg x="${x}" y="0" overflow="visible"><text class="tier ${isolation}" x="${anchor === 'end' ? -5 : 5}" y="${y}" text-anchor="${anchor}">${atLeast}: ${PLACE_WORDS[isolation]}</text></svg>`;
}

const spoken = (sums: readonly number[]): string =>
  `Scores. ${sums
    .map((sum, i) => ({ sum, from: i * STEP }))
    .filter(({ sum }) => sum > 0)
    .map(({ sum, from }) => `${from === 100 ? '100' : `${from} to ${from + STEP - 1}`}: ${sum}`)
    .join('; ')}`;
