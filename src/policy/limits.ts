import type { Flaw } from '../source/flaw.ts';
import type { Keys } from '../source/path.ts';
import { NAMESPACED_LIMITS, NAMESPACED_VALUES } from './schema/limits.ts';
import type { LabelSelector } from './selector.ts';

/** Limits of a namespaced policy's selector that a structural schema cannot express; the CRD has rules that say the same. */
export function namespacedLimitFlaws(selector: LabelSelector | undefined, path: Keys): readonly Flaw[] {
  const values = (selector?.matchExpressions ?? []).reduce((sum, one) => sum + (one.values?.length ?? 0), 0);
  const { key: longest } = NAMESPACED_LIMITS;
  const long = Object.keys(selector?.matchLabels ?? {}).filter(key => key.length > longest);
  return [
    ...(values > NAMESPACED_VALUES
      ? [tooMuch([...path, 'matchExpressions'], `${values} values together`, NAMESPACED_VALUES)]
      : []),
    ...long.map(key => tooMuch([...path, 'matchLabels', key], `a key of ${key.length} characters`, longest)),
  ];
}

const tooMuch = (path: Keys, found: string, most: number): Flaw => ({
  path,
  message: `${found}, at most ${most} are allowed`,
  fix: 'Shorten it.',
  tightened: 'limit',
});
