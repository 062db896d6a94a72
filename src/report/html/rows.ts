import { placeWords } from '../layout/problem.ts';
import type { Reviewed } from '../result.ts';
import { waitsSuffix } from '../waiting.ts';
import { hygieneOf } from '../words/score.ts';
import { cellOf } from './cells.ts';
import { type Index, type PageData, PLACE_WORDS, type Row, type Standing, type State } from './data.ts';
import type { Item } from './items.ts';
import { Lists, type Tiers } from './lists.ts';
import { indexOf, isUnasked, placeOf, verdictPlaceOf } from './places.ts';
import { sideOf } from './sides.ts';

/** The most rows of a page: the gravest come first, and nobody reads more. */
export const MOST_ROWS = 10_000;

/** One row before it is written. */
export interface Listed {
  readonly item: Item;
  /** The index of its state. */
  readonly state: Index;
  /** The result before a change. */
  readonly before?: Reviewed;
}

/**
 * The data of a page.
 * @param columns the sandboxes that have a column
 * @param all the rows in their order, the first of which are taken
 */
export function dataOf(
  states: readonly State[],
  columns: readonly string[],
  all: readonly Listed[],
  tiers: Tiers,
): PageData {
  const lists = new Lists(tiers);
  const rows = all.slice(0, MOST_ROWS).map(one => rowOf(one, columns, lists));
  return { states, columns: columns.map(name => lists.text(name)), rows, ...lists.all };
}

/** What a page says about rows that it has no room for; empty where it has them all. */
export const leftWords = (all: number): string =>
  all > MOST_ROWS ? `The ${MOST_ROWS} gravest; -o json has ${all - MOST_ROWS} more.` : '';

function rowOf(
  { item: { result, name, pods }, state, before }: Listed,
  columns: readonly string[],
  lists: Lists,
): Row {
  const aside = asideOf(result);
  return {
    state,
    name: lists.text(name),
    namespace: lists.text(result.namespace),
    // What is of a cluster stands in no file.
    source: lists.text(result.owner ? '' : placeWords(result.source)),
    ...(pods !== undefined && { pods }),
    ...(aside !== '' && { aside: lists.text(aside) }),
    ...(before && { before: standingIn(before, lists) }),
    now: standingIn(result, lists),
    cells: columns.map(column => cellOf(column, result.decision, lists)),
    signals: [...new Set(result.decision.findings.map(({ signal }) => signal))].map(id => lists.signal(id)),
    sides: before
      ? // The findings are the same on both sides.
        [{ ...sideOf(before, 'Before', lists), findings: [], more: 0 }, sideOf(result, 'After', lists)]
      : [sideOf(result, '', lists)],
  };
}

function standingIn(result: Reviewed, lists: Lists): Standing {
  const { governing, runtimeClass } = result.decision;
  const place = verdictPlaceOf(result);
  const where = runtimeClass !== undefined && place !== 'rejected' ? runtimeClass : PLACE_WORDS[place];
  return {
    place: indexOf(placeOf(result)),
    words: lists.text(where + waitsSuffix(result)),
    tierScore: governing.tierScore,
    hygiene: hygieneOf(governing),
  };
}

/** The effect of the namespace's mode on a verdict, where that differs from what the verdict says. */
function asideOf(result: Reviewed): string {
  const { outOfScope, mode, decision } = result;
  const { verdict } = decision;
  if (outOfScope) return 'out of scope';
  if (isUnasked(result)) return 'mode off';
  const asSaid = mode === 'enforce' || verdict === 'admit' || (mode === 'inject' && verdict === 'sandbox');
  return asSaid ? '' : `mode ${mode}`;
}
