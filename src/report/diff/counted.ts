import { count } from '../../source/text.ts';
import type { Difference } from './change.ts';

/** `3 DaemonSets count as one Pod each, as no nodes are known.`; empty where the nodes of all are known. */
export function countedOnceSentence({ pairs }: Pick<Difference, 'pairs'>): string {
  const some = pairs.filter(
    ({ before, after }) => after.kind === 'DaemonSet' && !after.owner && !(before.nodes && after.nodes),
  );
  if (some.length === 0) return '';
  const who = count(some.length, 'DaemonSet counts', 'DaemonSets count');
  return `${who} as one Pod${some.length === 1 ? '' : ' each'}, as no nodes are known: --cluster FILE tells them.`;
}
