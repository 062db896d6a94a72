import type { Tried } from './case.ts';
import type { Coverage } from './coverage.ts';

/** Everything a report of cases is made of. */
export interface CaseResults {
  readonly tried: readonly Tried[];
  readonly coverage: readonly Coverage[];
}
