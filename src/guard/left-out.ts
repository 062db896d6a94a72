import type { Variable } from './object.ts';
import { byNamespace, highest } from './parts.ts';

/**
 * Why a namespace's own policies are not in the guard: they exceed its share, there is no room in all, or the API server
 * refused them.
 */
export type Because = 'share' | 'room' | 'refused';

/** A namespace whose own policies are not in the guard. */
export interface LeftOut {
  /** The highest rank of isolation that they can require: each Pod there then needs it. */
  readonly most: number;
  readonly because: Because;
  /** How many bytes they would take. */
  readonly bytes: number;
}
export type LeftOutByNamespace = ReadonlyMap<string, LeftOut>;

/** A cluster policy or an exemption. */
export interface ClusterObject {
  readonly kind: 'ClusterSandboxPolicy' | 'SandboxExemption';
  readonly name: string;
}

/** An exemption that is not in the guard, or a cluster policy that is not in it as it is today. */
export interface ClusterLeftOut extends ClusterObject {
  readonly because: Exclude<Because, 'share'>;
  /** For a policy: whether its earlier version is in the guard; a new policy is not in it at all. */
  readonly hasEarlier?: boolean;
}

/** `leftOut`: the rank that each Pod of the request's namespace needs because the namespace's policies are not here, or -1. */
export const leftOutCel = (leftOut: LeftOutByNamespace): readonly Variable[] =>
  byNamespace(
    Array.from(leftOut, ([namespace, { most }]) => [namespace, String(most)]),
    { name: 'leftOut', join: highest, none: '-1' },
  );
