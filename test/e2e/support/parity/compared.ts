import type { Recorded } from '../recorder.ts';
import type { Result, Said } from './said.ts';
import type { Workload } from './workload.ts';

/** A workload, what a review says about it, and what the webhook said about its first Pod. */
export interface Compared {
  readonly workload: Workload;
  /** The mode in the label of its namespace. */
  readonly mode: string;
  /** The result of the whole workload. */
  readonly result: Result;
  /** The result for the Pod's node, where that makes a difference. */
  readonly review: Result;
  readonly asked: Recorded;
  readonly said: Said;
}
