import { sandboxProfileSchema } from '../../profiles/schema.ts';
import type { Kind } from '../../source/group.ts';
import type { Schema } from '../../source/schema.ts';
import { sandboxExemptionSchema } from './exemption.ts';
import { clusterSandboxPolicySchema, sandboxPolicySchema } from './policy.ts';

/** The JSON Schema of each kind: files are checked with it, and the CRDs, types and reference page are made from it. */
export const SCHEMAS: Readonly<Record<Kind, Schema>> = {
  ClusterSandboxPolicy: clusterSandboxPolicySchema,
  SandboxPolicy: sandboxPolicySchema,
  SandboxExemption: sandboxExemptionSchema,
  SandboxProfile: sandboxProfileSchema,
};
