import type { Assessment, Contribution, Floor } from '../../../src/decision/decision.ts';
import type { NamespaceFacts } from '../../../src/pod/namespace.ts';
import type { PodView } from '../../../src/pod/view.ts';
import type { Finding } from '../../../src/signals/signal.ts';
import { counted, ofLabels, ofRules, ofSignals } from './weigh.ts';
import {
  byText,
  highestOf,
  idOf,
  isNamespaced,
  isWord,
  type RawPolicy,
  signalOf,
  strength,
  type World,
} from './world.ts';

const DEFAULT_TIERS = [
  { atLeast: 30, isolation: 'app-kernel' },
  { atLeast: 70, isolation: 'vm' },
] as const;

/** What is judged under a policy. */
export interface Subject {
  readonly findings: readonly Finding[];
  readonly pod: PodView;
  readonly namespace: NamespaceFacts | undefined;
}

/** What the policy asks for by all of it: content, labels, rules and standing floors. */
export function ofWhole(policy: RawPolicy, subject: Subject, rules: World['rules']): Assessment {
  const { findings, pod, namespace } = subject;
  const others = [...ofLabels(policy, pod, namespace), ...ofRules(policy, pod, namespace, rules)];
  const minimum = policy.spec.minimumIsolation ?? 'host-kernel';
  const standing: Floor[] = [];
  if (minimum !== 'host-kernel') {
    standing.push({ isolation: minimum, because: 'policy', id: idOf(policy) });
  }
  return assessment(policy, findings, others, [...standing, ...ofNamespace(namespace)]);
}

/** What the policy asks for by findings alone, and by rules where they are given. */
export const ofContent = (
  policy: RawPolicy,
  findings: readonly Finding[],
  rules: readonly Contribution[],
): Assessment => assessment(policy, findings, rules, []);

function assessment(
  policy: RawPolicy,
  findings: readonly Finding[],
  others: readonly Contribution[],
  standing: readonly Floor[],
): Assessment {
  const contributions = [...ofSignals(policy, findings), ...others];
  const score = cut(contributions);
  const tierScore = cut(contributions.filter(one => !isHygiene(one)));
  const floors: Floor[] = [];
  for (const id of counted(findings)) {
    const { category } = signalOf(id);
    if (category === 'exposure') floors.push({ isolation: 'app-kernel', because: 'signal', id });
    if (category === 'breakout') floors.push({ isolation: 'vm', because: 'signal', id });
  }
  const { tiers = DEFAULT_TIERS } = policy.spec;
  for (const { atLeast, isolation } of tiers) {
    if (tierScore >= atLeast) floors.push({ isolation, because: 'tier', id: `${atLeast}` });
  }
  floors.push(...standing);
  const required = highestOf(floors.map(({ isolation }) => isolation));
  return { policy: idOf(policy), score, tierScore, required, contributions, floors };
}

const cut = (contributions: readonly Contribution[]): number =>
  Math.min(
    100,
    contributions.reduce((sum, { weight }) => sum + weight, 0),
  );

const isHygiene = ({ kind, id }: Contribution): boolean =>
  kind === 'signal' && signalOf(id).category === 'hygiene';

function ofNamespace(namespace: NamespaceFacts | undefined): readonly Floor[] {
  if (!namespace) return [{ isolation: 'confidential-vm', because: 'namespace', id: 'unknown' }];
  const word = namespace.labels['cofferdam.dev/minimum-isolation'];
  if (word === undefined) return [];
  // The word is invalid, so the strongest isolation is required.
  return [{ isolation: isWord(word) ? word : 'confidential-vm', because: 'namespace', id: word }];
}

/** The highest required isolation governs, then the score, then the name. */
export const strictestFirst = (a: Assessment, b: Assessment): number =>
  strength(b.required) - strength(a.required) || b.score - a.score || byText(a.policy, b.policy);

/** The first of the cluster policies in that order; its list orders the classes, and it accepts degradations. */
export const placingPolicy = (
  policies: readonly RawPolicy[],
  assessments: readonly Assessment[],
): RawPolicy =>
  assessments
    .map(one => policies.find(policy => idOf(policy) === one.policy) as RawPolicy)
    .find(policy => !isNamespaced(policy)) as RawPolicy;
