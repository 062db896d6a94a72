import { fitGuard } from '../../src/guard/guard.ts';
import type { AdmissionPolicy } from '../../src/guard/object.ts';

/** Gives only the object of `fitGuard`, for tests that do not ask what is left out. */
export const guardFor = (...made: Parameters<typeof fitGuard>): AdmissionPolicy => fitGuard(...made).policy;
