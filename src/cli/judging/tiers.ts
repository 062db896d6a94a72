import { policyId } from '../../decision/require.ts';
import type { Snapshot } from '../../policy/policy.ts';
import type { PolicyTier } from '../../report/result.ts';

/** The tiers of all policies that may judge, by the names that assessments use. */
export const tiersIn = ({ policies, fallback }: Snapshot): ReadonlyMap<string, readonly PolicyTier[]> =>
  new Map([fallback, ...policies].map(policy => [policyId(policy), policy.tiers]));
