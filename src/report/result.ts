import type { OnEachNode } from '../decision/daemon-set.ts';
import type { Decision } from '../decision/decision.ts';
import type { Degradation } from '../decision/degraded.ts';
import type { Assumed } from '../input/assumed.ts';
import type { Mode } from '../pod/mode.ts';
import type { Isolation } from '../profiles/isolation.ts';
import type { Position, Problem } from '../source/document.ts';
import type { Gone, Since } from './since.ts';
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
  /** What works differently under the class that was chosen, and why; left out where nobody looked it up. */
  readonly degraded?: readonly Degradation[];
  /** What is new since the baseline; left out where there is none, and of what is admitted. */
  readonly since?: Since;
  /** The API server asks nobody about Pods of its namespace: the verdict is what it would be. */
  readonly outOfScope?: boolean;
  /** Set where a mesh injects a sidecar, and the answer is another with it. */
  readonly injected?: { readonly mesh: string; readonly decision: Decision };
  /** How many nodes a DaemonSet goes to, where they are known, and what becomes of it on some of them. */
  readonly nodes?: OnEachNode & { readonly goesTo: number };
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

/** What a review took for granted, and what of it rests on that. */
export interface Assumptions extends Assumed {
  /** Objects whose verdicts another cluster could change; left out where nobody asked. */
  readonly decisive?: readonly string[];
  /** What was taken from a repository's settings; left out where there are none. */
  readonly settings?: SettingsTaken;
}

/** Settings of a repository that no flag overrode. */
export interface SettingsTaken {
  readonly file: string;
  /** The values by their keys, as the file has them. */
  readonly values: object;
}

/** Everything a report is made of. */
export interface Review {
  /** The version of this program. */
  readonly version: string;
  readonly results: readonly Reviewed[];
  /** How many objects that make no Pods, by `apiVersion kind`. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Documents in the folders of a review that are no objects of Kubernetes. */
  readonly unrelated?: number;
  /** Files and folders that were left out because somebody said so. */
  readonly excluded?: number;
  /** Links to folders outside those that were named, which are not followed. */
  readonly linked?: number;
  readonly problems: readonly Problem[];
  /** What was assumed; left out of a review of a cluster, which says all that decides. */
  readonly assumed?: Assumptions;
  /** Verdicts and outcomes that are listed; all where it is left out. */
  readonly only?: readonly string[];
  /** What results are held against; then only what is new or worse is listed. */
  readonly baseline?: { readonly file: string; readonly gone: readonly Gone[] };
  /** What is worth knowing of what the manifests were judged by; no verdict goes by it. */
  readonly notes?: readonly ReviewNote[];
  /** The words of a command that explains one result alike; undefined where there is none that would. */
  readonly explaining?: (result: Reviewed) => readonly string[] | undefined;
  /** Set where the objects are the Pods of a cluster. */
  readonly cluster?: ReviewedCluster;
  /** The tiers of the policies in force, ascending, by the names that assessments have; left out where nobody looked. */
  readonly tiers?: ReadonlyMap<string, readonly PolicyTier[]>;
}

/** A policy asks for an isolation from some score on. */
export interface PolicyTier {
  /** 0 to 100, hygiene left out. */
  readonly atLeast: number;
  readonly isolation: Isolation;
}

/** Like a Problem, but nothing is wrong. */
export type ReviewNote = Omit<Problem, 'severity' | 'path' | 'excerpt' | 'leftOut'> & {
  readonly fix: string;
};

/** Which cluster it is of. */
export interface ClusterPlace {
  /** Name of the kubeconfig's context. */
  readonly context: string;
  /** The file that it was saved to, where it is of a snapshot. */
  readonly file?: string;
}

export interface ReviewedCluster extends ClusterPlace {
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

/** Some load what they alone need when they are asked for. */
export type Format = (review: Review, style: Style) => string | Promise<string>;

/** How many of each verdict. */
export function tally(results: readonly Reviewed[]): Record<'total' | Decision['verdict'], number> {
  const counts = { total: results.length, admit: 0, sandbox: 0, reject: 0 };
  for (const { decision } of results) counts[decision.verdict]++;
  return counts;
}
