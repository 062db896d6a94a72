import { PLACE_WORDS, type Place } from '../data.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { DRAWN } from './bar.ts';

/** Where something runs, that it waits for a node, or that its node is not there on one side. */
export type End = Place | 'waiting' | 'gone';

const ENDS: readonly End[] = [
  ...DRAWN.flatMap((place): End[] => (place === 'rejected' ? [place, 'waiting'] : [place])),
  'gone',
];
const WORDS: Readonly<Record<End, string>> = { ...PLACE_WORDS, waiting: 'waiting', gone: 'no node' };

/** How many come from one place to another; the same one for what stays. */
export interface Move {
  readonly from: End;
  readonly to: End;
  readonly count: number;
}

/** Moves between the same two places are one. */
export const addMoves = (all: readonly Move[]): readonly Move[] =>
  [...Map.groupBy(all, ({ from, to }) => `${from} ${to}`).values()].flatMap(some =>
    some[0] ? [{ ...some[0], count: some.reduce((sum, { count }) => sum + count, 0) }] : [],
  );

/** The width in units of the drawing, which is stretched to the width of the page. */
const WIDTH = 1000;
const HEIGHT = 260;
const GAP = 16;
const POST = 10;
/** The least width that one of thousands takes. */
const LEAST = 3;

interface Stretch {
  y: number;
  readonly height: number;
}

/** What runs where before and after, with a ribbon for each move. */
export function flow(moves: readonly Move[]): Markup {
  const some = moves.filter(({ count, from, to }) => count > 0 && from !== 'unasked' && to !== 'unasked');
  const total = some.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return NOTHING;
  const heightOf = (count: number): number =>
    Math.max(LEAST, (count / total) * (HEIGHT - GAP * (ENDS.length - 1)));
  const left = stretches(some, 'from', heightOf);
  const right = stretches(some, 'to', heightOf);
  const [leaving, coming] = [copyOf(left), copyOf(right)];
  const ribbons = ENDS.flatMap(from =>
    ENDS.flatMap(to => {
      const count = some
        .filter(one => one.from === from && one.to === to)
        .reduce((sum, one) => sum + one.count, 0);
      const [here, there] = [leaving.get(from), coming.get(to)];
      if (count === 0 || !here || !there) return [];
      const height = heightOf(count);
      const path = ribbon(here.y, there.y, height);
      here.y += height;
      there.y += height;
      return html`<path class="ribbon ${from === to ? 'stays' : to}" d="${path}"><title>${count}: ${WORDS[from]} → ${WORDS[to]}</title></path>`;
    }),
  );
  const bottom = Math.max(...[...left.values(), ...right.values()].map(({ y, height }) => y + height));
  const height = Math.ceil(bottom) + 8;
  return html`<p class="flow-heads" aria-hidden="true"><span>Before</span><span>After</span></p><div class="flow">${ends(left, some, 'from', height)}<svg viewBox="0 0 ${WIDTH} ${height}" preserveAspectRatio="none" width="100%" height="${height}" role="img" aria-label="${spoken(some)}">${ribbons}${posts(left, 0)}${posts(right, WIDTH - POST)}</svg>${ends(right, some, 'to', height)}</div>`;
}

/** The labels of the posts on one side, level with them: text in the drawing itself would be stretched with it. */
function ends(
  all: ReadonlyMap<End, Stretch>,
  moves: readonly Move[],
  end: 'from' | 'to',
  height: number,
): Markup {
  const [x, anchor] = end === 'from' ? ['100%', 'end'] : ['0', 'start'];
  const labels = [...all].map(([place, stretch]) => {
    const count = moves.filter(move => move[end] === place).reduce((sum, move) => sum + move.count, 0);
    const y = Math.max(11, stretch.y + stretch.height / 2 + 4).toFixed(1);
    return html`<text class="${place}" x="${x}" y="${y}" text-anchor="${anchor}">${WORDS[place]} <tspan class="number">${count}</tspan></text>`;
  });
  return html`<svg class="ends" width="100%" height="${height}">${labels}</svg>`;
}

function stretches(
  moves: readonly Move[],
  end: 'from' | 'to',
  heightOf: (count: number) => number,
): Map<End, Stretch> {
  const found = new Map<End, Stretch>();
  let y = 0;
  for (const place of ENDS) {
    const here = Map.groupBy(
      moves.filter(move => move[end] === place),
      move => move[end === 'from' ? 'to' : 'from'],
    );
    const height = [...here.values()].reduce(
      (sum, some) => sum + heightOf(some.reduce((all, { count }) => all + count, 0)),
      0,
    );
    if (height === 0) continue;
    found.set(place, { y, height });
    y += height + GAP;
  }
  return found;
}

const copyOf = (all: ReadonlyMap<End, Stretch>): Map<End, Stretch> =>
  new Map([...all].map(([place, stretch]) => [place, { ...stretch }]));

const posts = (all: ReadonlyMap<End, Stretch>, x: number): readonly Markup[] =>
  [...all].map(
    ([place, { y, height }]) =>
      html`<rect class="fill ${place}" x="${x}" y="${y.toFixed(1)}" width="${POST}" height="${height.toFixed(1)}"/>`,
  );

/** A ribbon from one post to another, level at both ends. */
function ribbon(from: number, to: number, height: number): string {
  const [start, end, middle] = [POST, WIDTH - POST, WIDTH / 2];
  const at = (number: number): string => number.toFixed(1);
  return `M${start} ${at(from)}C${middle} ${at(from)} ${middle} ${at(to)} ${end} ${at(to)}V${at(to + height)}C${middle} ${at(to + height)} ${middle} ${at(from + height)} ${start} ${at(from + height)}Z`;
}

const spoken = (moves: readonly Move[]): string =>
  `Before and after. ${moves
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, count }) => `${count} from ${WORDS[from]} to ${WORDS[to]}`)
    .join('; ')}`;
