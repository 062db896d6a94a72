import process from 'node:process';
import { connect } from '../../src/cluster/live/connect.ts';
import { startLiveView } from '../../src/cluster/live.ts';
import { startLiveObjects } from '../../src/cluster/objects.ts';
import type { ClusterView, NamespaceFacts } from '../../src/cluster/view.ts';
import { decide } from '../../src/decision/decide.ts';
import type { Pod, PodSpec } from '../../src/pod/kube.ts';
import { loadPolicies } from '../../src/policy/load.ts';
import type { Snapshot } from '../../src/policy/policy.ts';
import { twoContainerPod } from '../bench/body.ts';
import { median } from '../bench/load.ts';
import { poll } from '../e2e/support/poll.ts';
import { viewOf } from '../support/cluster.ts';
import { documentOf } from '../support/documents.ts';
import { namespaces, nodes, policies, runtimeClasses } from './objects.ts';

interface Cost {
  readonly name: string;
  /** Microseconds a decision, medians of the rounds. */
  readonly small: number;
  readonly large: number;
  readonly ratio: number;
}

interface Ground {
  readonly snapshot: Snapshot;
  readonly view: ClusterView;
}

const NAMESPACE: NamespaceFacts = { name: 'ns-0', labels: { 'example.com/tenant': 't0' } };
const ROUNDS = 7;

const PODS: readonly (readonly [name: string, risk: string | undefined, spec: object])[] = [
  ['admitted', undefined, {}],
  ['sandboxed, fits', 'high', {}],
  ['fits no node', 'high', { nodeSelector: { 'topology.kubernetes.io/zone': 'nowhere' } }],
  ['fits one node', 'high', { nodeSelector: { 'kubernetes.io/hostname': 'node-1.example.com' } }],
  ['needs a VM', 'critical', {}],
];

/** Decisions on what informers hold of the cluster of KUBECONFIG, against those on three of its nodes and two policies. */
export async function benchLive(): Promise<readonly Cost[]> {
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

type Run = () => unknown;

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

function compare(small: Run, large: Run): Omit<Cost, 'name'> {
  const rounds = Array.from(
    { length: ROUNDS + 1 },
    () => [microseconds(small), microseconds(large)] as const,
  ).slice(1);
  return {
    small: median(rounds.map(([a]) => a)),
    large: median(rounds.map(([, b]) => b)),
    ratio: median(rounds.map(([a, b]) => b / a)),
  };
}

function microseconds(run: Run): number {
  const begin = performance.now();
  let count = 0;
  while (performance.now() - begin < 100) {
    for (let i = 0; i < 20; i++) run();
    count += 20;
  }
  return ((performance.now() - begin) * 1000) / count;
}
