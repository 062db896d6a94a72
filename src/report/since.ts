import type { Outcome, Verdict } from '../decision/decision.ts';
import type { Isolation } from '../profiles/isolation.ts';
import type { Finding, SignalId } from '../signals/signal.ts';

/** What is known about one object that was not admitted. */
export interface Entry {
  /** `Deployment/shop/web` */
  readonly object: string;
  /** The file it was in, which distinguishes objects with one name. */
  readonly file: string;
  readonly verdict: Verdict;
  readonly outcome: Outcome;
  readonly required: Isolation;
  /** The isolation that its score alone requires. */
  readonly score: Isolation;
  /** What it ran in; left out for a rejected object, and by earlier versions. */
  readonly isolation?: Isolation;
  readonly findings: readonly KnownFinding[];
}

/** What it ran in, if it ran. A file of an earlier version only says what it had to be at least. */
export const isolationOf = ({ verdict, isolation, required }: Known): Isolation | undefined =>
  verdict === 'sandbox' ? (isolation ?? required) : undefined;

/** A finding, as far as it bears on the verdict. */
export interface KnownFinding {
  readonly signal: SignalId;
  /** The place for a reader: `app: securityContext.privileged = true` */
  readonly at: string;
  readonly fingerprint: string;
}

/** How an object was, without its findings. */
export type Known = Pick<Entry, 'verdict' | 'outcome' | 'required' | 'score' | 'isolation'>;

/**
 * The ways in which an object can be worse: another outcome, less isolation than before, more required isolation, a higher tier
 * of score, more findings.
 */
export const WORSE = ['outcome', 'isolation', 'required', 'score', 'findings'] as const;
export type Worse = (typeof WORSE)[number];

/** How an object has changed since a baseline was written. */
export interface Since {
  readonly state: 'known' | 'new' | 'worse';
  /** How it was before; undefined for a new one. */
  readonly was?: Known;
  readonly worse: readonly Worse[];
  /** Findings that bear on the verdict and were not there before; for a new object, all of them. */
  readonly added: ReadonlySet<Finding>;
}

/** What a baseline has and a review lacks, or has in a milder form. */
export interface Gone {
  readonly entry: Entry;
  /** How many findings are gone from an object that is still reported; 0 where the whole object is gone. */
  readonly findings: number;
}
