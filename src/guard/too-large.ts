import { isOfCluster, type Snapshot } from '../policy/policy.ts';
import { exemptionSizes } from './exemptions.ts';
import type { LabelScorings } from './labels.ts';
import type { ClusterObject } from './left-out.ts';
import type { AdmissionPolicy } from './object.ts';
import { bytesOf } from './share.ts';

/** Roughly how many bytes of the guard it takes. */
export interface ClusterPart extends ClusterObject {
  readonly bytes: number;
}

/** How many are named: the reader looks for what to make smaller. */
const MOST_NAMED = 5;

/** Cluster policies and exemptions alone are more than the API server would accept or evaluate. */
export class GuardTooLarge extends Error {
  override readonly name = 'GuardTooLarge';
  /** What is too large, in words. */
  readonly what: string;
  /** The fraction of itself by which it exceeds the limit. */
  readonly excess: number;
  /** The cluster policies and exemptions that it consists of. */
  readonly parts: readonly ClusterPart[];
  /** Those that take up most of it, the largest first. */
  readonly largest: readonly ClusterPart[];

  constructor(
    what: string,
    [size, most]: readonly [size: number, most: number],
    parts: readonly ClusterPart[] = [],
  ) {
    const largest = parts.toSorted((a, b) => b.bytes - a.bytes).slice(0, MOST_NAMED);
    const named = largest.map(({ kind, name, bytes }) => `${kind} ${name} (about ${bytes} bytes)`);
    super(named.length === 0 ? what : `${what}; most of it is of ${named.join(', ')}`);
    this.what = what;
    this.excess = 1 - most / size;
    this.parts = parts;
    this.largest = largest;
  }
}

/** The cluster's own parts of a guard. */
export interface ClusterGround {
  readonly snapshot: Snapshot;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly labels: LabelScorings;
}

/**
 * How much of the guard each cluster policy and exemption takes.
 * @param variable counts only this one, where any has a part in it
 */
export function clusterParts(
  { snapshot, now, labels }: ClusterGround,
  variable?: string,
): readonly ClusterPart[] {
  const exemptions = Array.from(
    exemptionSizes(snapshot.exemptions, now, variable),
    ([name, bytes]): ClusterPart => ({ kind: 'SandboxExemption', name, bytes }),
  );
  if (variable !== undefined && exemptions.length > 0) return exemptions;
  const policies = snapshot.policies.filter(isOfCluster).map(
    (policy): ClusterPart => ({
      kind: 'ClusterSandboxPolicy',
      name: policy.name,
      bytes: bytesOf(policy, labels),
    }),
  );
  return [...policies, ...exemptions];
}

/** cel-go parses no expression that is longer (`expressionSizeCodePointLimit`). */
const MAX_EXPRESSION = 100_000;

/**
 * Policies of a namespace cannot cause this, as they are in variables of their own.
 * @throws GuardTooLarge where the API server would not parse one of the variables
 */
export function refuseLongVariable({ spec }: AdmissionPolicy, ground: ClusterGround): void {
  const { name, expression } = (spec.variables ?? []).reduce((a, b) =>
    b.expression.length > a.expression.length ? b : a,
  );
  if (expression.length <= MAX_EXPRESSION) return;
  const what = `one expression of the guard would be ${expression.length} characters, of ${MAX_EXPRESSION} at most`;
  throw new GuardTooLarge(what, [expression.length, MAX_EXPRESSION], clusterParts(ground, name));
}
