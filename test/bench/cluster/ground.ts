import { installCrds } from '../../e2e/support/crds.ts';
import { poll } from '../../e2e/support/poll.ts';
import type { Api } from './api.ts';
import { createAll, type KubeObject } from './objects.ts';
import { CLASS, NAMESPACE, NODE } from './pods.ts';

const OVERHEAD = { overhead: { podFixed: { cpu: '50m', memory: '64Mi' } } };

const objects = (overhead: boolean): readonly KubeObject[] => [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE, labels: { 'cofferdam.dev/mode': 'enforce' } } as KubeObject['metadata'],
  },
  {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: CLASS },
    handler: 'runsc',
    ...(overhead && OVERHEAD),
  },
  // No kubelet runs what is bound to this node.
  { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE } },
];

/** Creates what every control needs: the namespace of the Pods, its service account, the class, a node, Cofferdam's CRDs. */
export async function makeGround(api: Api, overhead: boolean): Promise<void> {
  await installCrds();
  await createAll(api, objects(overhead));
  await poll('the namespace has a service account', async () => {
    const { status } = await api.ask('GET', `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default`);
    return status === 200 ? true : undefined;
  });
}
