import { writeFile } from 'node:fs/promises';
import type { V1Node, V1NodeList } from '@kubernetes/client-node';
import * as objects from '../../support/objects.ts';
import { kubectl, kubectlOk } from './kubectl.ts';
import {
  CLUSTER_VIEW,
  E2E_LABEL,
  ENFORCED,
  GUARDED,
  GVISOR_CLASS,
  KATA_CLASS,
  LATE,
  LOOKALIKE_CLASS,
  MISSPELT,
  MODE_LABEL,
  MODES,
  namespaceOf,
  RESTRICTED,
  RISKY,
} from './settings.ts';

/** A user who may edit the enforced namespace, and nothing else. */
export const ORDINARY_USER = 'cofferdam-e2e-alice';

/** Overheads and node labels of the classes, which the API server fills in, and not the webhook. */
export const GVISOR_OVERHEAD = { cpu: '20m', memory: '32Mi' };
export const KATA_OVERHEAD = { cpu: '50m', memory: '64Mi' };
export const KATA_TOLERATION = { key: 'example.com/e2e-kata', operator: 'Exists', effect: 'NoSchedule' };
/** The label of the nodes to which a class schedules, which is named like the class. */
export const nodeLabel = (runtimeClass: string): string => `example.com/${runtimeClass}`;

const metadata = (name: string, labels: Record<string, string> = {}) => ({
  name,
  labels: { [E2E_LABEL]: 'true', ...labels },
});

const namespace = (name: string, labels: Record<string, string> = {}) =>
  objects.namespace(name, metadata(name, labels).labels);

const runtimeClass = (name: string, handler: string, more: object = {}) =>
  objects.runtimeClass(name, handler, { metadata: metadata(name), ...more });

export const clusterObjects = () => ({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    ...MODES.map(mode => namespace(namespaceOf(mode), { [MODE_LABEL]: mode })),
    namespace(RISKY, { [MODE_LABEL]: 'enforce', 'cofferdam.dev/risk': 'high' }),
    namespace(RESTRICTED, {
      [MODE_LABEL]: 'enforce',
      'pod-security.kubernetes.io/enforce': 'restricted',
    }),
    namespace(MISSPELT, { [MODE_LABEL]: 'enfroce' }),
    namespace(LATE),
    namespace(GUARDED),
    runtimeClass(GVISOR_CLASS, 'runsc', {
      overhead: { podFixed: GVISOR_OVERHEAD },
      scheduling: { nodeSelector: { [nodeLabel(GVISOR_CLASS)]: 'true' } },
    }),
    runtimeClass(KATA_CLASS, 'kata', {
      overhead: { podFixed: KATA_OVERHEAD },
      scheduling: { nodeSelector: { [nodeLabel(KATA_CLASS)]: 'true' }, tolerations: [KATA_TOLERATION] },
    }),
    runtimeClass(LOOKALIKE_CLASS, 'runc'),
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { ...metadata('edit'), namespace: ENFORCED },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: ORDINARY_USER }],
    },
  ],
});

/**
 * The names of the nodes that report a runtime handler. Fails where none does, as these tests run real Pods in it. Before
 * Kubernetes 1.31, nodes report no handlers (KEP-3857), and all are assumed to have it, until such a Pod does not start.
 */
export async function nodesWith(handler: string): Promise<readonly string[]> {
  const { items } = JSON.parse(await kubectlOk(['get', 'nodes', '-o', 'json'])) as V1NodeList;
  const reported = items.some(({ status }) => status?.runtimeHandlers?.length);
  const has = (node: V1Node): boolean =>
    !reported || (node.status?.runtimeHandlers?.some(({ name }) => name === handler) ?? false);
  const names = items.filter(has).map(node => node.metadata?.name ?? '');
  if (names.length === 0) {
    throw new Error(`no node of this cluster reports the runtime handler ${handler}; see test/e2e/run.sh`);
  }
  return names;
}

export async function labelNodes(names: readonly string[], runtimeClass: string): Promise<void> {
  await kubectlOk(['label', '--overwrite', 'nodes', ...names, `${nodeLabel(runtimeClass)}=true`]);
}

/** Writes the file for the webhook's --cluster, as kubectl prints it, with only the classes of these tests. */
export async function writeClusterView(): Promise<void> {
  const get = async (...args: string[]): Promise<readonly unknown[]> =>
    JSON.parse(await kubectlOk(['get', '-o', 'json', ...args])).items;
  const items = [
    ...(await get('runtimeclasses', '-l', E2E_LABEL)),
    ...(await get('nodes')),
    ...(await get('namespaces')),
  ];
  await writeFile(CLUSTER_VIEW, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

/** Removes everything, including what a killed run left: all of it has the label, so nothing of anyone else's is removed. */
export async function removeEverything(): Promise<void> {
  const remove = (...kinds: string[]): Promise<string> =>
    kubectlOk(['delete', kinds.join(','), '-l', E2E_LABEL, '--ignore-not-found', '--wait=true']);
  await remove(
    'mutatingwebhookconfigurations',
    'validatingwebhookconfigurations',
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
  );
  await removeFinalizers();
  await remove('namespaces', 'runtimeclasses');
  const labels = [GVISOR_CLASS, KATA_CLASS].map(name => `${nodeLabel(name)}-`);
  await kubectlOk(['label', 'nodes', '--all', ...labels]);
}

/** Removes the finalizers of Pods that an interrupted test left behind. */
async function removeFinalizers(): Promise<void> {
  const pods = await kubectlOk(['get', 'pods', '-A', '-l', E2E_LABEL, '-o', 'json']);
  for (const { metadata } of JSON.parse(pods).items as { metadata: Record<string, unknown> }[]) {
    if (!metadata.finalizers) continue;
    await kubectl([
      'patch',
      'pod',
      String(metadata.name),
      '-n',
      String(metadata.namespace),
      '--type=json',
      '-p=[{"op": "remove", "path": "/metadata/finalizers"}]',
    ]);
  }
}
