import type { Row } from '../data.ts';
import type { Model } from './model.ts';

/** Which rows are shown, and in which order; empty words select all of them. */
export interface Filter {
  /** Words that must all occur in a row. */
  readonly search: string;
  /** The id of a state. */
  readonly state: string;
  readonly namespace: string;
  /** The id of a signal. */
  readonly signal: string;
  readonly order: string;
}

export const ORDERS = ['gravest first', 'by score', 'by namespace', 'by name'] as const;

export const EVERYTHING: Filter = { search: '', state: '', namespace: '', signal: '', order: ORDERS[0] };

const KEYS = Object.keys(EVERYTHING) as readonly (keyof Filter)[];

/** The filter in an address: `#namespace=shop&state=vm`. A field that is missing selects everything. */
export function filterIn(hash: string): Filter {
  const asked = new URLSearchParams(hash.replace(/^#/, ''));
  const named = KEYS.filter(key => asked.has(key)).map(key => [key, asked.get(key) ?? '']);
  return { ...EVERYTHING, ...Object.fromEntries(named) };
}

/** The address of a filter; `#list` where it leaves nothing out. */
export function hashOf(filter: Filter): string {
  const named = KEYS.filter(key => filter[key] !== EVERYTHING[key]).map(key => [key, filter[key]]);
  return named.length === 0 ? '#list' : `#${new URLSearchParams(Object.fromEntries(named))}`;
}

/** Whether an address is that of a filter, and not of some other place in the page. */
export const isFilter = (hash: string): boolean =>
  KEYS.some(key => new URLSearchParams(hash.replace(/^#/, '')).has(key));

export interface Selection {
  /** The rows that pass a filter, in its order. */
  readonly rows: readonly Row[];
  /** How many rows in each state pass the rest of the filter. */
  readonly counts: readonly number[];
}

/** Applies a filter in one pass: there may be thousands of rows, and it runs at each key. */
export function select(filter: Filter, model: Model): Selection {
  const words = filter.search
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '');
  const state = model.states.findIndex(({ id }) => id === filter.state);
  const counts = model.states.map(() => 0);
  const rows: Row[] = [];
  for (const row of model.rows) {
    if (!matches(row, filter, words, model)) continue;
    counts[row.state] = (counts[row.state] ?? 0) + 1;
    if (filter.state === '' || row.state === state) rows.push(row);
  }
  return { rows: ordered(rows, filter.order, model), counts };
}

function matches(row: Row, { namespace, signal }: Filter, words: readonly string[], model: Model): boolean {
  if (namespace !== '' && model.text(row.namespace) !== namespace) return false;
  if (signal !== '' && !row.signals.some(one => model.signals[one]?.id === signal)) return false;
  return words.length === 0 || words.every(word => model.haystack(row).includes(word));
}

function ordered(rows: Row[], order: string, { text }: Model): Row[] {
  const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
  switch (order) {
    case 'by score':
      return rows.sort((a, b) => b.now.tierScore - a.now.tierScore);
    case 'by namespace':
      return rows.sort((a, b) => compare(text(a.namespace), text(b.namespace)));
    case 'by name':
      return rows.sort((a, b) => compare(text(a.name), text(b.name)));
    default:
      // The rows come in this order.
      return rows;
  }
}
