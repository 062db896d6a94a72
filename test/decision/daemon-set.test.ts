import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NodeIndex } from '../../src/cluster/node-index.ts';
import type { NodeFacts, RuntimeClassFacts } from '../../src/cluster/view.ts';
import { onEachNode, onNodes } from '../../src/decision/daemon-set.ts';
import { decideCreation } from '../../src/decision/ground.ts';
import { schedulingOf } from '../../src/decision/schedule.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { arbitraryCluster, type Cluster } from '../arbitraries/clusters.ts';
import { riskLabels } from '../arbitraries/pods.ts';
import { richPod } from '../arbitraries/rich-pods.ts';
import { viewOf } from '../support/cluster.ts';
import { node, runtimeClass } from '../support/objects.ts';
import { NOW } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { canLand, plainScan } from './plain-scan.ts';

const snapshot = snapshotOf();
/** It asks for nothing by itself: as the controller looks for nodes, without a class. */
const NO_CLASS: RuntimeClassFacts = { name: '', handler: '', nodeSelector: {}, tolerations: [] };
const FEATURES = { hostUsers: 'userNamespaces', recursiveReadOnly: 'recursiveReadOnlyMounts' } as const;

const rich = fc.tuple(richPod, riskLabels).map(
  ([pod, labels]) =>
    ({
      ...pod,
      metadata: { ...pod.metadata, labels: { ...pod.metadata?.labels, ...labels } },
    }) as Pod,
);
/** Pods most of which are put into a sandbox. */
const plain = fc
  .record({
    risk: fc.constantFrom('medium', 'high', 'critical'),
    zone: fc.constantFrom(undefined, undefined, 'a', 'b'),
    hostUsers: fc.constantFrom(undefined, undefined, false),
    tolerations: fc.constantFrom([], [{ operator: 'Exists' }]),
  })
  .map(
    ({ risk, zone, hostUsers, tolerations }) =>
      ({
        metadata: { name: 'pod', labels: { 'cofferdam.dev/risk': risk } },
        spec: {
          containers: [{ name: 'a', image: 'a:1' }],
          tolerations,
          ...(zone && { nodeSelector: { zone } }),
          ...(hostUsers === false && { hostUsers }),
        },
      }) as unknown as Pod,
  );
const labelled = fc.oneof(rich, plain);
const namesOf = (nodes: readonly NodeFacts[]): string[] => nodes.map(({ name }) => name).sort();

describe('a DaemonSet', () => {
  const view = viewOf(
    runtimeClass('gvisor', 'runsc'),
    runtimeClass('kata-qemu', 'kata-qemu'),
    node('n3', ['runc']),
    node('n2', ['runc', 'kata-qemu'], { labels: { disk: 'ssd' } }),
    node('n4', ['runc', 'kata-qemu']),
    node('n1', ['runc', 'runsc'], { labels: { disk: 'ssd' } }),
    node('down', ['runc', 'runsc'], { ready: false }),
    node('apart', ['runc', 'runsc'], { taints: [{ key: 'own', effect: 'NoSchedule' }] }),
  );
  const nodes = view.nodes();
  const podOf = (risk: string, spec: object = {}) =>
    ({
      metadata: { name: 'p', labels: { 'cofferdam.dev/risk': risk } },
      spec: { containers: [{ name: 'a', image: 'a:1' }], ...spec },
    }) as unknown as Pod;
  const goesTo = (pod: Pod) => onNodes(pod, nodes as NonNullable<typeof nodes>);
  const told = (pod: Pod) => {
    const daemons = goesTo(pod);
    const decision = decideCreation({ pod: daemons.pod, namespace: 'shop' }, { snapshot, view }, NOW);
    return [decision.runtimeClass, onEachNode(decision, daemons, view)];
  };
  const onThese = { key: 'metadata.name', operator: 'In', values: ['n1', 'n2', 'n3', 'n4'] };

  it('is tied to the ready nodes that it tolerates, by name', () => {
    expect(goesTo(podOf('high'))).toEqual({
      nodes: onThese.values,
      pod: podOf('high', {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchFields: [onThese] }],
            },
          },
        },
      }),
    });
  });

  it('is tied to them besides whatever else it asks for, in each of its terms', () => {
    const ssd = { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] };
    const named = { matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['n1'] }] };
    const affinity = (nodeSelectorTerms: object[]) => ({
      podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] },
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [],
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
      },
    });
    expect(goesTo(podOf('high', { affinity: affinity([ssd, named]) })).pod.spec?.affinity).toEqual(
      affinity([{ ...ssd, matchFields: [onThese] }, { matchFields: [...named.matchFields, onThese] }]),
    );
  });

  it('is tied to them where it only prefers some', () => {
    const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [] };
    expect(
      goesTo(podOf('high', { affinity: { nodeAffinity: preferred } })).pod.spec?.affinity?.nodeAffinity,
    ).toEqual({
      ...preferred,
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [onThese] }] },
    });
  });

  it('stays as it is where it goes nowhere, and where there are no nodes', () => {
    const pod = podOf('high', { nodeSelector: { disk: 'none' } });
    expect(goesTo(pod)).toEqual({ pod, nodes: [] });
    expect(onNodes(pod, new NodeIndex())).toEqual({ pod, nodes: [] });
  });

  it('runs in the first class that a node can run, and not where it can run none', () => {
    expect(told(podOf('high'))).toEqual([
      'gvisor',
      { cannotRun: ['n3'], otherwise: [{ runtimeClass: 'kata-qemu', nodes: ['n2', 'n4'] }] },
    ]);
    expect(told(podOf('critical'))).toEqual(['kata-qemu', { cannotRun: ['n1', 'n3'], otherwise: [] }]);
  });

  it('runs wherever it goes where it needs no class, and nowhere where it is refused', () => {
    const nothing = { cannotRun: [], otherwise: [] };
    expect([told(podOf('low')), told(podOf('high', { hostPID: true }))]).toEqual([
      [undefined, nothing],
      [undefined, nothing],
    ]);
  });

  it('does not run where the handler of its class has no user namespaces and it asks for one', () => {
    const [handler, class_] = ['runsc', 'gvisor'];
    const apart = viewOf(
      runtimeClass(class_, handler),
      node('has', [handler], { features: { userNamespaces: true } }),
      node('lacks', [handler], { features: {} }),
    );
    const daemons = onNodes(podOf('high', { hostUsers: false }), apart.nodes() as NonNullable<typeof nodes>);
    const decision = decideCreation({ pod: daemons.pod, namespace: 'shop' }, { snapshot, view: apart }, NOW);
    expect([decision.runtimeClass, onEachNode(decision, daemons, apart)]).toEqual([
      class_,
      { cannotRun: ['lacks'], otherwise: [] },
    ]);
  });
});

it("a DaemonSet goes to every ready node that its template's own scheduling allows, and its Pod to these alone", () => {
  fc.assert(
    fc.property(labelled, arbitraryCluster, (pod, { view, nodes: all = [] }) => {
      const nodes = view.nodes();
      if (!nodes) return;
      const asked = schedulingOf(pod.spec ?? {});
      const { pod: tied, nodes: names } = onNodes(pod, nodes);
      expect(names).toEqual(namesOf(all.filter(node => canLand(node, asked, NO_CLASS))));

      const allowed = all.filter(node => canLand(node, schedulingOf(tied.spec ?? {}), NO_CLASS));
      expect(namesOf(allowed)).toEqual(names);
      // Nothing but the affinity is another.
      const { affinity, ...rest } = pod.spec ?? {};
      const { affinity: narrowed, ...others } = tied.spec ?? {};
      expect([tied.metadata, others]).toEqual([pod.metadata, rest]);
      if (names.length === 0) expect(tied).toBe(pod);
      const other = (of: typeof affinity): object => ({
        ...of,
        nodeAffinity: { ...of?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: undefined },
      });
      if (names.length > 0) expect(other(narrowed)).toEqual(other(affinity));
    }),
    { numRuns: 300 },
  );
});

/** What is told of a Pod's nodes, and what must be. */
function toldOf(pod: Pod, { view, nodes: all = [] }: Cluster) {
  const nodes = view.nodes();
  if (!nodes) return undefined;
  const daemons = onNodes(pod, nodes);
  const decision = decideCreation({ pod: daemons.pod, namespace: 'shop' }, { snapshot, view }, NOW);
  const { cannotRun: told, otherwise } = onEachNode(decision, daemons, view);
  if (decision.verdict === 'reject' || decision.placement.length === 0)
    return { told, right: [], otherwise, each: [], of: 0 };
  const classes = view.runtimeClasses();
  const fitting = decision.placement
    .filter(({ objections }) => objections.every(({ code }) => code === 'no-node'))
    .map(({ runtimeClass }) => classes.find(({ name }) => name === runtimeClass) as RuntimeClassFacts);
  const features = Object.entries(FEATURES)
    .filter(([signal]) => decision.findings.some(one => one.signal === signal))
    .map(([, feature]) => feature);
  const asked = schedulingOf(daemons.pod.spec ?? {});
  const able = (name: string): boolean => {
    const node = all.filter(one => one.name === name);
    return fitting.some(one => plainScan(node, classes, asked, one, features));
  };
  const right = daemons.nodes.filter(name => !able(name));
  const each = daemons.nodes
    .filter(name => !right.includes(name))
    .map(name => [name, classOn(pod, name, view)] as const)
    .filter(([, runtimeClass]) => runtimeClass !== decision.runtimeClass);
  return { told, right, otherwise, each, of: daemons.nodes.length };
}

/** The class of the Pod that the controller makes for one of the nodes: in place of what the template requires. */
function classOn(pod: Pod, name: string, view: Cluster['view']): string | undefined {
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] };
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
  const made = { ...pod, spec: { ...pod.spec, affinity: { nodeAffinity: required } } } as Pod;
  return decideCreation({ pod: made, namespace: 'shop' }, { snapshot, view }, NOW).runtimeClass;
}

it('is in another class where the Pod of that node alone would be', () => {
  fc.assert(
    fc.property(labelled, arbitraryCluster, (pod, cluster) => {
      const { otherwise = [], each } = toldOf(pod, cluster) ?? {};
      const told = otherwise.flatMap(one => one.nodes.map(name => [name, one.runtimeClass]));
      expect(told.sort()).toEqual((each ?? []).toSorted());
    }),
    { numRuns: 600 },
  );
});

it('cannot run where no class that fits finds the node able, one by one', () => {
  fc.assert(
    fc.property(labelled, arbitraryCluster, (pod, cluster) => {
      const { told, right } = toldOf(pod, cluster) ?? {};
      expect(told).toEqual(right);
    }),
    { numRuns: 600 },
  );
});

it('of which these tests see nodes that can and that cannot, in one DaemonSet', () => {
  const some = fc
    .sample(fc.tuple(labelled, arbitraryCluster), { numRuns: 600, seed: 1 })
    .map(([pod, cluster]) => toldOf(pod, cluster));
  expect(some.some(one => one && one.told.length > 0 && one.told.length < one.of)).toBe(true);
  expect(some.some(one => one && one.of > 0 && one.told.length === 0)).toBe(true);
  expect(some.some(one => one && one.otherwise.length > 0)).toBe(true);
});

it('nothing is said where nothing is known of nodes', () => {
  fc.assert(
    fc.property(labelled, arbitraryCluster, (pod, { view }) => {
      const unknown = { ...view, nodes: () => undefined };
      const decision = decideCreation({ pod, namespace: 'shop' }, { snapshot, view }, NOW);
      expect(onEachNode(decision, { pod, nodes: ['n1'] }, unknown)).toEqual({ cannotRun: [], otherwise: [] });
    }),
    { numRuns: 50 },
  );
});
