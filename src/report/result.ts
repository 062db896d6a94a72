import type { Decision } from '../decision/decision.ts';
import { type Mode, reaches } from '../pod/mode.ts';
import type { Position, Problem } from '../source/document.ts';
import type { Assumptions } from './assumed.ts';
import type { Tense } from './outcome.ts';
import type { Subject } from './subject.ts';

/** One object of a review with what was decided. */
export interface Reviewed extends Subject {
  readonly apiVersion: string;
  /** What a Pod of a cluster belongs to: its workload, or itself. */
  readonly owner?: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  /** Where the object starts. */
  readonly source: Position;
  /** Mode of its namespace: wording alone. */
  readonly mode: Mode;
  readonly decision: Decision;
  /** The API server asks nobody about Pods of its namespace: the verdict is what it would be. */
  readonly outOfScope?: boolean;
  /** Set where a mesh injects a sidecar, and the answer is another with it. */
  readonly injected?: { readonly mesh: string; readonly decision: Decision };
  /** Of a DaemonSet, where nodes are known: how many it goes to, and the names of those that cannot run it. */
  readonly nodes?: { readonly goesTo: number; readonly cannotRun: readonly string[] };
  /** Judged by what an object says of its Pods, which its controller adds to. */
  readonly isFragment?: boolean;
  /** What the rest of the input says of it, a sentence each. */
  readonly beside?: readonly string[];
  /** A Pod's field path as the manifest has it (`spec.template.spec.hostPID`), and its line. */
  locate(podField: string): Place;
}

export interface Place {
  readonly path: string;
  readonly position: Position;
}

/** What a verdict on a part of a Pod is worth, and what no verdict is about. */
export const subjectNotes = ({ isFragment, beside = [] }: Reviewed): string[] => [
  ...(isFragment ? ['judged from a part of a Pod, so at least: what its controller adds is not known'] : []),
  ...beside,
];

/** In the milder modes no class is set. */
export const tenseOf = ({ mode }: Reviewed): Tense => (reaches(mode, 'inject') ? 'is' : 'would be');

/** Everything a report is made of. */
export interface Review {
  /** Of this program. */
  readonly version: string;
  readonly results: readonly Reviewed[];
  /** How many objects that make no Pods, by `apiVersion kind`. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Documents in the folders of a review that are no objects of Kubernetes. */
  readonly unrelated?: number;
  /** Files and folders that were left out because somebody said so. */
  readonly excluded?: number;
  readonly problems: readonly Problem[];
  /** Left out of a review of a cluster, which says all that decides. */
  readonly assumed?: Assumptions;
  /** Set where the objects are the Pods of a cluster. */
  readonly cluster?: ReviewedCluster;
}

export interface ReviewedCluster {
  /** Name of the kubeconfig's context. */
  readonly context: string;
  /** Pods that have ended, which were not judged. */
  readonly finished: number;
  /** What each RuntimeClass says that a sandbox costs besides its containers; only classes that say so. */
  readonly overheads: ReadonlyMap<string, Overhead>;
}

/** `overhead.podFixed` of a RuntimeClass. */
export interface Overhead {
  /** Cores. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
}

/** How text is to look; formats for machines do not ask. */
export interface Style {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
}

export type Format = (review: Review, style: Style) => string;

/** How many of each verdict. */
export function tally(results: readonly Reviewed[]): Record<'total' | Decision['verdict'], number> {
  const counts = { total: results.length, admit: 0, sandbox: 0, reject: 0 };
  for (const { decision } of results) counts[decision.verdict]++;
  return counts;
}
