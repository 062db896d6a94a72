import { CoordinationV1Api, KubeConfig, V1MicroTime, type V1Node } from '@kubernetes/client-node';
import { core } from '../client.ts';
import { kubectl, kubectlOk } from '../kubectl.ts';
import { poll } from '../poll.ts';
import { named, OWN } from './names.ts';

/*
Nodes without a kubelet, for Pods that are never run: a DaemonSet's controller and a placement still look at them. They count as
ready as long as their Leases are renewed. Each has a taint, so that nothing else of the cluster goes there.
*/

const READY_FOR_MS = 10_000;
const LEASES = 'kube-node-lease';

const config = new KubeConfig();
config.loadFromDefault();
const coordination = config.makeApiClient(CoordinationV1Api);

interface NodeSpec {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taint: { readonly key: string; readonly value: string; readonly effect: string };
  readonly handlers: readonly string[];
  readonly unschedulable?: true;
}

const SANDBOX = { key: 'sandbox', value: 'yes', effect: 'NoSchedule' };
const NODES: readonly NodeSpec[] = [
  { name: 'n1', labels: { zone: 'a', cores: '4' }, taint: SANDBOX, handlers: ['runc', 'runsc'] },
  {
    name: 'n2',
    labels: { zone: 'b', cores: '16', 'katacontainers.io/kata-runtime': 'true' },
    taint: SANDBOX,
    handlers: ['runc', 'kata-qemu', 'kata-qemu-snp'],
  },
  {
    name: 'n3',
    labels: { zone: 'a', cores: '16', 'katacontainers.io/kata-runtime': 'true' },
    taint: { key: 'sandbox', value: 'no', effect: 'NoExecute' },
    handlers: ['runc', 'runsc', 'kata'],
    unschedulable: true,
  },
];

/** Creates them, waits until their controllers take them to be ready, and keeps them so. */
export async function startNodes(): Promise<{ readonly stop: () => Promise<void> }> {
  for (const spec of NODES) await start(spec);
  const beating = setInterval(() => {
    for (const { name } of NODES) void beat(named(name)).catch(() => undefined);
  }, READY_FOR_MS);
  await poll('the nodes are ready, with no other taint than their own', async () => {
    const { items } = await core.listNode({ labelSelector: OWN });
    return items.every(isSettled) ? true : undefined;
  });
  return {
    stop: async () => {
      clearInterval(beating);
      await removeNodes();
    },
  };
}

/** A cordoned node has the taint for that, and no node has the one for not being ready. */
const isSettled = ({ spec }: V1Node): boolean => {
  const keys = (spec?.taints ?? []).map(({ key }) => key);
  return !keys.includes(NOT_READY) && keys.includes(CORDONED) === (spec?.unschedulable ?? false);
};
const NOT_READY = 'node.kubernetes.io/not-ready';
const CORDONED = 'node.kubernetes.io/unschedulable';

export async function removeNodes(): Promise<void> {
  await kubectlOk(['delete', 'nodes', '-l', OWN, '--ignore-not-found']);
  await kubectl(['delete', 'leases', '-n', LEASES, '-l', OWN]);
}

async function start({ name, labels, taint, handlers, unschedulable }: NodeSpec): Promise<void> {
  const body: V1Node = {
    metadata: { name: named(name), labels: { ...labels, [OWN]: 'true' } },
    spec: { taints: [taint], ...(unschedulable && { unschedulable }) },
  };
  await core.createNode({ body });
  const now = new Date();
  const status = {
    capacity: { cpu: '4', memory: '8Gi', pods: '500' },
    conditions: [
      { type: 'Ready', status: 'True', reason: 'Test', lastHeartbeatTime: now, lastTransitionTime: now },
    ],
    runtimeHandlers: handlers.map(handler => ({ name: handler })),
  };
  await core.replaceNodeStatus({ name: named(name), body: { ...body, status } });
  await coordination.createNamespacedLease({
    namespace: LEASES,
    body: {
      metadata: { name: named(name), labels: { [OWN]: 'true' } },
      spec: { holderIdentity: named(name), leaseDurationSeconds: 40 },
    },
  });
  await beat(named(name));
}

async function beat(name: string): Promise<void> {
  const lease = await coordination.readNamespacedLease({ name, namespace: LEASES });
  const spec = { ...lease.spec, renewTime: new V1MicroTime() };
  await coordination.replaceNamespacedLease({ name, namespace: LEASES, body: { ...lease, spec } });
}
