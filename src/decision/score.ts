import type { NamespaceFacts } from '../pod/namespace.ts';
import type { PodView } from '../pod/view.ts';
import type { CompiledPolicy, CompiledRule, LabelScoring } from '../policy/policy.ts';
import { signalById } from '../signals/index.ts';
import { nearest } from '../source/nearest.ts';
import type { Contribution } from './decision.ts';
import type { FoundSignal } from './found.ts';

/** All hygiene together weighs at most this much. */
export const HYGIENE_CAP = 25;
export const MAX_SCORE = 100;

export interface Score {
  /** 0 to 100, with hygiene. */
  readonly score: number;
  /** 0 to 100, without hygiene: what tiers look at. */
  readonly tierScore: number;
  readonly contributions: readonly Contribution[];
}

export interface SignalScore {
  readonly contributions: readonly Contribution[];
  /** The part of it that comes from hygiene. */
  readonly hygiene: number;
}

/** The weight of each signal, once however many findings it has; a waived one weighs nothing. */
export function scoreSignals(policy: CompiledPolicy, found: readonly FoundSignal[]): SignalScore {
  const contributions: Contribution[] = [];
  let hygiene = 0;
  for (const { signal, category, waived } of found) {
    if (waived) continue;
    let weight = policy.weights.get(signal) ?? 0;
    if (category === 'hygiene') {
      weight = Math.min(weight, HYGIENE_CAP - hygiene);
      hygiene += weight;
    }
    if (weight > 0) contributions.push({ kind: 'signal', id: signal, weight });
  }
  return { contributions, hygiene };
}

/**
 * The weight of labels. Those of Pod and namespace combine by the highest, and an unlisted value counts as the highest listed
 * one.
 */
export function scoreLabels(
  policy: CompiledPolicy,
  pod: PodView,
  namespace: NamespaceFacts | undefined,
): Contribution[] {
  return policy.labels.flatMap(scoring => {
    const onPod = labelWeight(scoring, pod.labels, 'pod');
    // Fails closed: the worst is assumed for a namespace that could not be looked up.
    const onNamespace = namespace
      ? labelWeight(scoring, namespace.labels, 'namespace')
      : unknownNamespace(scoring);
    return higherOf(onPod, onNamespace);
  });
}

function higherOf(a: Contribution | undefined, b: Contribution | undefined): Contribution[] {
  if (!a || !b) return a ? [a] : b ? [b] : [];
  return [b.weight > a.weight ? b : a];
}

const unknownNamespace = (scoring: LabelScoring): Contribution => ({
  kind: 'label',
  id: scoring.key,
  weight: scoring.highest,
  on: 'namespace',
  note: 'unknown-namespace',
});

function labelWeight(
  scoring: LabelScoring,
  labels: Readonly<Record<string, string>>,
  on: 'pod' | 'namespace',
): Contribution | undefined {
  if (!Object.hasOwn(labels, scoring.key)) return undefined;
  const value = labels[scoring.key] as string;
  const weight = scoring.weights.get(value);
  return {
    kind: 'label',
    id: scoring.key,
    weight: weight ?? scoring.highest,
    value,
    on,
    ...(weight === undefined && { note: 'unknown-value' as const, ...meantBy(value, scoring) }),
  };
}

function meantBy(value: string, { weights }: LabelScoring): Pick<Contribution, 'meant'> {
  const meant = nearest(value, [...weights.keys()]);
  return meant === undefined ? {} : { meant };
}

/** The weight of each rule that matches or cannot be evaluated. */
export function scoreRules(
  policy: CompiledPolicy,
  pod: PodView,
  namespace: NamespaceFacts | undefined,
): Contribution[] {
  const contributions: Contribution[] = [];
  for (const rule of policy.rules) {
    const outcome = rule.evaluate(pod, namespace);
    if (outcome === 'not-matched') continue;
    contributions.push(outcome === 'matched' ? matched(rule) : failed(rule, outcome.error));
  }
  return contributions;
}

const matched = ({ name, weight, message }: CompiledRule): Contribution => ({
  kind: 'rule',
  id: name,
  weight,
  ...(message !== undefined && { value: message }),
});

/** Fails closed: a rule that cannot be evaluated counts as matched. */
const failed = ({ name, weight }: CompiledRule, error: string): Contribution => ({
  kind: 'rule',
  id: name,
  weight,
  value: error,
  note: 'rule-error',
});

/** @param others contributions of labels and rules */
export function total(signals: SignalScore, others: readonly Contribution[]): Score {
  const contributions = [...signals.contributions, ...others];
  let sum = 0;
  for (const { weight } of contributions) sum += weight;
  return {
    score: Math.min(MAX_SCORE, sum),
    tierScore: Math.min(MAX_SCORE, sum - signals.hygiene),
    contributions,
  };
}

/** Whether it is hygiene, which no tier counts. */
export const isHygiene = ({ kind, id }: Contribution): boolean =>
  kind === 'signal' && signalById.get(id)?.category === 'hygiene';
