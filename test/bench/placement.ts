import process from 'node:process';
import { readCluster } from '../../src/cluster/static.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { decide } from '../../src/decision/decide.ts';
import type { Pod, PodSpec } from '../../src/pod/kube.ts';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { compile } from '../../src/policy/load.ts';
import { documentOf } from '../support/documents.ts';
import { node, runtimeClass } from '../support/objects.ts';
import { twoContainerPod } from './body.ts';

const NOW = Date.parse('2026-11-24T00:00:00Z');
const ROUNDS = 7;
export const SMALL = 3;
export const LARGE = 5_000;

export interface Placement {
  readonly name: string;
  /** Microseconds a decision on the small and on the large cluster. */
  readonly small: number;
  readonly large: number;
  readonly ratio: number;
}

type Spec = Record<string, unknown>;

const matching = (...matchExpressions: object[]): Spec => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
    },
  },
});

/** The requests of Pods to nodes, from none to one that no node meets; each is put to both clusters. */
const QUESTIONS: readonly (readonly [name: string, spec: Spec])[] = [
  ['fits anywhere', {}],
  ['nodeSelector that fits half', { nodeSelector: { pool: 'b' } }],
  ['nodeSelector that fits one node', { nodeSelector: { 'kubernetes.io/hostname': 'node-2' } }],
  ['nodeSelector that fits none', { nodeSelector: { pool: 'b', zone: 'nowhere' } }],
  [
    'affinity: In, NotIn, Exists',
    matching(
      { key: 'zone', operator: 'In', values: ['a', 'b'] },
      { key: 'kubernetes.io/hostname', operator: 'NotIn', values: ['node-0', 'node-1'] },
      { key: 'rack', operator: 'Exists' },
    ),
  ],
  ['affinity: Gt on a value of each node', matching({ key: 'serial', operator: 'Gt', values: ['1'] })],
  [
    'affinity: DoesNotExist, fits none',
    matching({ key: 'kubernetes.io/hostname', operator: 'DoesNotExist' }),
  ],
  [
    'affinity: the node by its field',
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] },
            ],
          },
        },
      },
    },
  ],
  ['nodeName', { nodeName: 'node-1' }],
  ['hostUsers: false', { hostUsers: false }],
  [
    'tolerations',
    {
      tolerations: [
        { key: 'tenant', value: '7' },
        { key: 'pool', operator: 'Exists' },
        { operator: 'Exists', effect: 'NoExecute' },
      ],
    },
  ],
];

const CLUSTERS: readonly (readonly [name: string, more: (i: number) => Parameters<typeof node>[2]])[] = [
  ['', i => ({ labels: labelsOf(i) })],
  ['none ready', i => ({ labels: labelsOf(i), ready: false })],
  [
    'all tainted alike',
    i => ({ labels: labelsOf(i), taints: [{ key: 'pool', value: 'x', effect: 'NoSchedule' }] }),
  ],
  [
    'each tainted its own way',
    i => ({
      labels: labelsOf(i),
      taints: [{ key: `tenant-${i}`, value: `${i}`, effect: 'NoSchedule' }],
    }),
  ],
  [
    'no two labels alike',
    i => ({
      labels: {
        ...labelsOf(i),
        ...Object.fromEntries(Array.from({ length: 10 }, (_, j) => [`l-${i}-${j}`, `${i}`])),
      },
    }),
  ],
];

/** Labels like those of a cloud: mostly alike, with a name, a rack and a serial number of each node's own. */
const labelsOf = (i: number): Record<string, string> => ({
  'kubernetes.io/arch': 'amd64',
  'kubernetes.io/os': 'linux',
  'kubernetes.io/hostname': `node-${i}`,
  'node.kubernetes.io/instance-type': `m${i % 7}`,
  zone: 'abc'[i % 3] as string,
  pool: i % 2 === 0 ? 'a' : 'b',
  rack: `r${i % 200}`,
  serial: `${i}`,
});

/** The cost of a decision on 5,000 nodes as a multiple of that on three, for various Pods and clusters. */
export function benchPlacement(): readonly Placement[] {
  const cases = [
    ...QUESTIONS.map(([name, spec]) => ({ name, spec, more: CLUSTERS[0]?.[1] })),
    ...CLUSTERS.slice(1).map(([name, more]) => ({ name: `nodes: ${name}`, spec: {}, more })),
  ];
  return cases.map(({ name, spec, more }) => {
    const [small, large] = [SMALL, LARGE].map(count => decideOn(spec, clusterOf(count, more))) as [Run, Run];
    return { name, ...compare(small, large) };
  });
}

export type Run = () => unknown;

/** The fastest round of each counts, since whatever else the machine does only adds. */
export function compare(small: Run, large: Run): Omit<Placement, 'name'> {
  const best = { small: Number.POSITIVE_INFINITY, large: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    best.small = Math.min(best.small, microseconds(small));
    best.large = Math.min(best.large, microseconds(large));
  }
  return { ...best, ratio: best.large / best.small };
}

/** Measures this thread's processor time, as time on the clock is mostly that of others on a busy machine. */
function microseconds(run: Run): number {
  const begin = spent();
  let count = 0;
  while (spent() - begin < 40_000) {
    for (let i = 0; i < 20; i++) run();
    count += 20;
  }
  return (spent() - begin) / count;
}

function spent(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function clusterOf(
  count: number,
  more: ((i: number) => Parameters<typeof node>[2]) | undefined,
): ClusterView {
  const nodes = Array.from({ length: count }, (_, i) =>
    node(`node-${i}`, ['', 'runc', 'runsc', 'kata-qemu'], more?.(i)),
  );
  const classes = [runtimeClass('gvisor', 'runsc'), runtimeClass('kata-qemu', 'kata-qemu')];
  return readCluster([...classes, ...nodes].map(object => documentOf(object))).view;
}

/** A high risk asks for a sandbox, so both classes are placed. */
function decideOn(spec: Spec, view: ClusterView): Run {
  const { snapshot } = compile([], { builtin: builtinPolicy('balanced'), balanced: true, now: NOW });
  const pod = twoContainerPod('high');
  const request = {
    operation: 'CREATE',
    subresource: '',
    userInfo: { username: 'u', groups: [] },
    pod: { ...pod, spec: { ...pod.spec, ...spec } as unknown as PodSpec } as Pod,
    namespaceName: 'shop',
    namespace: { name: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop' } },
  };
  return () => decide(request, snapshot, view, NOW);
}
