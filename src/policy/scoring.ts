import { SIGNALS, signalById } from '../signals/index.ts';
import type { SignalId } from '../signals/signal.ts';
import { type Flaw, suggest } from '../source/flaw.ts';
import type { Keys } from '../source/path.ts';
import type { LabelScoring } from './policy.ts';
import { LEAST_WEIGHT } from './schema/scoring.ts';
import { labelKeyFlaws, labelValueFlaws } from './selector.ts';
import type { ClusterSandboxPolicy } from './types.gen.ts';

export type Scoring = NonNullable<ClusterSandboxPolicy['spec']['scoring']>;

/** The weight of every signal: its own, or the policy's. */
export function weightsOf(scoring: Scoring | undefined): ReadonlyMap<SignalId, number> {
  const own = new Map(Object.entries(scoring?.signals ?? {}));
  const weights = new Map(SIGNALS.map(({ id, weight }) => [id, own.get(id) ?? weight]));
  // On a hostNetwork Pod no hostPort is found, so adding hostNetwork must not lower the score.
  const weightOf = (id: SignalId): number => weights.get(id) ?? 0;
  return weights.set('hostNetwork', Math.max(weightOf('hostNetwork'), weightOf('hostPort')));
}

export function labelsOf(scoring: Scoring | undefined): readonly LabelScoring[] {
  return (scoring?.labels ?? []).map(({ key, weights }) => ({
    key,
    weights: new Map(Object.entries(weights)),
    highest: Math.max(...Object.values(weights)),
  }));
}

/** Flaws that the schema cannot express; rules are checked where they are compiled. */
export function scoringFlaws(scoring: Scoring | undefined): readonly Flaw[] {
  const path = ['spec', 'scoring'];
  return [
    ...Object.entries(scoring?.signals ?? {}).flatMap(([id, weight]) =>
      weightFlaws(id, weight, [...path, 'signals', id]),
    ),
    ...labelFlaws(scoring?.labels ?? [], [...path, 'labels']),
  ];
}

function weightFlaws(id: SignalId, weight: number, path: Keys): readonly Flaw[] {
  const signal = signalById.get(id);
  if (!signal) return unknownSignal(id, path);
  if (signal.category === 'requirement') {
    const fix = 'Remove it: a requirement bears on placement alone.';
    return [{ path, message: `${id} is a requirement, which has no weight`, fix }];
  }
  const least = LEAST_WEIGHT[signal.category];
  if (weight >= least) return [];
  const fix = `Write ${least} to 100; to let some Pods do it, write a SandboxExemption.`;
  return [{ path, message: `${weight} is too low: ${id} is of category ${signal.category}`, fix }];
}

/** The flaw of an id that is no signal's, with the most similar id; none for one that is. */
export function unknownSignal(id: SignalId, path: Keys): readonly Flaw[] {
  if (signalById.has(id)) return [];
  const ids = SIGNALS.map(signal => signal.id);
  return [{ path, message: `there is no signal ${id}`, fix: suggest(id, ids) }];
}

function labelFlaws(labels: NonNullable<Scoring['labels']>, path: Keys): readonly Flaw[] {
  return labels.flatMap(({ key, weights }, i) => [
    ...labelKeyFlaws(key, [...path, i, 'key']),
    ...Object.keys(weights).flatMap(value => labelValueFlaws(value, [...path, i, 'weights', value])),
    ...repeated(
      key,
      i,
      labels.map(label => label.key),
      [...path, i, 'key'],
      'Merge the two entries.',
    ),
  ]);
}

/** A flaw for each repetition of a name. */
export function repeated(
  name: string,
  i: number,
  all: readonly string[],
  path: Keys,
  fix: string,
): readonly Flaw[] {
  return all.indexOf(name) < i ? [{ path, message: `${name} is listed twice`, fix }] : [];
}
