import type { OnEachNode } from '../decision/daemon-set.ts';
import type { Decision } from '../decision/decision.ts';
import type { Degradation } from '../decision/degraded.ts';
import type { Assumed } from '../input/assumed.ts';
import type { Mode } from '../pod/mode.ts';
import type { Isolation } from '../profiles/isolation.ts';
import type { Position, Problem } from '../source/document.ts';
import type { Gone, Since } from './since.ts';
import type { Subject } from './subject.ts';

/** One object of a review with its decision. */
export interface Reviewed extends Subject {
  readonly apiVersion: string;
  /** The owner of a Pod in a cluster: its workload, or itself. */
  readonly owner?: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  /** Judged by its template, of which none of its Pods was made. */
  readonly isNext?: true;
  /** Where the object starts. */
  readonly source: Position;
  /** The mode of its namespace, which only affects wording. */
  readonly mode: Mode;
  readonly decision: Decision;
  /** What works differently under the chosen class, and why; left out where nobody looked it up. */
  readonly degraded?: readonly Degradation[];
  /** What is new since the baseline; left out where there is none, and for an admitted object. */
  readonly since?: Since;
  /** True if the API server asks nobody about Pods of its namespace, so that the verdict is only what it would be. */
  readonly outOfScope?: boolean;
  /** Set where a mesh injects a sidecar that changes the answer. */
  readonly injected?: { readonly mesh: string; readonly decision: Decision };
  /** How many nodes a DaemonSet goes to, where they are known, and what happens to it on some of them. */
  readonly nodes?: OnEachNode & { readonly goesTo: number };
  /** True if it stays on the host kernel and none of the known nodes can take it; for a class, its placement says so. */
  readonly nodeless?: true;
  /** True if it was judged by what an object says of its Pods, to which its controller adds. */
  readonly isFragment?: boolean;
  /** True if an exemption would have to name an image that the manifest leaves open. */
  readonly isImageOpen?: true;
  /** What the rest of the input says about it, one sentence each. */
  readonly beside?: readonly string[];
  /** The path of a Pod's field in the manifest (`spec.template.spec.hostPID`), and its line. */
  locate(podField: string): Place;
}

export interface Place {
  readonly path: string;
  readonly position: Position;
}

/** What a review assumed, and what rests on that. */
export interface Assumptions extends Assumed {
  /** Objects whose verdicts another cluster could change; left out where nobody asked for them. */
  readonly decisive?: readonly string[];
  /** The settings that were taken from a repository; left out where there are none. */
  readonly settings?: SettingsTaken;
}

/** Settings of a repository that no flag overrode. */
export interface SettingsTaken {
  readonly file: string;
  /** The values by their keys, as in the file. */
  readonly values: object;
}

/** Everything that a report is made from. */
export interface Review {
  /** The version of this program. */
  readonly version: string;
  readonly results: readonly Reviewed[];
  /** How many objects that make no Pods, by `apiVersion kind`. */
  readonly skipped: ReadonlyMap<string, number>;
  /** How many documents in the folders of a review are no objects of Kubernetes. */
  readonly unrelated?: number;
  /** How many files and folders were excluded. */
  readonly excluded?: number;
  /** How many links to folders elsewhere were not followed. */
  readonly linked?: number;
  readonly problems: readonly Problem[];
  /** What was assumed; left out for a review of a cluster, where everything that decides is known. */
  readonly assumed?: Assumptions;
  /** The verdicts and outcomes that are listed; all of them where this is left out. */
  readonly only?: readonly string[];
  /** The baseline for the results; only what is new or worse is then listed. */
  readonly baseline?: { readonly file: string; readonly gone: readonly Gone[] };
  /** Remarks on what the manifests were judged by, which affect no verdict. */
  readonly notes?: readonly ReviewNote[];
  /** The words of a command that explains one result; undefined where no command does. */
  readonly explaining?: (result: Reviewed) => readonly string[] | undefined;
  /** Set where the objects are the Pods of a cluster. */
  readonly cluster?: ReviewedCluster;
  /** The tiers of the policies in force, ascending, by the names that assessments use; left out where nobody looked them up. */
  readonly tiers?: ReadonlyMap<string, readonly PolicyTier[]>;
}

/** The score from which on a policy asks for an isolation. */
export interface PolicyTier {
  /** 0 to 100, without hygiene. */
  readonly atLeast: number;
  readonly isolation: Isolation;
}

/** Like a Problem, but nothing is wrong. */
export type ReviewNote = Omit<Problem, 'severity' | 'path' | 'excerpt' | 'leftOut'> & {
  readonly fix: string;
};

/** Which cluster it is about. */
export interface ClusterPlace {
  /** The name of the kubeconfig's context. */
  readonly context: string;
  /** The file of the snapshot, if it is about one. */
  readonly file?: string;
}

export interface ReviewedCluster extends ClusterPlace {
  /** How many Pods had ended, and were not judged. */
  readonly finished: number;
  /** What a sandbox costs besides its containers, by RuntimeClass; only classes that say it. */
  readonly overheads: ReadonlyMap<string, Overhead>;
}

/** `overhead.podFixed` of a RuntimeClass. */
export interface Overhead {
  /** CPU in cores. */
  readonly cpu: number;
  /** Memory in bytes. */
  readonly memory: number;
}

/** The style of text, which formats for machines ignore. */
export interface Style {
  readonly color: boolean;
  /** The width in columns. */
  readonly width: number;
}

/** A format. Some load the libraries that only they need. */
export type Format = (review: Review, style: Style) => string | Promise<string>;

/** How many of each verdict. */
export function tally(results: readonly Reviewed[]): Record<'total' | Decision['verdict'], number> {
  const counts = { total: results.length, admit: 0, sandbox: 0, reject: 0 };
  for (const { decision } of results) counts[decision.verdict]++;
  return counts;
}
