import fc from 'fast-check';
import { factsOf, nodeFacts } from '../../src/cluster/facts.ts';
import { readCluster } from '../../src/cluster/static.ts';
import type { ClusterView, NodeFacts } from '../../src/cluster/view.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { documentOf } from '../support/documents.ts';

/** A cluster as decisions see it, and its nodes as a list. */
export interface Cluster {
  readonly view: ClusterView;
  readonly nodes: readonly NodeFacts[] | undefined;
  /** The objects that both were read from; a counterexample shows them. */
  readonly objects: readonly object[];
}

const KATA = 'katacontainers.io/kata-runtime';

/** The handlers that each class may have, the usual one first: names may lie, handlers do not. */
const CLASSES = {
  gvisor: ['runsc'],
  'gvisor-next': ['runsc', 'unheard-of'],
  'kata-qemu': ['kata-qemu'],
  kata: ['kata', 'kata-clh'],
  'kata-fc': ['kata-fc'],
  'kata-qemu-snp': ['kata-qemu-snp'],
  'kata-debug': ['kata-qemu-debug'],
  runc: ['runc'],
  'fake-gvisor': ['runc'],
  'windows-hyperv': ['runhcs-wcow-hypervisor'],
} as const;

const overhead = fc.constantFrom(
  undefined,
  { memory: '130Mi' },
  { memory: '130Mi', cpu: '250m' },
  { memory: '130Mi', cpu: '0.3' },
  { memory: '130000Ki', cpu: '1' },
  { memory: '131M' },
  { memory: '0.1Gi' },
);
const scheduling = fc.constantFrom(
  undefined,
  undefined,
  { nodeSelector: { [KATA]: 'true' } },
  { nodeSelector: { zone: 'a' } },
  { nodeSelector: { zone: 'b', [KATA]: 'true' }, tolerations: [{ key: 'sandbox', operator: 'Exists' }] },
  { tolerations: [{ key: 'sandbox', value: 'yes', effect: 'NoSchedule' }] },
);

const runtimeClass = (name: keyof typeof CLASSES) =>
  fc
    .record({ handler: fc.constantFrom(...CLASSES[name]), podFixed: overhead, scheduling })
    .map(({ handler, podFixed, scheduling: given }) => ({
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name },
      handler,
      ...(podFixed && { overhead: { podFixed } }),
      ...(given && { scheduling: given }),
    }));

const HANDLERS = ['runc', 'runsc', 'kata-qemu', 'kata', 'kata-fc'] as const;
const features = fc.record({ userNamespaces: fc.boolean(), recursiveReadOnlyMounts: fc.boolean() });
const taints = fc.constantFrom(
  [],
  [],
  [{ key: 'sandbox', value: 'yes', effect: 'NoSchedule' }],
  [{ key: 'sandbox', value: 'no', effect: 'NoExecute' }],
  [
    { key: 'sandbox', value: 'yes', effect: 'NoSchedule' },
    { key: 'other', effect: 'NoExecute' },
  ],
);

const node = fc
  .record({
    name: fc.constantFrom('n1', 'n2', 'n3'),
    // A node that lists none is asked by the labels that classes select.
    handlers: fc.option(fc.subarray([...HANDLERS], { minLength: 1 }), { nil: undefined, freq: 3 }),
    features,
    taints,
    kata: fc.boolean(),
    ready: fc.constantFrom(true, true, true, false),
    unschedulable: fc.constantFrom(false, false, false, true),
    zone: fc.constantFrom('a', 'b'),
    cores: fc.constantFrom('4', '16'),
  })
  .map(one => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: one.name,
      labels: { zone: one.zone, cores: one.cores, ...(one.kata && { [KATA]: 'true' }) },
    },
    spec: { unschedulable: one.unschedulable, taints: one.taints },
    status: {
      conditions: [{ type: 'Ready', status: one.ready ? 'True' : 'False' }],
      runtimeHandlers: (one.handlers ?? []).map(name => ({ name, features: one.features })),
    },
  }));

/** A cluster with some of the classes, and up to three nodes of every kind, or with nothing known of nodes. */
export const arbitraryCluster: fc.Arbitrary<Cluster> = fc
  .subarray(Object.keys(CLASSES) as (keyof typeof CLASSES)[], { minLength: 3 })
  .chain(names => fc.tuple(...names.map(runtimeClass)))
  .chain(classes =>
    fc.uniqueArray(node, { maxLength: 3, selector: ({ metadata }) => metadata.name }).map(nodes => {
      const objects = [...classes, ...nodes];
      const { view, problems } = readCluster(objects.map(value => documentOf(value, 'cluster.yaml')));
      if (problems.length > 0) throw new Error(JSON.stringify(problems));
      const facts = nodes.map(one => factsOf(one as KubeObject, nodeFacts) as NodeFacts);
      return { view, nodes: nodes.length > 0 ? facts : undefined, objects };
    }),
  );
