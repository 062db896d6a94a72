import process from 'node:process';
import { startLiveView } from '../../src/cluster/live.ts';
import { startLiveObjects } from '../../src/cluster/objects.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { decide } from '../../src/decision/decide.ts';
import { connect } from '../../src/kube/connect.ts';
import type { Pod, PodSpec } from '../../src/pod/kube.ts';
import type { NamespaceFacts } from '../../src/pod/namespace.ts';
import { loadPolicies } from '../../src/policy/load.ts';
import type { Snapshot } from '../../src/policy/policy.ts';
import { twoContainerPod } from '../bench/body.ts';
import { compare, type Placement, type Run } from '../bench/placement.ts';
import { poll } from '../e2e/support/poll.ts';
import { viewOf } from '../support/cluster.ts';
import { documentOf } from '../support/documents.ts';
import { namespaces, nodes, policies, runtimeClasses, SIZE } from './objects.ts';

interface Ground {
  readonly snapshot: Snapshot;
  readonly view: ClusterView;
}

const NAMESPACE: NamespaceFacts = { name: 'ns-0', labels: { 'example.com/tenant': 't0' } };

const PODS: readonly (readonly [name: string, risk: string | undefined, spec: object])[] = [
  ['admitted', undefined, {}],
  ['sandboxed, fits', 'high', {}],
  ['fits no node', 'high', { nodeSelector: { 'topology.kubernetes.io/zone': 'nowhere' } }],
  ['fits one node', 'high', { nodeSelector: { 'kubernetes.io/hostname': 'node-1.example.com' } }],
  ['needs a VM', 'critical', {}],
];

/** Measures decisions on what informers hold of the cluster of KUBECONFIG, and on three of its nodes and two policies. */
export async function benchLive(): Promise<readonly Placement[]> {
  const connection = await connect({ kubeconfig: process.env.KUBECONFIG ?? '' });
  const hooks = {
    failed: (_: string, error: unknown) => {
      throw error;
    },
    recovered: () => undefined,
  };
  const view = startLiveView(connection, hooks);
  const objects = startLiveObjects(connection, hooks, () => undefined);
  try {
    await poll('everything is listed', async () => (view.ready() && objects.ready() ? true : undefined), 60);
    const documents = objects.all().map(({ document }) => document);
    const { snapshot } = await loadPolicies([], { documents });
    if (snapshot.policies.length < SIZE.policies) throw new Error('not all policies are in force');
    const small = await smallGround();
    return PODS.map(([name, risk, spec]) => ({
      name,
      ...compare(decideOn(risk, spec, small), decideOn(risk, spec, { snapshot, view })),
    }));
  } finally {
    view.stop();
    objects.stop();
  }
}

async function smallGround(): Promise<Ground> {
  const made = [...runtimeClasses(), ...nodes(3), ...namespaces(1)].map(({ object }) => object);
  const documents = policies(2).map(({ object }) => documentOf(object));
  const { snapshot } = await loadPolicies([], { documents });
  return { snapshot, view: viewOf(...made) };
}

function decideOn(risk: string | undefined, spec: object, { snapshot, view }: Ground): Run {
  const pod = twoContainerPod(risk);
  const request = {
    operation: 'CREATE',
    subresource: '',
    userInfo: { username: 'u', groups: [] },
    pod: { ...pod, spec: { ...pod.spec, ...spec } as unknown as PodSpec } as Pod,
    namespaceName: NAMESPACE.name,
    namespace: NAMESPACE,
  };
  const now = Date.now();
  return () => decide(request, snapshot, view, now);
}
