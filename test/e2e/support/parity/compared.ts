import type { Recorded } from '../recorder.ts';
import type { Result, Said } from './said.ts';
import type { Workload } from './workload.ts';

/** A workload, what a review says of it, and what the webhook said of its first Pod. */
export interface Compared {
  readonly workload: Workload;
  /** The mode that the label of its namespace has. */
  readonly mode: string;
  /** The result of the whole workload. */
  readonly result: Result;
  /** The same of the Pod's node, where that makes a difference. */
  readonly review: Result;
  readonly asked: Recorded;
  readonly said: Said;
}
