import fc from 'fast-check';
import { readCluster } from '../../src/cluster/static.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { documentOf } from '../support/documents.ts';

const CLASSES = {
  gvisor: 'runsc',
  'kata-qemu': 'kata-qemu',
  kata: 'kata',
  runc: 'runc',
  'fake-gvisor': 'runc',
  'kata-fc': 'kata-fc',
  'kata-qemu-snp': 'kata-qemu-snp',
} as const;
type ClassName = keyof typeof CLASSES;

const runtimeClass = (name: ClassName) => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name },
  handler: CLASSES[name],
  ...(name.startsWith('kata') && {
    overhead: { podFixed: { memory: '130Mi', cpu: '250m' } },
    scheduling: { nodeSelector: { 'katacontainers.io/kata-runtime': 'true' } },
  }),
});

const node = fc
  .record({
    name: fc.constantFrom('n1', 'n2'),
    handlers: fc.subarray(['runc', 'runsc', 'kata-qemu', 'kata'] as const),
    userNamespaces: fc.boolean(),
    kata: fc.boolean(),
    ready: fc.boolean(),
    unschedulable: fc.boolean(),
    zone: fc.constantFrom('a', 'b'),
  })
  .map(({ name, handlers, userNamespaces, kata, ready, unschedulable, zone }) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { zone, ...(kata && { 'katacontainers.io/kata-runtime': 'true' }) } },
    spec: { unschedulable },
    status: {
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      runtimeHandlers: handlers.map(handler => ({ name: handler, features: { userNamespaces } })),
    },
  }));

/** Clusters with some of the well-known classes, a class that lies about its name, and nodes or none. */
export const arbitraryView: fc.Arbitrary<ClusterView> = fc
  .record({
    classes: fc.subarray(Object.keys(CLASSES) as ClassName[]),
    nodes: fc.uniqueArray(node, { maxLength: 2, selector: n => n.metadata.name }),
  })
  .map(({ classes, nodes }) => {
    const { view, problems } = readCluster(
      [...classes.map(runtimeClass), ...nodes].map(value => documentOf(value, 'cluster.yaml')),
    );
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    return view;
  });
