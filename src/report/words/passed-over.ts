import { clean, count, someOf } from '../../source/text.ts';
import type { Review } from '../result.ts';

/** For a cluster, all kinds are named. */
const MOST = 100;

/** Objects of a kind that were passed over. */
export interface PassedOver {
  readonly apiVersion: string;
  readonly kind: string;
  readonly count: number;
}

/**
 * The largest number of a kind comes first.
 * @param skipped by `apiVersion kind`
 */
export const passedOver = (skipped: ReadonlyMap<string, number>): readonly PassedOver[] =>
  [...skipped]
    .map(([key, count]) => {
      const space = key.indexOf(' ');
      return { apiVersion: key.slice(0, space), kind: key.slice(space + 1), count };
    })
    .sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1));

export const countOf = (skipped: ReadonlyMap<string, number>): number =>
  [...skipped.values()].reduce((sum, one) => sum + one, 0);

/** `3 objects of other kinds passed over: 2 ConfigMap and 1 Service.`; empty where there are none. */
export function passedOverSentence(skipped: ReadonlyMap<string, number>): string {
  if (skipped.size === 0) return '';
  // A kind is counted whatever its version.
  const kinds = new Map<string, number>();
  for (const { kind, count } of passedOver(skipped)) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  const most = [...kinds].sort(([, a], [, b]) => b - a).map(([kind, sum]) => `${sum} ${clean(kind)}`);
  return `${count(countOf(skipped), 'object')} of other kinds passed over: ${someOf(most, MOST)}.`;
}

/**
 * One sentence for each thing that was not judged: other kinds, documents that are no objects, excluded files, and links that
 * were not followed.
 */
export const passedOverSentences = ({
  skipped,
  unrelated = 0,
  excluded = 0,
  linked = 0,
}: Review): string[] => [
  ...(skipped.size > 0 ? [passedOverSentence(skipped)] : []),
  ...(unrelated > 0 ? [`${count(unrelated, 'document')} unrelated to Kubernetes passed over.`] : []),
  ...(excluded > 0 ? [`${count(excluded, 'file or folder', 'files and folders')} excluded.`] : []),
  ...(linked > 0 ? [`${count(linked, 'link to a folder', 'links to folders')} outside not followed.`] : []),
];
