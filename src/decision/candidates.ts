import { BUILTIN_CANDIDATES, type ClusterView, type RuntimeClassFacts } from '../cluster/view.ts';
import { quantity } from '../kube/quantity.ts';
import type { CompiledPolicy, SandboxChoice } from '../policy/policy.ts';
import { rank } from '../profiles/isolation.ts';
import type { ProfileTable } from '../profiles/profile.ts';

/** A class by name; `facts` is undefined where the cluster has no such class. */
export interface Candidate {
  readonly name: string;
  readonly facts: RuntimeClassFacts | undefined;
}

/** The classes to try, in order, without repeats: the policy's own list, or every sandbox of the view. */
export function candidatesOf(
  policy: CompiledPolicy,
  view: ClusterView,
  profiles: ProfileTable,
): readonly Candidate[] {
  const names = policy.sandboxes
    ? policy.sandboxes.flatMap(choice => namesOf(choice, view, profiles))
    : defaultNames(view, profiles);
  return [...new Set(names)].map(name => ({ name, facts: view.runtimeClass(name) }));
}

/** True when a policy's list includes the class; a policy without a list includes all. */
export function lists(
  policy: CompiledPolicy,
  { name, handler }: RuntimeClassFacts,
  view: ClusterView,
  profiles: ProfileTable,
): boolean {
  if (!policy.sandboxes) return true;
  return policy.sandboxes.some(choice =>
    'runtimeClass' in choice
      ? choice.runtimeClass === name || isSame(choice.runtimeClass, handler, view, profiles)
      : choice.isolation === profiles.forHandler(handler).isolation,
  );
}

/** Like `lists`, for a class whose isolation is not known: a choice by isolation may mean it. */
export const mayList = ({ sandboxes }: CompiledPolicy, name: string): boolean =>
  !sandboxes || sandboxes.some(choice => !('runtimeClass' in choice) || choice.runtimeClass === name);

/** The names of a choice, in order; a name may occur twice. */
function namesOf(choice: SandboxChoice, view: ClusterView, profiles: ProfileTable): readonly string[] {
  if ('runtimeClass' in choice) return namedBy(choice.runtimeClass, view, profiles);
  const names = ranked(view, profiles)
    .filter(({ handler }) => profiles.forHandler(handler).isolation === choice.isolation)
    .map(({ name }) => name);
  if (!view.builtin) return names;
  // The classes that a cluster is most likely to have come before those of other platforms.
  return [...names.filter(name => BUILTIN_CANDIDATES.includes(name)), ...names];
}

/** The runtimes that are what the class of this name is, where a Docker daemon has none of that name. */
function namedBy(name: string, view: ClusterView, profiles: ProfileTable): readonly string[] {
  if (!view.docker || view.runtimeClasses().some(one => one.name === name)) return [name];
  const same = ranked(view, profiles).filter(({ handler }) => isSame(name, handler, view, profiles));
  return same.length > 0 ? same.map(one => one.name) : [name];
}

/**
 * Whether a runtime of a Docker daemon is, by its profile, what a class of a cluster is. For Kata, Docker does not show the
 * VMM, so such a runtime is never known to be the same as a class that names one.
 */
function isSame(
  className: string,
  handler: string,
  { docker }: ClusterView,
  profiles: ProfileTable,
): boolean {
  const meant = docker?.handlerOfClass?.(className);
  if (meant === undefined) return false;
  const { id, isolation } = profiles.forHandler(meant);
  return isolation !== 'host-kernel' && id === profiles.forHandler(handler).id;
}

const defaultNames = (view: ClusterView, profiles: ProfileTable): readonly string[] =>
  view.builtin ? BUILTIN_CANDIDATES : ranked(view, profiles).map(({ name }) => name);

/** The order only changes with classes or profiles, and both are swapped as a whole. */
const memo = new WeakMap<readonly RuntimeClassFacts[], WeakMap<ProfileTable, readonly RuntimeClassFacts[]>>();

/** Every class that is a sandbox: by isolation, then overhead, then name. */
function ranked(view: ClusterView, profiles: ProfileTable): readonly RuntimeClassFacts[] {
  const classes = view.runtimeClasses();
  let byProfiles = memo.get(classes);
  if (!byProfiles) {
    byProfiles = new WeakMap();
    memo.set(classes, byProfiles);
  }
  let sorted = byProfiles.get(profiles);
  if (!sorted) {
    sorted = sortClasses(classes, profiles);
    byProfiles.set(profiles, sorted);
  }
  return sorted;
}

function sortClasses(
  classes: readonly RuntimeClassFacts[],
  profiles: ProfileTable,
): readonly RuntimeClassFacts[] {
  return classes
    .map(facts => ({
      facts,
      rank: rank(profiles.forHandler(facts.handler).isolation),
      memory: quantity(facts.overhead?.memory),
      cpu: quantity(facts.overhead?.cpu),
    }))
    .filter(entry => entry.rank > 0)
    .sort(
      (a, b) =>
        a.rank - b.rank || a.memory - b.memory || a.cpu - b.cpu || (a.facts.name < b.facts.name ? -1 : 1),
    )
    .map(({ facts }) => facts);
}
