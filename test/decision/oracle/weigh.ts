import type { Contribution } from '../../../src/decision/decision.ts';
import type { NamespaceFacts } from '../../../src/pod/namespace.ts';
import type { PodView } from '../../../src/pod/view.ts';
import type { Finding, SignalId } from '../../../src/signals/signal.ts';
import { type RawPolicy, signalOf, type World } from './world.ts';

type Scoring = NonNullable<RawPolicy['spec']['scoring']>;
type LabelWeights = NonNullable<Scoring['labels']>[number];

/** All hygiene together weighs at most this much. */
const HYGIENE_AT_MOST = 25;

/** Every signal of these findings, once, in their order. */
export const signalsIn = (findings: readonly Finding[]): readonly SignalId[] => [
  ...new Set(findings.map(({ signal }) => signal)),
];

/** The signals of which at least one finding is not waived; they weigh and set floors. */
export const counted = (findings: readonly Finding[]): readonly SignalId[] =>
  signalsIn(findings.filter(({ waivedBy }) => waivedBy === undefined));

function weightOf(id: SignalId, scoring: Scoring | undefined): number {
  const own = (signal: SignalId): number => scoring?.signals?.[signal] ?? signalOf(signal).weight;
  // On a hostNetwork Pod no hostPort is found, so hostNetwork weighs what hostPort would.
  return id === 'hostNetwork' ? Math.max(own('hostNetwork'), own('hostPort')) : own(id);
}

/** What signals weigh, without those of no weight. */
export function ofSignals(policy: RawPolicy, findings: readonly Finding[]): readonly Contribution[] {
  let left = HYGIENE_AT_MOST;
  const contributions: Contribution[] = [];
  for (const id of counted(findings)) {
    const full = weightOf(id, policy.spec.scoring);
    const weight = signalOf(id).category === 'hygiene' ? Math.min(full, left) : full;
    if (signalOf(id).category === 'hygiene') left -= weight;
    if (weight > 0) contributions.push({ kind: 'signal', id, weight });
  }
  return contributions;
}

/** The higher of the labels on the Pod and on the Namespace; the Pod's where they weigh the same. */
export function ofLabels(
  policy: RawPolicy,
  pod: PodView,
  namespace: NamespaceFacts | undefined,
): readonly Contribution[] {
  const contributions: Contribution[] = [];
  for (const scoring of policy.spec.scoring?.labels ?? []) {
    const highest = Math.max(...Object.values(scoring.weights));
    const onPod = ofLabel(scoring, pod.labels, 'pod');
    const onNamespace: Contribution | undefined = namespace
      ? ofLabel(scoring, namespace.labels, 'namespace')
      : { kind: 'label', id: scoring.key, weight: highest, on: 'namespace', note: 'unknown-namespace' };
    if (onPod && (!onNamespace || onPod.weight >= onNamespace.weight)) contributions.push(onPod);
    else if (onNamespace) contributions.push(onNamespace);
  }
  return contributions;
}

function ofLabel(
  { key, weights }: LabelWeights,
  labels: Readonly<Record<string, string>>,
  on: 'pod' | 'namespace',
): Contribution | undefined {
  const value = Object.entries(labels).find(([name]) => name === key)?.[1];
  if (value === undefined) return undefined;
  if (Object.hasOwn(weights, value)) {
    return { kind: 'label', id: key, weight: weights[value] as number, value, on };
  }
  // A value that nobody listed counts as the highest one listed.
  const highest = Math.max(...Object.values(weights));
  return { kind: 'label', id: key, weight: highest, value, on, note: 'unknown-value' };
}

/** The rules that are true, and those that fail, which count as true. */
export function ofRules(
  policy: RawPolicy,
  pod: PodView,
  namespace: NamespaceFacts | undefined,
  rules: World['rules'],
): readonly Contribution[] {
  const contributions: Contribution[] = [];
  for (const { name, expression, weight, message } of policy.spec.scoring?.rules ?? []) {
    const plain = rules[expression];
    if (!plain) throw new Error(`no plain code stands beside the rule ${expression}`);
    const answer = plain(pod, namespace !== undefined);
    const rule = { kind: 'rule' as const, id: name, weight };
    if (answer === 'error') contributions.push({ ...rule, value: ANY_ERROR, note: 'rule-error' });
    else if (answer) contributions.push(message === undefined ? rule : { ...rule, value: message });
  }
  return contributions;
}

/** The text of an error is the library's business, so no test compares it. */
export const ANY_ERROR = 'an error';
