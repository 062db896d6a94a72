import type { SandboxExemption } from '../../policy/types.gen.ts';

/** Mildest first. A note needs nothing done; a warning is worth a look; a failure is broken or unsafe. */
export const MARKS = ['ok', 'note', 'warning', 'failure'] as const;
export type Mark = (typeof MARKS)[number];

/** One thing that a check found, in whole sentences. */
export interface Remark {
  readonly mark: Exclude<Mark, 'ok'>;
  readonly message: string;
  /** What to do. */
  readonly fix?: string;
}

export interface CheckResult {
  /** A stable name, for scripts. */
  readonly id: string;
  readonly group: string;
  /** The title, which says what is so if the check is fine. */
  readonly title: string;
  /** The worst of the remarks. */
  readonly mark: Mark;
  /** What was seen, as a phrase. */
  readonly seen?: string;
  readonly remarks: readonly Remark[];
}

/** What `doctor` found in a cluster. */
export interface Checkup {
  /** The version of this program. */
  readonly version: string;
  /** The name of the kubeconfig's context. */
  readonly context: string;
  readonly checks: readonly CheckResult[];
  /** Drafts of exemptions, each with things to fill in. */
  readonly drafts: readonly SandboxExemption[];
}

/** How many checks came to each mark. */
export function marksOf({ checks }: Checkup): Record<Mark, number> {
  const counts = { ok: 0, note: 0, warning: 0, failure: 0 };
  for (const { mark } of checks) counts[mark]++;
  return counts;
}

/** The page that says what to do about a check: a path in the repository, with a section named by the check's id. */
export const pageOf = (id: string): string => `docs/troubleshooting.md#${id}`;
