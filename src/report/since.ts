import type { Outcome, Verdict } from '../decision/decision.ts';
import type { Isolation } from '../profiles/isolation.ts';
import type { Finding, SignalId } from '../signals/signal.ts';

/** What is known of one object that is not admitted. */
export interface Entry {
  /** `Deployment/shop/web` */
  readonly object: string;
  /** Where it stood; tells objects of one name apart. */
  readonly file: string;
  readonly verdict: Verdict;
  readonly outcome: Outcome;
  readonly required: Isolation;
  /** What its score alone asks for. */
  readonly score: Isolation;
  /** What it ran in; left out of what was rejected, and by earlier versions. */
  readonly isolation?: Isolation;
  readonly findings: readonly KnownFinding[];
}

/** What it ran in, where it ran. A file of an earlier version says no more than what it had to be at least. */
export const isolationOf = ({ verdict, isolation, required }: Known): Isolation | undefined =>
  verdict === 'sandbox' ? (isolation ?? required) : undefined;

/** A finding as far as it bears on the verdict. */
export interface KnownFinding {
  readonly signal: SignalId;
  /** The place for whoever reads it: `app: securityContext.privileged = true` */
  readonly at: string;
  readonly fingerprint: string;
}

/** How an object was, but for what was found in it. */
export type Known = Pick<Entry, 'verdict' | 'outcome' | 'required' | 'score' | 'isolation'>;

/**
 * The ways in which an object can be worse: another outcome, less isolated than it was, more isolation required, a higher
 * class of score, more found.
 */
export const WORSE = ['outcome', 'isolation', 'required', 'score', 'findings'] as const;
export type Worse = (typeof WORSE)[number];

/** What has become of an object since a baseline was written. */
export interface Since {
  readonly state: 'known' | 'new' | 'worse';
  /** What it was before; undefined for what is new. */
  readonly was?: Known;
  readonly worse: readonly Worse[];
  /** Findings that bear on the verdict and that were not there; of what is new, all. */
  readonly added: ReadonlySet<Finding>;
}

/** What a baseline has and a review has not, or has in a milder form. */
export interface Gone {
  readonly entry: Entry;
  /** How many findings are no more, of an object that is still told of; 0 where all of it is gone. */
  readonly findings: number;
}
