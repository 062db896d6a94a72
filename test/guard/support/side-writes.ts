import { minimalPod } from '../../fixtures/pods.ts';
import type { Verdict } from './admission-objects.ts';
import { evaluatePolicies } from './admission-policies.ts';
import { type Guarded, SHOP } from './guarded-world.ts';

/** Labels and annotations that a request sets, and those that the stored Pod has. */
export interface Metadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The ways by which metadata of a Pod is written without writing the Pod itself. */
export const WAYS = ['pods/status', 'pods/binding', 'bindings'] as const;
export type Way = (typeof WAYS)[number];

/** A write of the status, or either form of a Binding; a Binding has no stored object. */
export function write(
  guarded: Pick<Guarded, 'guard' | 'namespace'>,
  way: Way,
  set: Metadata,
  stored: Metadata,
): Verdict {
  const [resource = '', subResource] = way.split('/');
  const pod = (metadata: object) => ({
    ...minimalPod(),
    metadata: { name: 'pod', namespace: SHOP, ...metadata },
  });
  const ofPod = way === 'pods/status';
  const binding = { metadata: { name: 'pod', ...set }, target: { kind: 'Node', name: 'n' } };
  return evaluatePolicies(guarded.guard, {
    ...{ operation: ofPod ? 'UPDATE' : 'CREATE', resource, name: 'pod', namespace: SHOP },
    ...(subResource && { subResource }),
    ...{ namespaceLabels: guarded.namespace.labels },
    ...{ object: ofPod ? pod(set) : binding, oldObject: ofPod ? pod(stored) : null },
  });
}

export const BARE: Metadata = { labels: {}, annotations: {} };
