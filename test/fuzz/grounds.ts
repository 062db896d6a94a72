import { builtinView } from '../../src/cluster/builtin.ts';
import type { Ground } from '../../src/decision/ground.ts';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { viewOf } from '../support/cluster.ts';
import { node, runtimeClass, servedNamespace } from '../support/objects.ts';
import { snapshotOf } from '../support/snapshot.ts';

const API = 'cofferdam.dev/v1alpha1';
const object = (kind: string, metadata: object, spec: object) => ({ apiVersion: API, kind, metadata, spec });

const KATA = { 'katacontainers.io/kata-runtime': 'true' };
const CLASSES = [
  runtimeClass('gvisor', 'runsc'),
  runtimeClass('kata-qemu', 'kata-qemu', {
    overhead: { podFixed: { memory: '130Mi', cpu: '250m' } },
    scheduling: { nodeSelector: KATA, tolerations: [{ key: 'sandbox', operator: 'Exists' }] },
  }),
  runtimeClass('kata-fc', 'kata-fc', { overhead: { podFixed: { memory: '130Mi' } } }),
  runtimeClass('kata-qemu-snp', 'kata-qemu-snp', { overhead: { podFixed: { memory: '2Gi' } } }),
  runtimeClass('fake-gvisor', 'runc'),
];
const NODES = [
  node('n1', ['runc', 'runsc'], { labels: { zone: 'a' }, features: { recursiveReadOnlyMounts: true } }),
  node('n2', ['runc', 'kata-qemu', 'kata-fc'], {
    labels: { zone: 'b', ...KATA },
    taints: [{ key: 'sandbox', effect: 'NoSchedule' }],
    features: { userNamespaces: true },
  }),
];
const NAMESPACES = [
  servedNamespace('shop'),
  servedNamespace('tenant', { 'cofferdam.dev/tenant': 'a', tenant: 'a' }),
  servedNamespace('bank', { 'cofferdam.dev/risk': 'high', 'cofferdam.dev/minimum-isolation': 'app-kernel' }),
];

/** None of these rules stops matching when something is added to a Pod; `noise` relies on that. */
const RULES = [
  { name: 'public', expression: "object.metadata.?labels.?exposure.orValue('') == 'public'", weight: 40 },
  { name: 'many', expression: 'size(object.spec.containers) > 3', weight: 10 },
  { name: 'nginx', expression: "object.spec.containers.exists(c, c.image == 'nginx')", weight: 35 },
  { name: 'broken', expression: "object.metadata.labels['nobody'] == 'x'", weight: 5 },
];
const OBJECTS = [
  object(
    'ClusterSandboxPolicy',
    { name: 'ruled' },
    {
      match: { podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['y'] }] } },
      scoring: { signals: { hostPort: 80, imageDigest: 5 }, rules: RULES },
    },
  ),
  object('SandboxPolicy', { name: 'own', namespace: 'shop' }, { scoring: { signals: { imageTag: 20 } } }),
  object(
    'SandboxExemption',
    { name: 'agents' },
    {
      match: { namespaces: ['shop', 'tenant'], images: ['nginx', 'ghcr.io/acme/*'] },
      waive: [
        { signal: 'hostPathSystem' },
        { signal: 'hostPath', values: ['/srv/data'] },
        { signal: 'hostNetwork' },
      ],
      owner: 'platform',
      reason: 'a test',
      expires: '2026-12-31T00:00:00Z',
    },
  ),
];
const LISTING = object(
  'ClusterSandboxPolicy',
  { name: 'listing' },
  {
    match: { namespaceSelector: { matchLabels: { tenant: 'a' } } },
    sandboxes: [{ isolation: 'vm' }, { runtimeClass: 'gvisor' }],
    whenUnavailable: 'Reject',
  },
);
const shipped = (name: 'strict' | 'multi-tenant') => builtinPolicy(name).map(({ value }) => value);

/** The objects by which Pods are judged, by a name that the corpus keeps. */
export const GROUNDS = {
  /** An installation as it is before anybody configures it. */
  plain: { snapshot: snapshotOf(), view: builtinView() },
  /** Rules, exemptions, classes of all isolations, namespaces of several kinds, and an unknown one. */
  ruled: { snapshot: snapshotOf(OBJECTS), view: viewOf(...CLASSES, ...NAMESPACES) },
  /** The stricter built-in policies, a list of sandboxes, and nodes that not every class can run on. */
  crowded: {
    snapshot: snapshotOf([...OBJECTS, ...shipped('strict'), ...shipped('multi-tenant'), LISTING]),
    view: viewOf(...CLASSES, ...NAMESPACES, ...NODES),
  },
} satisfies Readonly<Record<string, Ground>>;

export type GroundName = keyof typeof GROUNDS;
export const GROUND_NAMES = Object.keys(GROUNDS) as readonly GroundName[];

/** The last name is unknown where namespaces are listed. */
export const NAMESPACE_NAMES = ['shop', 'tenant', 'bank', 'unheard-of'] as const;
