import { describe, expect, it } from 'vitest';
import { decide } from '../../src/decision/decide.ts';
import { readPod } from '../../src/pod/read.ts';
import { SIGNALS } from '../../src/signals/index.ts';
import { node, runtimeClass, viewOf } from '../support/cluster.ts';
import { createOf, NOW } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';

/** The API server takes no larger object: etcd's limit is 1.5 MiB, that of a request 3 MiB. */
const LARGEST = 3 * 1024 * 1024;

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const record = (count: number, key: (i: number) => string, value: string) =>
  Object.fromEntries(many(count, i => [key(i), value]));

const IMAGE = 'ghcr.io/acme/agent:1';
const container = (i: number, more: object = {}) => ({ name: `c${i}`, image: IMAGE, ...more });
const one = (more: object) => ({ containers: [container(0, more)] });
const term = (i: number) => ({ matchExpressions: [{ key: `k${i}`, operator: 'In', values: ['a', 'b'] }] });

const SHAPES: [string, object, object?][] = [
  ['containers', { containers: many(60_000, container) }],
  ['containers of one name', { containers: many(60_000, () => container(0)) }],
  [
    'containers, and one with capabilities',
    {
      initContainers: many(8000, container),
      ...one({ securityContext: { capabilities: { add: many(200_000, () => 'NET_RAW') } } }),
    },
  ],
  [
    'containers and host paths',
    {
      containers: many(30_000, container),
      volumes: many(30_000, i => ({ name: `v${i}`, hostPath: { path: '/' } })),
    },
  ],
  [
    'volumes and devices',
    {
      ...one({ volumeDevices: many(60_000, i => ({ name: `v${i}` })) }),
      volumes: many(60_000, i => ({ name: `v${i}`, ephemeral: {} })),
    },
  ],
  ['one path', { ...one({}), volumes: [{ name: 'v', hostPath: { path: '/..a'.repeat(700_000) } }] }],
  ['one capability', one({ securityContext: { capabilities: { add: [' cap_'.repeat(600_000)] } } })],
  ['one image', { containers: [{ name: 'a', image: 'a/-'.repeat(1_000_000) }] }],
  [
    'one command',
    { initContainers: [container(1, { command: ['/proxy-init'.repeat(250_000)] })], ...one({}) },
  ],
  ['resources', one({ resources: { limits: record(100_000, i => `acme.com/r${i}`, '1') } })],
  [
    'scheduling',
    {
      ...one({ image: 'x', securityContext: { privileged: true } }),
      nodeSelector: record(20_000, i => `k${i}`, 'v'),
      tolerations: many(20_000, i => ({ key: `k${i}`, operator: 'Exists' })),
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: many(15_000, term) },
        },
      },
    },
  ],
  [
    'annotations and labels',
    one({}),
    {
      annotations: record(50_000, i => `dev.gvisor.flag.${i}`, 'v'.repeat(10)),
      labels: record(50_000, i => `l${i}`, 'v'),
    },
  ],
  ['one annotation', one({}), { annotations: { 'dev.gvisor.flag.x': 'v'.repeat(3_000_000) } }],
];

const exempting = (name: string, images?: string[]) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'SandboxExemption',
  metadata: { name },
  spec: {
    match: { namespaces: ['shop'], ...(images && { images }) },
    waive: SIGNALS.filter(({ category }) => category !== 'requirement').map(({ id }) => ({ signal: id })),
    owner: 'ops',
    reason: 'test',
    expires: '2027-01-01T00:00:00Z',
  },
});

describe('bypass 18: a Pod as large as a request can be is decided in time', () => {
  const snapshot = snapshotOf([
    exempting('a', ['ghcr.io/acme/other', 'ghcr.io/acme/agent:2']),
    exempting('b', ['ghcr.io/acme/*']),
  ]);
  const view = viewOf(
    runtimeClass('gvisor', 'runsc'),
    runtimeClass('kata-qemu', 'kata-qemu'),
    ...many(10, i => node(`n${i}`, ['runsc', 'kata-qemu'], { taints: [{ key: 't', effect: 'NoSchedule' }] })),
  );

  it.each(SHAPES)('%s', { timeout: 30_000 }, (_, spec, metadata = {}) => {
    const text = JSON.stringify({ metadata: { name: 'p', ...metadata }, spec });
    expect(text.length).toBeLessThan(LARGEST);
    const answer = readPod(JSON.parse(text));
    if ('problem' in answer) throw new Error(JSON.stringify(answer.problem));
    const start = performance.now();
    decide(createOf(answer.pod), snapshot, view, NOW);
    const took = performance.now() - start;
    expect(took).toBeLessThan(3000);
  });
});
