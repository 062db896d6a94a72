import type { Pod } from '../pod/kube.ts';
import type { ExemptedObject } from './draft-exemption.ts';

/** What runs: Pods of one workload that are alike. */
export interface Runs {
  readonly pod: Pod;
  readonly namespace: string;
  readonly isWritten: boolean;
  /** The groups of whoever would make it anew. */
  readonly groups: readonly string[];
  /** Whose it is: what the exemption is called by. */
  readonly subject: ExemptedObject;
}
