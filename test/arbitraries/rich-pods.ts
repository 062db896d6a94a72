import fc from 'fast-check';
import type { Pod } from '../../src/pod/kube.ts';
import type { SandboxExemption } from '../../src/policy/types.gen.ts';
import { SIGNALS } from '../../src/signals/index.ts';
import type { RawPolicy } from '../decision/oracle/world.ts';
import { NOW } from '../support/request.ts';
import { arbitraryPod, riskLabels } from './pods.ts';
import { clusterPolicy, namespacedPolicy } from './policies.ts';
import { PLAIN_RULES } from './rules.ts';

/*
Policies, exemptions, Pods and requests with everything that a decision looks at, for the oracle. Most fields are absent from
most of them, so that every verdict occurs.
*/

/** The value is present in one case of `oneIn`, otherwise undefined. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>, oneIn = 4): fc.Arbitrary<T | undefined> =>
  fc.oneof(
    { weight: oneIn - 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: arbitrary as fc.Arbitrary<T | undefined> },
  );

const rules = fc.subarray(Object.keys(PLAIN_RULES), { maxLength: 2 }).chain(expressions =>
  fc.tuple(
    ...expressions.map((expression, i) =>
      fc.record({
        name: fc.constant(`r${i}`),
        expression: fc.constant(expression),
        weight: fc.constantFrom(0, 30, 45),
        ...(i === 0 && { message: fc.constant('because') }),
      }),
    ),
  ),
);
const sandboxes = fc.array(
  fc.oneof(
    fc.constantFrom('gvisor', 'kata-qemu', 'kata', 'gone', 'runc').map(runtimeClass => ({ runtimeClass })),
    fc.constantFrom('host-kernel', 'app-kernel', 'vm', 'confidential-vm').map(isolation => ({ isolation })),
  ),
  { minLength: 1, maxLength: 3 },
);
const podSelector = fc.constantFrom(
  {},
  { matchLabels: { app: 'x' } },
  { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['y'] }] },
  { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
);
const namespaceSelector = fc.constantFrom(
  { matchLabels: { tenant: 'a' } },
  { matchExpressions: [{ key: 'tenant', operator: 'DoesNotExist' }] },
);
const acceptDegraded = fc.subarray(['liveProjectedVolume', 'unsetLimits', 'subPath', 'capabilityHostKernel']);

interface Loose {
  readonly spec: { readonly match?: object; readonly scoring?: object };
}

const richer = <T extends Loose>(policy: fc.Arbitrary<T>) =>
  fc
    .record({
      base: policy,
      rules: seldom(rules),
      sandboxes: seldom(sandboxes, 6),
      podSelector: seldom(podSelector),
      // Three in four ask for no minimum, as otherwise hardly any Pod would stay on the host kernel.
      standing: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ base, standing, ...more }) => {
      const { minimumIsolation, sandboxes: _, ...spec } = base.spec as Record<string, unknown>;
      return {
        ...base,
        spec: {
          ...spec,
          ...(standing === 0 && minimumIsolation !== undefined && { minimumIsolation }),
          ...(more.rules && { scoring: { ...base.spec.scoring, rules: more.rules } }),
          ...(more.sandboxes && { sandboxes: more.sandboxes }),
          ...(more.podSelector && { match: { ...base.spec.match, podSelector: more.podSelector } }),
        },
      };
    });

const cluster = fc
  .tuple(richer(clusterPolicy('')), seldom(namespaceSelector), seldom(acceptDegraded))
  .map(([policy, selector, accepted]) => ({
    ...policy,
    spec: {
      ...policy.spec,
      ...(selector && { match: { ...policy.spec.match, namespaceSelector: selector } }),
      ...(accepted && { acceptDegraded: accepted }),
    },
  }));
const namespaced = fc
  .constantFrom('shop', 'shop', 'other')
  .chain(namespace => richer(namespacedPolicy('', namespace)));

const NAMES = ['a', 'b', 'm', 'z'] as const;
type Named = { readonly metadata: object };
/** Puts names on the objects in an order that means nothing. */
const named = <T extends Named>(objects: readonly T[], names: readonly string[]): T[] =>
  objects.map((object, i) => ({ ...object, metadata: { ...object.metadata, name: names[i] } }));
const shuffled = fc.shuffledSubarray([...NAMES], { minLength: NAMES.length });

export const rawPolicies = fc
  .tuple(fc.array(cluster, { maxLength: 3 }), fc.array(namespaced, { maxLength: 1 }), shuffled)
  .map(([some, own, names]) => named([...some, ...own], names) as unknown as RawPolicy[]);

const VALUES = [
  ...['true', 80, 'Unmasked', '/srv/data', '/srv//data/', '/proc', '/dev/kvm', '/dev/./kvm'],
  ...['SYS_ADMIN', 'cap_sys_admin', 'NET_ADMIN', ' Net_Admin ', 'all'],
];
const IMAGES = ['nginx', 'nginx:1.27', 'ghcr.io/acme/*', 'docker.io/*', `nginx@sha256:${'a'.repeat(64)}`];
const waived = fc.record({
  signal: fc.constantFrom(...SIGNALS.map(({ id }) => id)),
  values: seldom(fc.subarray(VALUES, { minLength: 1 })),
});
/** An exemption waives many signals at once, as most of them are not found. */
const waive = fc
  .array(waived, { minLength: 1, maxLength: 40, size: 'max' })
  .map(list => list.map(({ signal, values }) => ({ signal, ...(values && { values }) })));

const rawExemption = fc
  .record({
    namespace: fc.constantFrom('shop', 'shop', 'shop', 'other'),
    podSelector: seldom(podSelector),
    serviceAccounts: seldom(fc.constantFrom(['default'], ['agent'], ['default', 'agent'])),
    images: seldom(fc.subarray(IMAGES, { minLength: 1 }), 2),
    waive,
    // An exemption is over at the instant at which it expires.
    expires: fc.constantFrom(NOW - 1000, NOW, NOW + 1000, NOW + 1000, NOW + 86_400_000),
  })
  .map(({ namespace, podSelector: selector, serviceAccounts, images, waive: list, expires }) => ({
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind: 'SandboxExemption',
    metadata: {},
    spec: {
      match: {
        namespaces: [namespace],
        ...(selector && { podSelector: selector }),
        ...(serviceAccounts && { serviceAccounts }),
        ...(images && { images }),
      },
      waive: list,
      owner: 'team',
      reason: 'a test',
      expires: new Date(expires).toISOString(),
    },
  }));

export const rawExemptions = fc
  .tuple(fc.array(rawExemption, { maxLength: 3 }), shuffled)
  .map(([list, names]) => named(list, names) as unknown as SandboxExemption[]);

const requirement = fc.constantFrom(
  { key: 'zone', operator: 'In', values: ['a'] },
  { key: 'zone', operator: 'NotIn', values: ['a'] },
  { key: 'cores', operator: 'Gt', values: ['8'] },
  { key: 'cores', operator: 'Lt', values: ['8'] },
  { key: 'katacontainers.io/kata-runtime', operator: 'Exists' },
  { key: 'katacontainers.io/kata-runtime', operator: 'DoesNotExist' },
);
const terms = fc.array(
  fc.record(
    {
      matchExpressions: fc.array(requirement, { maxLength: 2 }),
      matchFields: fc.constantFrom([{ key: 'metadata.name', operator: 'In', values: ['n1'] }]),
    },
    { requiredKeys: [] },
  ),
  { minLength: 1, maxLength: 2 },
);
/** The fields by which a Pod says where and as whom it runs; most of them are seldom present. */
const scheduled = fc
  .record({
    nodeName: seldom(fc.constantFrom('n1', 'n2'), 6),
    nodeSelector: seldom(
      fc.constantFrom({ zone: 'a' }, { zone: 'b' }, { 'katacontainers.io/kata-runtime': 'true' }),
    ),
    tolerations: seldom(
      fc.constantFrom(
        [{ key: 'sandbox', operator: 'Exists' }],
        [{ operator: 'Exists' }],
        [{ key: 'sandbox', operator: 'Equal', value: 'yes', effect: 'NoSchedule' }],
      ),
    ),
    nodeSelectorTerms: seldom(terms, 4),
    serviceAccountName: seldom(fc.constantFrom('agent', 'other', '')),
    serviceAccount: seldom(fc.constantFrom('agent')),
  })
  .map(({ nodeSelectorTerms, ...fields }) => ({
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    ...(nodeSelectorTerms && {
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
      },
    }),
  }));

const CLASSES = ['gvisor', 'gvisor-next', 'kata-qemu', 'kata', 'runc', 'kata-debug', 'gone'] as const;

export interface LoosePod {
  readonly metadata: { readonly annotations?: Readonly<Record<string, unknown>> };
  readonly spec: { readonly containers: readonly object[] };
}

/** The Pod without anything that no sandbox contains, as that would get most Pods rejected. */
export function withoutHost(pod: Pod): LoosePod {
  const { metadata, spec } = pod as unknown as LoosePod;
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => !/^(dev|io)[.]/.test(key));
  return {
    metadata: { ...metadata, annotations: Object.fromEntries(annotations) },
    spec: { ...spec, hostNetwork: false, hostPID: false, hostIPC: false, volumes: [] } as LoosePod['spec'],
  };
}

/** A Pod that names a class in half of the cases, injected before in some of these. */
export const richPod: fc.Arbitrary<Pod> = fc
  .record({
    pod: arbitraryPod,
    fields: scheduled,
    own: fc.option(fc.constantFrom(...CLASSES), { nil: undefined, freq: 1 }),
    injected: seldom(fc.constantFrom('its own', 'its own', 'its own', ...CLASSES), 2),
    recursive: fc.constantFrom(false, false, false, true),
    calm: fc.constantFrom(true, true, false),
  })
  .map(({ pod, fields, own, injected, recursive, calm }) => {
    const { metadata, spec } = (calm ? withoutHost(pod) : pod) as unknown as LoosePod;
    const mount = { name: 'r', mountPath: '/ro', readOnly: true, recursiveReadOnly: 'Enabled' };
    const annotations = {
      ...metadata.annotations,
      ...(injected && { 'cofferdam.dev/injected-runtime-class': injected === 'its own' ? own : injected }),
    };
    const containers = recursive ? [{ ...spec.containers[0], volumeMounts: [mount] }] : spec.containers;
    return {
      metadata: { ...metadata, annotations },
      spec: { ...spec, containers, ...fields, ...(own && { runtimeClassName: own }) },
    } as unknown as Pod;
  });

/** The Pod after a change: its metadata and some of its other fields come from another Pod. */
export const changed = (pod: Pod): fc.Arbitrary<Pod> =>
  fc
    .record({
      other: arbitraryPod,
      fields: fc.subarray(['ephemeralContainers', 'containers', 'volumes', 'hostNetwork', 'hostPID'], {
        maxLength: 2,
      }),
      labels: seldom(riskLabels),
    })
    .map(({ other, fields, labels }) => {
      const from = other.spec as unknown as Record<string, unknown>;
      const taken = Object.fromEntries(fields.map(field => [field, from[field]]));
      return {
        metadata: { ...pod.metadata, ...(labels && { labels }) },
        spec: { ...pod.spec, ...taken },
      } as unknown as Pod;
    });
