import type { Tried } from './case.ts';
import type { Coverage } from './coverage.ts';

/** Everything that a report of cases is made from. */
export interface CaseResults {
  readonly tried: readonly Tried[];
  readonly coverage: readonly Coverage[];
}
