import { writeFileSync } from 'node:fs';

/** The requests of one Pod in so many; the others request nothing. */
const ASKS: readonly (readonly [every: number, pod: object, container: object])[] = [
  [40, { hostPID: true, volumes: [{ name: 'host', hostPath: { path: '/proc' } }] }, {}],
  [30, { hostNetwork: true }, {}],
  [25, {}, { ports: [{ containerPort: 8080, hostPort: 8080 }] }],
  [20, {}, { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }],
];
const PER_WORKLOAD = 10;
const PER_NAMESPACE = 100;
const END = 'bcdfghjklmnpqrstvwxz';

const OTHERS: readonly object[] = [
  ...['runsc', 'kata-qemu'].map(handler => ({
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: handler },
    handler,
  })),
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1', labels: {} },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      runtimeHandlers: [{ name: 'runsc' }, { name: 'kata-qemu' }],
    },
  },
];

/** A cluster of as many Pods: ten replicas of each workload, a hundred Pods in each namespace, some with requests. */
export const savedCluster = (file: string, pods: number): number =>
  save(
    file,
    Array.from({ length: pods }, (_, i) => replica(i)),
  );

/** One namespace with as many Pods, each of its own workload and image; all of them need an exemption. */
export const savedCrowd = (file: string, pods: number): number =>
  save(
    file,
    Array.from({ length: pods }, (_, i) =>
      podOf('crowd', `agent-${i}`, i, ASKS[0]?.slice(1) as [object, object]),
    ),
  );

function replica(i: number): object {
  const workload = Math.floor(i / PER_WORKLOAD);
  const [, pod = {}, container = {}] = ASKS.find(([every]) => workload % every === 0) ?? [];
  return podOf(`team-${Math.floor(i / PER_NAMESPACE)}`, `web-${workload}`, i, [pod, container]);
}

/** The Pod with the additions of the API server and controllers: the volume of its token, a label. */
function podOf(namespace: string, name: string, i: number, [pod, container]: [object, object]): object {
  const end = Array.from(
    { length: 5 },
    (_, place) => END[Math.floor(i / END.length ** place) % END.length],
  ).join('');
  const token = `kube-api-access-${end}`;
  const { volumes = [], ...spec } = pod as { readonly volumes?: readonly object[] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      name: `${name}-${end}`,
      labels: { app: name, 'pod-template-hash': '5d4f8c7b9' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, controller: true }],
    },
    spec: {
      ...spec,
      serviceAccountName: 'default',
      volumes: [
        ...volumes,
        { name: token, projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
      ],
      containers: [
        {
          name: 'main',
          image: `registry.example.com/shop/${name}:1.0`,
          resources: { limits: { memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
          volumeMounts: [
            { name: token, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
          ],
          ...container,
        },
      ],
    },
  };
}

/** @returns the size of the file, in bytes */
function save(file: string, pods: readonly object[]): number {
  const names = new Set(pods.map(pod => (pod as { metadata: { namespace: string } }).metadata.namespace));
  const namespaces = [...names].map(name => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  const head = { apiVersion: 'cofferdam.dev/v1alpha1', kind: 'ClusterSnapshot', version: 1 };
  const items = [...pods, ...OTHERS, ...namespaces].map(item => JSON.stringify(item)).join(',\n');
  const text = `${JSON.stringify({ ...head, cofferdam: '0', context: 'bench' }).slice(0, -1)},"items":[\n${items}\n]}\n`;
  writeFileSync(file, text);
  return Buffer.byteLength(text);
}
