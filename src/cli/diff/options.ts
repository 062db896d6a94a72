import type { SourceOptions } from '../cluster/source.ts';
import type { OutputOptions } from '../console/output.ts';
import type { InputOptions } from '../judging/options.ts';

export interface DiffOptions extends InputOptions, SourceOptions, OutputOptions {
  readonly base?: string;
  readonly basePolicy?: readonly string[];
  readonly baseCluster?: string;
  readonly baseBalanced: boolean;
  readonly failOn?: readonly FailOn[];
}

/** The changes that make the exit code 1, by their words on the command line. */
export const FAIL_ON = {
  rejected: 'rejected',
  'less-isolated': 'weaker',
  'would-wait': 'waiting',
  never: undefined,
} as const;
export type FailOn = keyof typeof FAIL_ON;
