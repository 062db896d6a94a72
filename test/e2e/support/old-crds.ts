import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { kubectlOk } from './kubectl.ts';

interface Crd {
  readonly spec: {
    readonly versions: { schema: { openAPIV3Schema: { properties: { spec: Spec } } } }[];
  };
}
interface Spec {
  properties: { match: { properties: Record<string, unknown> }; [part: string]: unknown };
}

const read = (plural: string): Crd =>
  parse(
    readFileSync(new URL(`../../../charts/cofferdam/files/crds/${plural}.yaml`, import.meta.url), 'utf8'),
  );
const specOf = ({ spec }: Crd): Spec => spec.versions[0]?.schema.openAPIV3Schema.properties.spec as Spec;

/** Applies the CRD of the time when SandboxPolicies had the limits of ClusterSandboxPolicies. */
export async function applyOldSandboxPolicies(): Promise<void> {
  const crd = read('sandboxpolicies');
  const { properties } = specOf(crd);
  const wide = specOf(read('clustersandboxpolicies')).properties;
  properties.match.properties.podSelector = wide.match.properties.podSelector;
  Object.assign(properties, { scoring: wide.scoring, tiers: wide.tiers });
  await applyCrd(crd);
}

export const applyNewSandboxPolicies = (): Promise<void> => applyCrd(read('sandboxpolicies'));

async function applyCrd(crd: unknown): Promise<void> {
  await kubectlOk(['apply', '--server-side', '--force-conflicts', '-f', '-'], crd);
}
