import { readCluster } from '../../../src/cluster/static.ts';
import type { ClusterView } from '../../../src/cluster/view.ts';
import type { DecisionRequest } from '../../../src/decision/decision.ts';
import type { BindingOptions } from '../../../src/guard/binding.ts';
import type { Pod } from '../../../src/pod/kube.ts';
import type { NamespaceFacts } from '../../../src/pod/namespace.ts';
import type { Snapshot } from '../../../src/policy/policy.ts';
import { type World, withClusterRules } from '../../arbitraries/worlds.ts';
import { engineSays, type Said } from '../../e2e/support/agreement.ts';
import { documentOf } from '../../support/documents.ts';
import { snapshotOf } from '../../support/snapshot.ts';
import type { Bound, Verdict } from './admission-objects.ts';
import { evaluatePolicies } from './admission-policies.ts';
import { served } from './bound-request.ts';
import { guardObjects } from './guard-objects.ts';

export const NOW = Date.parse('2026-11-24T00:00:00Z');
export const SHOP = 'shop';

/** A generated world with its guard; the namespace is in mode enforce. */
export interface Guarded {
  readonly guard: readonly Bound[];
  readonly snapshot: Snapshot;
  readonly withClusterRules: Snapshot;
  readonly view: ClusterView;
  readonly namespace: NamespaceFacts;
}

export const viewOf = (classes: readonly (readonly [name: string, handler: string])[]): ClusterView =>
  readCluster(
    classes.map(([name, handler]) =>
      documentOf({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler }),
    ),
  ).view;

export function guardedWorld(world: World, options?: BindingOptions): Guarded {
  const { policies, exemptions, labels, classes, balanced } = world;
  const objects = [...policies, ...exemptions];
  const view = viewOf(classes);
  const snapshot = snapshotOf(objects, { balanced });
  const own = { 'kubernetes.io/metadata.name': SHOP };
  return {
    guard: guardObjects(snapshot, view.runtimeClasses(), NOW, options),
    snapshot,
    withClusterRules: snapshotOf(objects.map(withClusterRules), { balanced }),
    view,
    namespace: { name: SHOP, labels: { 'cofferdam.dev/mode': 'enforce', ...labels, ...own } },
  };
}

/** A request about a Pod, for both the guard and the engine. */
export interface PodRequest {
  readonly operation: 'CREATE' | 'UPDATE';
  readonly subresource?: string;
  readonly groups?: readonly string[];
  readonly pod: Pod;
  readonly oldPod?: Pod;
}

/** What the guard and the engine decide about it; both see the Pod without its empty fields. */
export function both(
  world: Guarded,
  request: PodRequest,
): { readonly verdict: Verdict; readonly said: Said } {
  const { operation, subresource = '', groups = ['system:authenticated'] } = request;
  const pod = served(request.pod);
  const oldPod = request.oldPod && served(request.oldPod);
  const userInfo = { username: 'someone', groups };
  const asked: DecisionRequest = {
    ...{ operation, subresource, userInfo, pod, namespaceName: SHOP, namespace: world.namespace },
    ...(oldPod && { oldPod }),
  };
  const verdict = evaluatePolicies(world.guard, {
    ...{ operation, resource: 'pods', namespace: SHOP, namespaceLabels: world.namespace.labels, userInfo },
    ...(subresource && { subResource: subresource }),
    ...{ name: 'pod', object: pod, oldObject: oldPod ?? null },
  });
  return { verdict, said: engineSays(asked, world, world.view, NOW) };
}
