import { type CompiledPolicy, isOfCluster, type Snapshot } from '../policy/policy.ts';
import { type Isolation, rank } from '../profiles/isolation.ts';
import type { Cel } from '../signals/cel.ts';
import { text } from '../signals/guards.ts';
import { joined, lookUp, selectorCel } from './cel.ts';
import { GUARDED } from './findings.ts';
import type { LabelScorings } from './labels.ts';
import type { LeftOutByNamespace } from './left-out.ts';
import type { Variable } from './object.ts';
import { gather, highest, type Part } from './parts.ts';
import { IS_LEFT_OUT, NAMESPACE_LABELS, OWN_LABELS } from './request.ts';
import { NAMESPACE_FLOOR, STATES } from './required.ts';

/*
What each policy requires, like `assess` and `assessUpdate` of the decision, but without hygiene and rules, which only add to a
score.

A matching policy is one row of numbers, with isolations as their ranks (0 is host-kernel):
  0 weight of labels · 1 minimumIsolation · 2 3 4 least score of ranks 1, 2 and 3 · 5 weight of all its rules
  6 7 8 what its own weights add to the sum over `found`, `before` and `added`
Apart from the row, and evaluated first, is what the policy requires of a Pod in which nothing is found.
*/

/** A score that is never reached. */
const NEVER = 1_000_000;
const RANKS = [1, 2, 3] as const;

/** A policy in CEL. */
export interface PolicyCel {
  /** Undefined where the policy matches every request. */
  readonly matches: Cel | undefined;
  /** The row of numbers. */
  readonly row: Cel;
  /** The rank that the policy requires where nothing is found. */
  readonly least: Cel;
}

/** The namespace's own floor, which is no policy and has no row. */
const NAMESPACE: PolicyCel = { matches: undefined, row: '', least: `(${NAMESPACE_FLOOR})` };

/** `policies`, the rows of those that match, and `least`, the highest rank that they require where nothing is found. */
export function policiesCel(
  { policies, fallback }: Snapshot,
  labels: LabelScorings,
  leftOut: LeftOutByNamespace,
): readonly Variable[] {
  const write = (policy: CompiledPolicy) => policyCel(policy, labels.weightOf(policy));
  const parts = policies
    .filter(({ namespace = '' }) => !leftOut.has(namespace))
    .map((policy): Part<PolicyCel> => ({ namespace: policy.namespace, value: write(policy) }));
  const missing = fallbackCel(policies, write(fallback));
  const all = [
    ...parts,
    ...(missing ? [{ namespace: undefined, value: missing }] : []),
    ...(leftOut.size > 0 ? [{ namespace: undefined, value: STRICTEST }] : []),
  ];
  return [
    ...gather(all, {
      name: 'policies',
      write: ({ matches, row }) => (matches === undefined ? `[${row}]` : `(${matches} ? [${row}] : [])`),
      join: joined,
      none: '[]',
    }),
    ...gather([{ namespace: undefined, value: NAMESPACE }, ...all], {
      name: 'least',
      write: ({ matches, least }) => {
        if (least === '0') return undefined;
        return matches === undefined ? least : `(${matches} ? ${least} : 0)`;
      },
      join: highest,
      none: '0',
    }),
  ];
}

/** The condition under which a policy matches; undefined where it matches every request. */
export function matchCel({ namespace, selectors }: CompiledPolicy): Cel | undefined {
  const tests = [
    namespace === undefined ? undefined : `request.namespace == ${text(namespace)}`,
    selectorCel(selectors.namespace, 'variables.namespaceLabels'),
    selectorCel(selectors.pod, 'variables.labels'),
  ].filter(test => test !== undefined);
  return tests.length === 0 ? undefined : tests.join(' && ');
}

/** @param labels what labels weigh under the policy */
export function policyCel(policy: CompiledPolicy, labels: Cel): PolicyCel {
  const numbers = [
    labels,
    rank(policy.minimumIsolation),
    ...RANKS.map(at => leastScore(policy, at)),
    // The weight includes rules by which only the webhook judges.
    weightOfAll(policy.rules),
  ];
  return {
    matches: matchCel(policy),
    row: `[${numbers.join(', ')}] + ${ownWeights(policy)}`,
    least: leastCel(policy, labels),
  };
}

/** The sum of the weights of rules. */
export const weightOfAll = (rules: CompiledPolicy['rules']): number =>
  rules.reduce((sum, { weight }) => sum + weight, 0);

/**
 * A policy that is in force where no cluster policy is in force that nobody can step out of; undefined where there always is
 * one.
 */
function fallbackCel(policies: readonly CompiledPolicy[], fallback: PolicyCel): PolicyCel | undefined {
  const floors = policies.filter(policy => isOfCluster(policy) && !policy.selectsPods).map(matchCel);
  if (floors.includes(undefined)) return undefined;
  const matches = floors.map(one => `!(${one})`).join(' && ') || undefined;
  return { ...fallback, matches };
}

/** Fails closed: a policy that is not here might match every Pod of its namespace, and require all that it can. */
const STRICTEST: PolicyCel = {
  matches: IS_LEFT_OUT,
  row: `[0, variables.leftOut, ${NEVER}, ${NEVER}, ${NEVER}, 0, 0, 0, 0]`,
  least: 'variables.leftOut',
};

/** The highest rank that a policy can ask for, whatever the Pod. */
export const mostOf = ({ tiers, minimumIsolation }: CompiledPolicy): number =>
  Math.max(rank(minimumIsolation), ...tiers.map(({ isolation }) => rank(isolation)));

/** The least score that asks for this rank or a higher one. */
function leastScore({ tiers }: CompiledPolicy, at: number): number {
  const reaching = tiers.filter(({ isolation }: { readonly isolation: Isolation }) => rank(isolation) >= at);
  return Math.min(NEVER, ...reaching.map(({ atLeast }) => atLeast));
}

/** The rank that is required of a Pod in which nothing is found, and about which no label says anything. */
export const standingOf = (policy: CompiledPolicy): number =>
  Math.max(rank(policy.minimumIsolation), ...RANKS.filter(at => leastScore(policy, at) <= 0));

/** The rank that is required of a Pod in which nothing is found, by the labels and the minimum alone. */
function leastCel(policy: CompiledPolicy, labels: Cel): Cel {
  const unlabelled = String(standingOf(policy));
  if (labels === '0') return unlabelled;
  const reached = rankOf(policy, labels, unlabelled);
  const carried = policy.labels.flatMap(({ key }) =>
    [OWN_LABELS, NAMESPACE_LABELS].map(of => `${text(key)} in ${of}`),
  );
  return `(${carried.join(' || ')} ? ${reached} : ${unlabelled})`;
}

/** The rank that a score reaches under a policy. @param below where it reaches none */
export const rankOf = (policy: CompiledPolicy, score: Cel, below = '0'): Cel =>
  `(${RANKS.map(at => ({ at, least: leastScore(policy, at) }))
    .filter(({ at, least }) => at > Number(below) && least < NEVER)
    .reduce((lower, { at, least }) => `${score} >= ${least} ? ${at} : ${lower}`, below)})`;

/** What the policy's own weights add to those of the signals, or take: to the sums over `found`, `before` and `added`. */
export function ownWeights({ weights }: CompiledPolicy): Cel {
  const own = GUARDED.flatMap(({ id, weight }): [string, Cel][] => {
    const difference = (weights.get(id) ?? weight) - weight;
    return difference === 0 ? [] : [[id, String(difference)]];
  });
  if (own.length === 0) return '[0, 0, 0]';
  return `${STATES}.map(ids, ids.map(id, ${lookUp(own, 'id', '0')}).sum())`;
}
