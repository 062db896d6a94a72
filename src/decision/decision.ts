import type { Pod } from '../pod/kube.ts';
import type { NamespaceFacts } from '../pod/namespace.ts';
import type { Isolation } from '../profiles/isolation.ts';
import type { Excess } from '../signals/bounds.ts';
import type { Finding, SignalId } from '../signals/signal.ts';
import type { Unvouched } from './unvouched.ts';

/** The verdicts, the mildest first. */
export const VERDICTS = ['admit', 'sandbox', 'reject'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface UserInfo {
  readonly username: string;
  readonly groups: readonly string[];
}

/** What is decided on: an admission request, or a manifest dressed as one. */
export interface DecisionRequest {
  /** CREATE or UPDATE; anything else is admitted unseen. */
  readonly operation: string;
  /** `ephemeralcontainers`, `resize`, …; empty for the Pod itself. An unknown one is judged. */
  readonly subresource: string;
  readonly userInfo: UserInfo;
  readonly pod: Pod;
  /**
   * Whether the Pod is as a manifest has it: an API server will fill in what is left open, and rules read the Pod as filled in.
   */
  readonly isWritten?: boolean;
  readonly oldPod?: Pod | undefined;
  /** The request's namespace; the object's own may be empty. */
  readonly namespaceName: string;
  /** Undefined when it could not be looked up: the decision then fails closed. */
  readonly namespace: NamespaceFacts | undefined;
}

/** One thing that adds to the score. */
export interface Contribution {
  readonly kind: 'signal' | 'label' | 'rule';
  /** The signal id, label key, or rule name. */
  readonly id: string;
  /** The weight that it added, after the cap on hygiene. */
  readonly weight: number;
  /** A label's value and its place; a rule's message, or the error that made it count. */
  readonly value?: string;
  readonly on?: 'pod' | 'service' | 'namespace';
  /** `unknown-value`: counted as the highest listed. `rule-error`: could not be evaluated, counted as matched. */
  readonly note?: 'unknown-value' | 'unknown-namespace' | 'rule-error';
  /** The listed value that was probably meant instead of an unlisted one. */
  readonly meant?: string;
}

/** One reason for an isolation; the required isolation is the highest of them. */
export interface Floor {
  readonly isolation: Isolation;
  readonly because: 'signal' | 'tier' | 'policy' | 'namespace';
  /** Signal id, tier's `atLeast`, policy name or label value. */
  readonly id: string;
}

export interface Assessment {
  readonly policy: string;
  /** 0 to 100, with hygiene. */
  readonly score: number;
  /** 0 to 100, without hygiene: what the tiers look at. */
  readonly tierScore: number;
  readonly required: Isolation;
  readonly contributions: readonly Contribution[];
  readonly floors: readonly Floor[];
}

export type ObjectionCode =
  | 'too-weak'
  | 'exposed'
  | 'unsupported'
  | 'not-served'
  | 'missing'
  | 'no-node'
  | 'not-listed'
  | 'other-os'; // runs Pods of another operating system

export interface Objection {
  readonly code: ObjectionCode;
  readonly signal?: SignalId;
  /** Data for the sentence: the conflicting label, the resource that the profile names, or the paths that are not served. */
  readonly detail?: string;
}

export interface PlacementStep {
  readonly runtimeClass: string;
  readonly handler: string;
  readonly profile: string;
  readonly isolation: Isolation;
  readonly objections: readonly Objection[];
  /** Signals that work differently there, except for those that the policy accepts. */
  readonly degraded: readonly SignalId[];
  /** Signals for which part of what is asked for is not served there, whether an exemption waives it or not. */
  readonly notServed: readonly SignalId[];
  /** True if a ready node can take the Pod, or if nothing is known of nodes. */
  readonly available: boolean;
  readonly chosen: boolean;
}

/** Why the verdict is what it is. Each code has one sentence (in `report/`). */
export const OUTCOMES = [
  'nothing-required', // admit on the host kernel
  'explicit-enough', // admit: the class that the Pod names is enough
  'injected', // sandbox
  'raised', // sandbox: a class injected before is no longer enough
  'deleting', // admit: the Pod is on its way out
  'nothing-added', // admit: this update adds nothing to judge
  'added-contained', // admit: what is added is contained where the Pod runs
  'mirror', // admit: the kubelet runs it already
  'not-judged', // admit: neither CREATE nor UPDATE
  'out-of-bounds', // reject: too many of something, whatever it is; no exemption waives it
  'explicit-not-enough', // reject
  'added-not-contained', // reject
  'nothing-contains', // reject: no candidate fits
  'unavailable', // reject: one fits, no node can run it now, and the policy says Reject
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface AppliedExemption {
  readonly name: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires: number;
  readonly signals: readonly SignalId[];
}

/** A decision, as codes and data; sentences are made in `report/`. */
export interface Decision {
  readonly verdict: Verdict;
  readonly outcome: Outcome;
  /** The class that the Pod will have, set or injected; undefined on the host kernel or when rejected. */
  readonly runtimeClass?: string;
  /** A class that would do, named when an explicit one is not enough; it isolates at least as well as that one. */
  readonly suggestion?: string;
  /** The candidates for the same Pod without a class, where the one that it names is not enough and no other would do. */
  readonly unnamed?: readonly PlacementStep[];
  /** Where the Pod will run; undefined when rejected. */
  readonly isolation?: Isolation;
  readonly required: Isolation;
  readonly governing: Assessment;
  readonly others: readonly Assessment[];
  readonly findings: readonly Finding[];
  /** The findings that an UPDATE adds, a subset of `findings`. */
  readonly added?: readonly Finding[];
  /** What the request adds beyond the bounds of a Pod, where it is rejected for that. */
  readonly excess?: readonly Excess[];
  readonly placement: readonly PlacementStep[];
  /** Classes that count as the host kernel, but may have been meant to isolate, where nothing isolates enough. */
  readonly unvouched?: readonly Unvouched[];
  readonly exemptions: readonly AppliedExemption[];
  /** Set for a service of a Compose file: its classes are runtimes of a Docker daemon, which sets none by itself. */
  readonly isService?: true;
}
