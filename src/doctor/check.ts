import { RESOURCES } from '../kube/resources.ts';
import type { ServerVersion } from '../kube/version.ts';
import type { Snapshot } from '../policy/policy.ts';
import { type CheckResult, MARKS, type Mark, type Remark } from '../report/checkup/checkup.ts';
import { sentence } from '../source/text.ts';
import type { ClusterState, Known, KnownName } from './state.ts';

/** What a check may use besides the lists that it reads. */
export interface Context {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly server: ServerVersion;
  /** Policies and profiles in force. */
  readonly snapshot: Snapshot;
}

export interface CheckOutcome {
  /** What was seen, as a phrase. */
  readonly seen?: string;
  readonly remarks: readonly Remark[];
  /** Set where there is nothing to check, which makes the result a note instead of fine. */
  readonly idle?: true;
}

export interface Check {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly reads: readonly KnownName[];
  readonly run: (known: Known, context: Context) => CheckOutcome;
}

/** Makes a check that can only see the lists that it names. */
export const defineCheck = <K extends KnownName>(
  check: Omit<Check, 'reads' | 'run'> & {
    readonly reads: readonly K[];
    readonly run: (known: Pick<Known, K>, context: Context) => CheckOutcome;
  },
): Check => check;

/** Runs a check. Pure. A check whose lists could not be read says so, and is a warning: nothing is known to be wrong. */
export function runCheck(check: Check, state: ClusterState, context: Context): CheckResult {
  const { id, group, title, reads, run } = check;
  const missing = reads.flatMap(name => unread(name, state));
  const { seen, remarks, idle }: CheckOutcome =
    missing.length > 0 ? { remarks: missing } : run(knownOf(state), context);
  const mark = idle ? 'note' : worst(remarks);
  return { id, group, title, mark, ...(seen !== undefined && { seen }), remarks };
}

function unread(name: KnownName, { lists }: ClusterState): readonly Remark[] {
  const listed = lists[name];
  if (listed && 'items' in listed) return [];
  const resource = RESOURCES[name === 'workloads' || name === 'exemptPods' ? 'pods' : name].name;
  return [
    {
      mark: 'warning',
      message: sentence(
        `This was not checked, because ${resource} could not be listed: ${listed?.error ?? 'they were not asked for'}`,
      ),
      ...(listed?.forbidden && { fix: `Run doctor as a user who may list ${resource}.` }),
    },
  ];
}

/** Every list that was read; `defineCheck` shows a check only those that it names. */
const knownOf = ({ lists }: ClusterState): Known =>
  Object.fromEntries(
    Object.entries(lists).flatMap(([name, listed]) => ('items' in listed ? [[name, listed.items]] : [])),
  ) as unknown as Known;

const worst = (remarks: readonly Remark[]): Mark =>
  MARKS[Math.max(0, ...remarks.map(({ mark }) => MARKS.indexOf(mark)))] ?? 'ok';

export const failure = (message: string, fix: string): Remark => ({ mark: 'failure', message, fix });
export const warning = (message: string, fix: string): Remark => ({ mark: 'warning', message, fix });
export const note = (message: string, fix?: string): Remark => ({
  mark: 'note',
  message,
  ...(fix !== undefined && { fix }),
});
export const idle = (seen: string): CheckOutcome => ({ seen, remarks: [], idle: true });
