import type { Decision, Objection, PlacementStep } from '../../decision/decision.ts';
import { fits } from '../../decision/place.ts';
import { titleWith } from '../words/objection.ts';
import { type Cell, type Index, STANDINGS } from './data.ts';
import type { Lists } from './lists.ts';

/** The cell of one sandbox for an object: whether it was chosen, and why not. */
export function cellOf(column: string, { placement }: Decision, lists: Lists): Cell {
  const step = placement.find(({ runtimeClass }) => runtimeClass === column);
  if (!step) return [STANDINGS.indexOf('none'), lists.text('')];
  return [standingOf(step), lists.text(shortly(step.objections))];
}

export const standingOf = (step: PlacementStep): Index =>
  STANDINGS.indexOf(step.chosen ? 'chosen' : fits(step) ? 'fits' : 'unfit');

/** What stands against a sandbox, in as few words as fit into a cell: `too weak`, `exposes: host PID namespace +1`. */
function shortly(objections: readonly Objection[]): string {
  // A class that is too weak has no chance anyway, so a signal is more informative.
  const [first] = objections.toSorted(
    (a, b) => Number(a.code === 'too-weak') - Number(b.code === 'too-weak'),
  );
  if (!first) return '';
  const more = objections.length - 1;
  return `${inWords(first)}${more > 0 ? ` +${more}` : ''}`;
}

function inWords({ code, signal, detail }: Objection): string {
  const what = signal === undefined ? '' : titleWith(signal, code === 'not-served' ? undefined : detail);
  switch (code) {
    case 'too-weak':
      return 'too weak';
    case 'exposed':
      return `exposes: ${what}`;
    case 'unsupported':
      return signal === undefined ? 'contradicts the nodeSelector' : `lacks: ${what}`;
    case 'not-served':
      return `does not serve: ${what}`;
    case 'missing':
      return 'does not exist';
    case 'no-node':
      return 'no ready node';
    case 'not-listed':
      return 'not on the list';
    case 'other-os':
      return 'for Windows';
  }
}
