import { MINIMUM_ISOLATION_LABEL } from '../pod/labels.ts';
import type { CompiledPolicy, LabelScoring, Snapshot } from '../policy/policy.ts';
import { ISOLATIONS, type Isolation, rank } from '../profiles/isolation.ts';
import { text, texts } from '../signals/guards.ts';
import type { Cel } from '../signals/signal.ts';
import { joined, lookUp, selectorCel } from './cel.ts';
import { GUARDED } from './findings.ts';
import type { Variable } from './object.ts';

/*
What each policy requires, as `assess` and `assessUpdate` of the decision have it, without hygiene and rules: both only
add to a score.

A matching policy is one row of numbers, isolations as their rank (0 is host-kernel):
  0 weight of labels · 1 minimumIsolation · 2 3 4 least score of ranks 1, 2 and 3
  5 6 7 what its own weights add to the sum over `found`, `before` and `added`
*/

/** No score reaches it. */
const NEVER = 1_000_000;
const RANKS = [1, 2, 3] as const;

const LOWER = GUARDED.filter(({ category }) => category === 'exposure').map(({ id }) => id);
const WEIGHTS = GUARDED.map(({ id, weight }) => [id, String(weight)] as const);

/** The sums and floors over `found`, `before` and `added`, in this order. */
const STATES = '[variables.found, variables.before, variables.added]';
const SUMS: Cel = `${STATES}.map(ids, ids.map(id, ${lookUp(WEIGHTS, 'id', '0')}).sum())`;
/** Whatever the weights say: an exposure needs an application kernel, a breakout a VM. */
const FLOORS: Cel = `${STATES}.map(ids, size(ids) == 0 ? ${rank('host-kernel')} : ids.all(id, id in ${texts(LOWER)}) ? ${rank('app-kernel')} : ${rank('vm')})`;

const NAMESPACE_FLOOR: Cel = `${text(MINIMUM_ISOLATION_LABEL)} in variables.namespaceLabels ? ${lookUp(
  ISOLATIONS.map(one => [one, String(rank(one))] as const),
  `variables.namespaceLabels[${text(MINIMUM_ISOLATION_LABEL)}]`,
  // Fails closed: a word that is not one of the four counts as the strongest.
  String(rank('confidential-vm')),
)} : 0`;

/** Rank that a score reaches under the row `p`. */
const reached = (state: 0 | 1 | 2, labels: Cel): Cel =>
  `size([p[2], p[3], p[4]].filter(t, variables.sums[${state}] + p[${5 + state}] + ${labels} >= t))`;

const WHOLE: Cel = `[variables.floors[0], variables.namespaceFloor, p[1], ${reached(0, 'p[0]')}].max()`;
/** Without labels and standing floors. */
const content = (state: 1 | 2): Cel => `[variables.floors[${state}], ${reached(state, '0')}].max()`;

const REQUIRED: readonly Variable[] = [
  { name: 'sums', expression: SUMS },
  { name: 'floors', expression: FLOORS },
  { name: 'namespaceFloor', expression: NAMESPACE_FLOOR },
  {
    name: 'assessed',
    expression: `variables.policies.map(p, [${WHOLE}, variables.update ? ${content(1)} : 0, variables.update ? ${content(2)} : 0])`,
  },
  {
    // An update: what it adds, or the whole where that is above what the stored Pod's content needed.
    name: 'required',
    expression: `!variables.update ? variables.assessed.map(r, r[0]).max() : size(variables.added) == 0 ? 0 : variables.assessed.map(r, r[0] > r[1] && r[0] > r[2] ? r[0] : r[2]).max()`,
  },
];

/** The policies of a snapshot as variables; `required` is the rank that the request needs. */
export function policiesCel({ policies, fallback }: Snapshot): readonly Variable[] {
  const scorings = new Map<string, { readonly name: string; readonly scoring: LabelScoring }>();
  for (const scoring of [...policies, fallback].flatMap(({ labels }) => labels)) {
    const key = keyOf(scoring);
    if (!scorings.has(key)) scorings.set(key, { name: `label${scorings.size}`, scoring });
  }
  const labelsOf = (policy: CompiledPolicy): Cel =>
    policy.labels.map(scoring => `variables.${scorings.get(keyOf(scoring))?.name}`).join(' + ') || '0';
  const named = policies.map((policy, i) => ({ policy, name: `policy${i}` }));
  const floors = named.filter(({ policy }) => policy.namespace === undefined && !policy.selectsPods);
  const always = floors.some(({ policy }) => matchCel(policy) === undefined);
  const rows: Variable[] = named.map(({ policy, name }) => ({
    name,
    expression: rowOf(policy, matchCel(policy), labelsOf(policy)),
  }));
  if (!always) {
    const none = floors.map(({ name }) => `size(variables.${name}) == 0`).join(' && ') || undefined;
    rows.push({ name: 'fallback', expression: rowOf(fallback, none, labelsOf(fallback)) });
  }
  return [
    ...Array.from(scorings.values(), ({ name, scoring }) => ({ name, expression: labelCel(scoring) })),
    ...rows,
    { name: 'policies', expression: joined(rows.map(({ name }) => `variables.${name}`)) },
    ...REQUIRED,
  ];
}

const keyOf = ({ key, weights }: LabelScoring): string => JSON.stringify([key, ...weights]);

/** Undefined where it matches every request. */
function matchCel({ namespace, selectors }: CompiledPolicy): Cel | undefined {
  const tests = [
    namespace === undefined ? undefined : `request.namespace == ${text(namespace)}`,
    selectorCel(selectors.namespace, 'variables.namespaceLabels'),
    selectorCel(selectors.pod, 'variables.labels'),
  ].filter(test => test !== undefined);
  return tests.length === 0 ? undefined : tests.join(' && ');
}

/** Pod and namespace labels combine by the highest, and a value that nobody listed counts as the highest listed. */
function labelCel({ key, weights, highest }: LabelScoring): Cel {
  const listed = [...weights].map(([value, weight]) => [value, String(weight)] as const);
  const weight = lookUp(listed, `l[${text(key)}]`, String(highest));
  return `[variables.labels, variables.namespaceLabels].map(l, ${text(key)} in l ? ${weight} : 0).max()`;
}

function rowOf(policy: CompiledPolicy, matches: Cel | undefined, labels: Cel): Cel {
  const numbers = [labels, String(rank(policy.minimumIsolation)), ...RANKS.map(at => leastScore(policy, at))];
  const row = `[[${numbers.join(', ')}] + ${ownWeights(policy)}]`;
  return matches === undefined ? row : `${matches} ? ${row} : []`;
}

/** The least score that asks for this rank or a higher one. */
function leastScore({ tiers }: CompiledPolicy, at: number): string {
  const reaching = tiers.filter(({ isolation }: { readonly isolation: Isolation }) => rank(isolation) >= at);
  return String(Math.min(NEVER, ...reaching.map(({ atLeast }) => atLeast)));
}

/** What the policy's own weights add to those of the signals, or take. */
function ownWeights({ weights }: CompiledPolicy): Cel {
  const own = GUARDED.flatMap(({ id, weight }): [string, Cel][] => {
    const difference = (weights.get(id) ?? weight) - weight;
    return difference === 0 ? [] : [[id, String(difference)]];
  });
  if (own.length === 0) return '[0, 0, 0]';
  return `${STATES}.map(ids, ids.map(id, ${lookUp(own, 'id', '0')}).sum())`;
}
