import type { Pod } from '../pod/kube.ts';
import type { ExemptedObject } from './draft-exemption.ts';

/** What runs: Pods of one workload that are alike. */
export interface Runs {
  readonly pod: Pod;
  readonly namespace: string;
  readonly isWritten: boolean;
  /** The groups of whoever would create it again. */
  readonly groups: readonly string[];
  /** The object that it belongs to, for which the exemption is named. */
  readonly subject: ExemptedObject;
}
