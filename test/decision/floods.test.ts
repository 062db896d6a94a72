import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/admission/handler.ts';
import { judge } from '../../src/admission/judge.ts';
import { outOfBounds } from '../../src/admission/shape.ts';
import { decide } from '../../src/decision/decide.ts';
import { SIGNALS } from '../../src/signals/index.ts';
import { reviewOf } from '../admission/support.ts';
import { viewOf } from '../support/cluster.ts';
import { node, runtimeClass } from '../support/objects.ts';
import { timesControl } from '../support/processor-time.ts';
import { NOW } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const record = (count: number, key: (i: number) => string, value: string) =>
  Object.fromEntries(many(count, i => [key(i), value]));

const IMAGE = 'ghcr.io/acme/agent:1';
const container = (i: number, more: object = {}) => ({ name: `c${i}`, image: IMAGE, ...more });
const one = (more: object) => ({ containers: [container(0, more)] });
const privileged = { securityContext: { privileged: true } };
/** Needs a sandbox, so that it is placed. */
const placed = one({ image: 'x', ...privileged });
const required = (terms: readonly object[]) => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
});
const term = (i: number) => ({ matchExpressions: [{ key: `k${i}`, operator: 'In', values: ['a', 'b'] }] });

/** @param values that the review may have, of whatever takes longest */
type Made = (values: number) => object;
type Shape = [name: string, spec: Made, metadata?: Made];

const SHAPES: Shape[] = [
  ['containers', values => ({ containers: many(values / 3, i => container(i)) })],
  ['containers of one name', values => ({ containers: many(values / 3, () => container(0)) })],
  ['privileged containers', values => ({ containers: many(values / 5, i => container(i, privileged)) })],
  [
    'probes',
    values => ({
      containers: many(values / 6, i => container(i, { livenessProbe: { httpGet: { host: 'h' } } })),
    }),
  ],
  [
    'containers, and one with capabilities',
    values => ({
      initContainers: many(values / 6, i => container(i)),
      ...one({ securityContext: { capabilities: { add: many(values / 2, () => 'NET_RAW') } } }),
    }),
  ],
  [
    'containers and host paths',
    values => ({
      containers: many(values / 8, i => container(i)),
      volumes: many(values / 8, i => ({ name: `v${i}`, hostPath: { path: '/' } })),
    }),
  ],
  [
    'volumes and devices',
    values => ({
      ...one({ volumeDevices: many(values / 5, i => ({ name: `v${i}` })) }),
      volumes: many(values / 5, i => ({ name: `v${i}`, ephemeral: {} })),
    }),
  ],
  ['devices', values => one({ volumeDevices: many(values / 2, i => ({ name: `v${i}` })) })],
  ['variables', values => one({ env: many(values / 3, i => ({ name: `E${i}`, value: 'x' })) })],
  ['claims', values => ({ ...one({}), resourceClaims: many(values / 2, i => ({ name: `c${i}` })) })],
  ['resources', values => one({ resources: { limits: record(values, i => `acme.com/r${i}`, '1') } })],
  ['tolerations', values => ({ ...placed, tolerations: many(values / 2, i => ({ key: `k${i}` })) })],
  ['labels of nodes', values => ({ ...placed, nodeSelector: record(values, i => `k${i}`, 'v') })],
  ['affinities', values => ({ ...placed, affinity: required(many(values / 8, term)) })],
  ['annotations', () => one({}), values => ({ annotations: record(values, i => `example.com/a${i}`, 'v') })],
  [
    'annotations that runtimes obey',
    () => one({}),
    values => ({ annotations: record(values, i => `dev.gvisor.flag.${i}`, 'v'.repeat(10)) }),
  ],
  ['labels', () => one({}), values => ({ labels: record(values, i => `l${i}`, 'v') })],
  ['one path', () => ({ ...one({}), volumes: [{ name: 'v', hostPath: { path: '/..a'.repeat(700_000) } }] })],
  ['one capability', () => one({ securityContext: { capabilities: { add: [' cap_'.repeat(600_000)] } } })],
  [
    'one capability of two alphabets',
    () => one({ securityContext: { capabilities: { add: ['cap_é'.repeat(500_000)] } } }),
  ],
  ['one image', () => ({ containers: [{ name: 'a', image: 'a/-'.repeat(1_000_000) }] })],
  [
    'one command',
    () => ({ initContainers: [container(1, { command: ['/proxy-init'.repeat(250_000)] })], ...one({}) }),
  ],
  ['one annotation', () => one({}), () => ({ annotations: { 'dev.gvisor.flag.x': 'v'.repeat(3_000_000) } })],
  ['one key', () => one({}), () => ({ annotations: { [`dev.gvisor.flag.${'x'.repeat(3_000_000)}`]: 'v' } })],
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

/** What judging may take, in units of what reading the same JSON takes: a Pod within the bounds takes as much. */
const TIMES_READING = 12;
/** The bound for a Pod that was let have it, and of which two are looked at: 20 at most, and 30 where coverage is counted. */
const TIMES_READING_STORED = 45;
/** A quarter of what a review may have: what takes more than its share of all takes more of a quarter, too. */
const VALUES = LIMITS.items / 4;

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
  const deps = { decide, current: () => ({ snapshot, view }), now: () => NOW };

  function expectInTime(review: object, times: number): void {
    const text = JSON.stringify(review);
    expect(outOfBounds(Buffer.from(text), LIMITS)).toBeUndefined();
    const body: unknown = JSON.parse(text);
    const took = timesControl(
      () => judge(body, 'mutate', 'enforce', deps),
      () => JSON.parse(text),
      times,
    );
    expect(took).toBeLessThan(times);
  }
  const podOf = (values: number, spec: Made, metadata: Made | undefined) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', ...metadata?.(values) },
    spec: spec(values),
  });

  it.each(SHAPES)('%s', (_, spec, metadata) => {
    expectInTime(reviewOf(podOf(VALUES, spec, metadata)), TIMES_READING);
  });

  it.each(SHAPES)('%s, stored already', (_, spec, metadata) => {
    const pod = podOf(VALUES / 2, spec, metadata);
    const labelled = { ...pod, metadata: { ...pod.metadata, finalizers: ['example.com/one'] } };
    expectInTime(reviewOf(labelled, { operation: 'UPDATE', oldObject: pod }), TIMES_READING_STORED);
  });
});
