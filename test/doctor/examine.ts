import { expect } from 'vitest';
import { type Check, runCheck } from '../../src/doctor/check.ts';
import { type ClusterState, type KnownName, type ListName, READERS } from '../../src/doctor/state.ts';
import type { Workload } from '../../src/doctor/workloads.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import type { Snapshot } from '../../src/policy/policy.ts';
import type { CheckResult } from '../../src/report/checkup/checkup.ts';
import { snapshotOf } from '../support/snapshot.ts';

export const NOW = Date.parse('2027-01-01T00:00:00Z');
export const snapshot = snapshotOf();

/** Objects as the API server lists them; a list that is left out holds nothing. */
export type Objects = { readonly [K in ListName]?: readonly object[] } & {
  readonly workloads?: readonly Workload[];
  readonly exemptPods?: readonly Workload[];
};

export function stateOf(objects: Objects, minor = 36): ClusterState {
  const names = Object.keys(READERS) as ListName[];
  const lists = Object.fromEntries(
    names.map(name => [name, { items: READERS[name]((objects[name] ?? []) as readonly KubeObject[]) }]),
  );
  const workloads = { items: objects.workloads ?? [] };
  const exemptPods = { items: objects.exemptPods ?? [] };
  return {
    server: { major: 1, minor, text: `v1.${minor}.0` },
    lists: { ...lists, workloads, exemptPods } as ClusterState['lists'],
  };
}

export const examine = (
  check: Check,
  objects: Objects,
  minor?: number,
  inForce: Snapshot = snapshot,
): CheckResult => {
  const state = stateOf(objects, minor);
  const result = runCheck(check, state, { now: NOW, server: state.server, snapshot: inForce });
  expect(wordsOf(result).filter(text => !isSentence(text))).toEqual([]);
  return result;
};

const wordsOf = ({ remarks }: CheckResult): readonly string[] =>
  remarks.flatMap(({ message, fix }) => (fix === undefined ? [message] : [message, fix]));

/** Whether an operator reads a whole sentence; a command stands alone behind the one that leads to it. */
const isSentence = (text: string): boolean => /^[A-Z\d].*(?:[.?]|: kubectl [^.]+[^:]*)$/.test(text);

/** The mark, and what is said, each with its own mark where that differs. */
export const told = (result: CheckResult): readonly string[] => [
  result.mark,
  ...result.remarks.map(({ mark, message }) => (mark === result.mark ? message : `${mark}: ${message}`)),
];

export const without = (state: ClusterState, name: KnownName, error: string): ClusterState => ({
  ...state,
  lists: { ...state.lists, [name]: { error, forbidden: true } },
});
