import { type CompiledPolicy, isOfCluster, type Snapshot } from '../policy/policy.ts';
import { labelScorings } from './labels.ts';
import type { ClusterLeftOut } from './left-out.ts';
import { bytesOf } from './share.ts';
import { type ClusterPart, GuardTooLarge } from './too-large.ts';

/*
Cluster policies and exemptions have a part of the guard together. Where they exceed it, or the API server refuses one of them,
only those at fault are left out, and the guard is never looser than it was: without an exemption it is stricter, and a policy
stays in it as it was written last. So the guard keeps following all others, above all the deletion of an exemption.
*/

/** Cluster policies by name, as the guard that was written last has them. */
export type WrittenPolicies = ReadonlyMap<string, CompiledPolicy>;

interface AtFault {
  /** Names of the exemptions and cluster policies that the API server refused. */
  readonly exemptions: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
}

export interface Fitted<T> {
  /** What goes into the guard; it includes the policies of all namespaces. */
  readonly snapshot: Snapshot;
  readonly leftOut: readonly ClusterLeftOut[];
  readonly made: T;
}

/**
 * The cluster policies and exemptions that fit into the guard.
 * @param written undefined where it is not known, so that no policy can be left out
 * @param make makes the guard of these policies and exemptions of the cluster; throws GuardTooLarge
 * @throws GuardTooLarge where not even leaving out all that may be left out helps
 */
export function fitCluster<T>(
  snapshot: Snapshot,
  refused: AtFault,
  written: WrittenPolicies | undefined,
  make: (some: Snapshot) => T,
): Fitted<T> {
  const standIns: WrittenPolicies = written ?? new Map();
  const exemptionsOut = new Set(refused.exemptions);
  // Where it is not known what would stand in for a policy, the policy is not left out, as the guard would be looser.
  const policiesOut = new Set(written ? refused.policies : []);
  const some = (): Snapshot => ({
    ...snapshot,
    policies: snapshot.policies.flatMap(policy => {
      if (!isOfCluster(policy) || !policiesOut.has(policy.name)) return [policy];
      return standIns.get(policy.name) ?? [];
    }),
    exemptions: snapshot.exemptions.filter(({ name }) => !exemptionsOut.has(name)),
  });
  const shrunk = (): T => {
    // Policies that are too large by themselves would push out every exemption.
    shrink(
      () => make({ ...some(), exemptions: [] }),
      parts => grownOf(parts, snapshot, written),
      policiesOut,
    );
    return shrink(
      () => make(some()),
      parts => parts.filter(({ kind }) => kind === 'SandboxExemption'),
      exemptionsOut,
    );
  };
  const whole = madeOrTooLarge(() => make(some()));
  const made = whole instanceof GuardTooLarge ? shrunk() : whole;
  return {
    made,
    snapshot: some(),
    leftOut: [
      ...leftOutOf(
        'ClusterSandboxPolicy',
        snapshot.policies.filter(isOfCluster),
        policiesOut,
        refused.policies,
      ).map(one => ({ ...one, hasEarlier: standIns.has(one.name) })),
      ...leftOutOf('SandboxExemption', snapshot.exemptions, exemptionsOut, refused.exemptions),
    ],
  };
}

function madeOrTooLarge<T>(make: () => T): T | GuardTooLarge {
  try {
    return make();
  } catch (error) {
    if (error instanceof GuardTooLarge) return error;
    throw error;
  }
}

/**
 * Leaves out the largest ones until the rest fits, at least twice as many in each round, as making a guard takes long.
 * @param candidates those of the parts that may be left out
 * @throws GuardTooLarge
 */
function shrink<T>(
  make: () => T,
  candidates: (parts: readonly ClusterPart[]) => readonly ClusterPart[],
  out: Set<string>,
): T {
  for (let fewest = 1; ; fewest *= 2) {
    const made = madeOrTooLarge(make);
    if (!(made instanceof GuardTooLarge)) return made;
    const left = candidates(made.parts).filter(({ name }) => !out.has(name));
    if (left.length === 0) throw made;
    // The size of each is known only roughly, so it is compared by the share of the whole that is too much.
    const all = made.parts.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const name of largestOf(left, made.excess * all, fewest)) out.add(name);
  }
}

/**
 * Names of the largest parts, as many as take this much together, but no fewer than `fewest`; of two of the same size, the
 * first.
 */
function largestOf(parts: readonly ClusterPart[], excess: number, fewest: number): readonly string[] {
  const names: string[] = [];
  let taken = 0;
  for (const { name, bytes } of parts.toSorted((a, b) => b.bytes - a.bytes)) {
    if (names.length >= fewest && taken >= excess) break;
    names.push(name);
    taken += bytes;
  }
  return names;
}

/** Policies that are larger than when they were last written, and by how much. */
function grownOf(
  parts: readonly ClusterPart[],
  { fallback }: Snapshot,
  written: WrittenPolicies | undefined,
): readonly ClusterPart[] {
  if (!written) return [];
  const labels = labelScorings([...written.values(), fallback]);
  return parts
    .filter(({ kind }) => kind === 'ClusterSandboxPolicy')
    .map(part => {
      const before = written.get(part.name);
      return { ...part, bytes: part.bytes - (before ? bytesOf(before, labels) : 0) };
    })
    .filter(({ bytes }) => bytes > 0);
}

const leftOutOf = (
  kind: ClusterLeftOut['kind'],
  all: readonly { readonly name: string }[],
  out: ReadonlySet<string>,
  refused: ReadonlySet<string>,
): readonly ClusterLeftOut[] =>
  all
    .filter(({ name }) => out.has(name))
    .map(({ name }) => ({ kind, name, because: refused.has(name) ? 'refused' : 'room' }));
