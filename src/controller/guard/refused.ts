import { type Guard, NOTHING_REFUSED, type Refused } from '../../guard/guard.ts';
import type { ClusterObject } from '../../guard/left-out.ts';
import { sortRules } from '../../guard/rules.ts';
import { isOfCluster, type Snapshot } from '../../policy/policy.ts';

/*
The API server says only that it refuses the guard, not which policy is at fault. So it is asked about parts of the guard, by
dry-run writes, until what is at fault stands alone.
*/

/** Asks the API server whether it would take a guard. */
export type Takes = (guard: Guard) => Promise<boolean>;

/**
 * How many questions one search asks before the last one, which is whether everything was found. What is not cleared by then
 * counts as refused: a namespace then fails closed, and a rule is left to the webhook, which an author can keep from judging.
 */
const MOST_QUESTIONS = 40;

/** Exemptions and cluster policies that are known to be refused. */
export type RefusedOfCluster = Pick<Refused, 'exemptions' | 'policies'>;

/**
 * The rules, and the policies of namespaces, that have to be left out so that the API server takes the guard.
 * @param make writes the guard without what is refused
 * @param ofCluster what is left out in any case
 * @returns undefined where the API server would refuse even a guard without all of these
 */
export async function findRefused(
  snapshot: Snapshot,
  make: (refused: Refused) => Guard,
  takes: Takes,
  ofCluster: RefusedOfCluster = NOTHING_REFUSED,
): Promise<Refused | undefined> {
  const namespaces = new Set(snapshot.policies.flatMap(({ namespace }) => namespace ?? []));
  // Where an earlier version of a policy stands in for it, that version's rules are among these.
  const rules = rulesOf(make({ ...NOTHING_REFUSED, ...ofCluster }).ofCluster);
  let questions = 0;
  const ask = (refused: Pick<Refused, 'namespaces' | 'rules'>): Promise<boolean> => {
    questions++;
    return takes(make({ ...refused, ...ofCluster }));
  };
  if (!(await ask({ namespaces, rules }))) return undefined;
  const search = searcher(() => questions < MOST_QUESTIONS);
  const badRules = await search([...rules], some => ask({ namespaces, rules: without(rules, some) }));
  const badNamespaces = await search([...namespaces], some =>
    ask({ namespaces: without(namespaces, some), rules }),
  );
  const refused = { namespaces: new Set(badNamespaces), rules: new Set(badRules) };
  const { exemptions, policies } = ofCluster;
  return { ...((await ask(refused)) ? refused : { namespaces, rules }), exemptions, policies };
}

const rulesOf = (policies: Snapshot['policies']): ReadonlySet<string> =>
  new Set(sortRules(policies).inGuard.flatMap(one => one.rules.map(({ expression }) => expression)));

/**
 * The cluster policies and exemptions that make the API server refuse any guard, even one with nothing else in it. There are
 * none where it refuses a guard without any of them, or takes each by itself.
 * @param make writes the guard of some of what there is
 */
export async function findAtFault(
  snapshot: Snapshot,
  make: (some: Snapshot, refused: Refused) => Guard,
  takes: Takes,
): Promise<readonly ClusterObject[]> {
  const refused: Refused = { ...NOTHING_REFUSED, rules: rulesOf(snapshot.policies) };
  const ofCluster = snapshot.policies.filter(isOfCluster);
  const all = [
    ...ofCluster.map(({ name }): ClusterObject => ({ kind: 'ClusterSandboxPolicy', name })),
    ...snapshot.exemptions.map(({ name }): ClusterObject => ({ kind: 'SandboxExemption', name })),
  ];
  const only = (some: readonly ClusterObject[]): Snapshot => {
    const has = (kind: ClusterObject['kind']) => {
      const names = new Set(some.filter(one => one.kind === kind).map(({ name }) => name));
      return ({ name }: { readonly name: string }): boolean => names.has(name);
    };
    return {
      ...snapshot,
      policies: ofCluster.filter(has('ClusterSandboxPolicy')),
      exemptions: snapshot.exemptions.filter(has('SandboxExemption')),
    };
  };
  let questions = 0;
  const takesOnly = (some: readonly ClusterObject[]): Promise<boolean> => {
    questions++;
    return takes(make(only(some), refused));
  };
  if (!(await takesOnly([]))) return [];
  return searcher(() => questions < MOST_QUESTIONS)(all, takesOnly);
}

const without = (all: ReadonlySet<string>, some: readonly string[]): ReadonlySet<string> =>
  new Set([...all].filter(one => !some.includes(one)));

type TakesOnly<T> = (some: readonly T[]) => Promise<boolean>;

/** Finds, by halving a list, which of its items are refused. */
function searcher(mayAsk: () => boolean) {
  return async function search<T>(some: readonly T[], takesOnly: TakesOnly<T>): Promise<readonly T[]> {
    if (some.length === 0) return [];
    if (!mayAsk()) return some;
    if (await takesOnly(some)) return [];
    if (some.length === 1) return some;
    const half = Math.ceil(some.length / 2);
    const first = await search(some.slice(0, half), takesOnly);
    return [...first, ...(await search(some.slice(half), takesOnly))];
  };
}
