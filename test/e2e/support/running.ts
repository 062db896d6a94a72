import type { V1PodSpec } from '@kubernetes/client-node';
import { kubectlOk } from './kubectl.ts';
import { container, type PodTweak, pod } from './pods.ts';
import { poll } from './poll.ts';
import { E2E_LABEL } from './settings.ts';

/** Keeps the scheduler away (KEP-3521), so that these Pods are stored, and nothing runs. */
export const GATED: Partial<V1PodSpec> = { schedulingGates: [{ name: 'example.com/never' }] };

export const gated = (name: string, { spec, ...tweak }: PodTweak) =>
  pod(name, { ...tweak, spec: { ...GATED, ...spec } });

/** Creates a namespace without a mode, where the webhook is not called. */
export async function makeNamespace(name: string): Promise<void> {
  const metadata = { name, labels: { [E2E_LABEL]: 'true' } };
  await kubectlOk(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'Namespace', metadata });
  // Pods are refused until the controller has created it.
  await poll('the namespace has a service account', async () => {
    const found = await kubectlOk(['get', 'serviceaccounts', '-n', name, '-o', 'name']);
    return found.includes('serviceaccount/default') ? true : undefined;
  });
}

/** Creates objects, and waits until there are this many Pods. */
export async function createAll(namespace: string, items: readonly object[], pods: number): Promise<void> {
  await kubectlOk(['create', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
  await poll(`${pods} Pods in ${namespace}`, async () => {
    const found = await kubectlOk(['get', 'pods', '-n', namespace, '-o', 'name']);
    return found.trim().split('\n').length === pods ? true : undefined;
  });
}

/** A workload whose Pods are gated. */
export const workload = (
  apiVersion: string,
  kind: string,
  name: string,
  namespace: string,
  spec: Partial<V1PodSpec>,
  more: object = {},
) => {
  const selected = { app: name };
  return {
    apiVersion,
    kind,
    metadata: { name, namespace },
    spec: {
      ...more,
      selector: { matchLabels: selected },
      template: {
        metadata: { labels: { [E2E_LABEL]: 'true', ...selected } },
        spec: { ...GATED, automountServiceAccountToken: false, containers: [container()], ...spec },
      },
    },
  };
};
