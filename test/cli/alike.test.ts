import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alikeAmong } from '../../src/cli/suggest/alike.ts';
import { decideCreation, type Ground } from '../../src/decision/ground.ts';
import { readRunningPods } from '../../src/input/cluster.ts';
import { controllersOf } from '../../src/input/owner.ts';
import { arbitraryCluster } from '../arbitraries/clusters.ts';
import { rawExemptions, rawPolicies, richPod } from '../arbitraries/rich-pods.ts';
import { viewOf } from '../support/cluster.ts';
import { namespace, node, policy, runtimeClass } from '../support/objects.ts';
import { NOW } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';

interface Made {
  readonly metadata?: object;
  readonly spec?: object;
}

/** Pods of one workload, as a list of the API server has them. */
const podsOf = (kind: string, ...made: readonly Made[]) =>
  readRunningPods(
    made.map(({ metadata, spec }, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `app-${i}`,
        namespace: 'shop',
        ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'app', controller: true }],
        ...metadata,
      },
      spec: { containers: [{ name: 'a', image: 'a:1' }], ...spec },
    })),
    controllersOf({}),
  ).pods;

const CLASSES = [runtimeClass('gvisor', 'runsc'), runtimeClass('kata-qemu', 'kata-qemu')];
const NODES = [
  node('n1', ['runsc', 'kata-qemu']),
  node('n2', ['runsc', 'kata-qemu']),
  node('n3', ['runsc']),
  node('n4', ['runsc', 'kata-qemu'], { taints: [{ key: 'x', effect: 'NoSchedule' }] }),
];
const VIEW = viewOf(...CLASSES, ...NODES, namespace('shop'));
const ground = (...raw: readonly object[]): Ground => ({ snapshot: snapshotOf(raw), view: VIEW });

const groupsOf = (kind: string, made: readonly Made[], on = ground()) =>
  alikeAmong(podsOf(kind, ...made), on, NOW).map(some => some.map(({ name }) => name));
const TOGETHER = [['app-0', 'app-1']];
const APART = [['app-0'], ['app-1']];

const token = (name: string, mounted = name): Made => ({
  spec: {
    containers: [{ name: 'a', image: 'a:1', volumeMounts: [{ name: mounted, mountPath: '/t' }] }],
    volumes: [{ name, projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
  },
});
const onNode = (name: string, ...matchExpressions: readonly object[]): Made => {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [name] }];
  const nodeSelectorTerms = [{ matchFields, ...(matchExpressions.length > 0 && { matchExpressions }) }];
  const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return { spec: { hostPID: true, affinity: { nodeAffinity } } };
};
const labelled = (labels: object): Made => ({ metadata: { labels } });
const claim = (claimName: string): Made => ({
  spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] },
});
const ordinal = (i: number) =>
  labelled({ 'apps.kubernetes.io/pod-index': `${i}`, 'statefulset.kubernetes.io/pod-name': `app-${i}` });

describe('Pods of one workload', () => {
  it.each<[string, string, Made, Made]>([
    [
      'the volumes of their tokens',
      'ReplicaSet',
      token('kube-api-access-abcde'),
      token('kube-api-access-fghij'),
    ],
    ['their nodes', 'DaemonSet', onNode('n1'), onNode('n2')],
    ['their ordinals', 'StatefulSet', ordinal(0), ordinal(1)],
    ['their claims', 'StatefulSet', claim('data-app-0'), claim('data-app-1')],
    ['their hostnames', 'Job', { spec: { hostname: 'app-0' } }, { spec: { hostname: 'app-1' } }],
    [
      'their indexes',
      'Job',
      { metadata: { annotations: { 'batch.kubernetes.io/job-completion-index': '0' } } },
      { metadata: { annotations: { 'batch.kubernetes.io/job-completion-index': '1' } } },
    ],
    [
      'their Jobs',
      'Job',
      labelled({ 'controller-uid': 'u1', 'batch.kubernetes.io/job-name': 'night-1' }),
      labelled({ 'controller-uid': 'u2', 'batch.kubernetes.io/job-name': 'night-2' }),
    ],
    [
      'what a network has noted down',
      'ReplicaSet',
      { metadata: { annotations: { 'cni.projectcalico.org/podIP': '10.0.0.1' } } },
      { metadata: { annotations: { 'cni.projectcalico.org/podIP': '10.0.0.2' } } },
    ],
  ])('are alike where nothing tells them apart but %s', (_, kind, a, b) => {
    expect(groupsOf(kind, [a, b])).toEqual(TOGETHER);
  });

  it.each<[string, Made, Made]>([
    ['what they ask for', { spec: { hostPID: true } }, {}],
    ['an image', {}, { spec: { containers: [{ name: 'a', image: 'b:1' }] } }],
    ['a label that says something', labelled({ app: 'a' }), labelled({ app: 'b' })],
    ['nodes of which one has no Kata', onNode('n1'), onNode('n3')],
    ['nodes of which one repels them', onNode('n1'), onNode('n4')],
    ['nodes of which one is not there', onNode('n1'), onNode('gone')],
    ['a token that is mounted', token('kube-api-access-abcde'), token('kube-api-access-fghij', 'other')],
    ['claims that somebody has named', claim('data-a'), claim('data-b')],
    [
      'an annotation that a runtime obeys',
      { metadata: { annotations: { 'dev.gvisor.internal.nvproxy': 'true' } } },
      { metadata: { annotations: { 'dev.gvisor.internal.nvproxy': 'false' } } },
    ],
  ])('are not alike with %s apart', (_, a, b) => {
    expect(groupsOf('ReplicaSet', [a, b])).toEqual(expect.arrayContaining(APART));
  });

  const rule = (expression: string) =>
    policy('ruled', { scoring: { rules: [{ name: 'r', expression, weight: 40 }] } });
  it.each<[string, object]>([
    ['a rule', rule("object.metadata.name.endsWith('-0')")],
    ['a rule on what is made up', rule("object.metadata.labels['apps.kubernetes.io/pod-index'] == '0'")],
    [
      'the label of a score',
      policy('p', { scoring: { labels: [{ key: 'apps.kubernetes.io/pod-index', weights: { 0: 30 } }] } }),
    ],
    [
      'a policy',
      policy('p', { match: { podSelector: { matchLabels: { 'apps.kubernetes.io/pod-index': '0' } } } }),
    ],
  ])('are not alike where %s goes by their ordinals', (_, raw) => {
    expect(groupsOf('StatefulSet', [ordinal(0), ordinal(1)], ground(raw))).toEqual(APART);
  });

  it('are alike to a rule that says the same of them', () => {
    const raw = rule("object.metadata.name.startsWith('app-')");
    expect(groupsOf('StatefulSet', [ordinal(0), ordinal(1)], ground(raw))).toEqual(TOGETHER);
  });

  it('are not alike where an exemption is for one of them alone', () => {
    const exemption = {
      apiVersion: 'cofferdam.dev/v1alpha1',
      kind: 'SandboxExemption',
      metadata: { name: 'e' },
      spec: {
        match: {
          namespaces: ['shop'],
          podSelector: { matchLabels: { 'statefulset.kubernetes.io/pod-name': 'app-0' } },
        },
        waive: [{ signal: 'hostPID' }],
        owner: 'o',
        reason: 'r',
        expires: '2026-12-01T00:00:00Z',
      },
    };
    const made = [0, 1].map(i => ({ ...ordinal(i), spec: { hostPID: true } }));
    expect(groupsOf('StatefulSet', made, ground(exemption))).toEqual(APART);
    expect(groupsOf('StatefulSet', made)).toEqual(TOGETHER);
  });
});

const replica = fc.record({
  node: fc.constantFrom('n1', 'n2', 'n3'),
  labels: fc.constantFrom({}, { 'apps.kubernetes.io/pod-index': '0' }, { 'pod-template-hash': 'x' }),
  token: fc.constantFrom('kube-api-access-abcde', 'kube-api-access-fghij'),
});

it('whatever is in force and exempt, those that are alike are decided alike', () => {
  let together = 0;
  const worlds = fc.record({
    policies: rawPolicies,
    exemptions: rawExemptions,
    cluster: arbitraryCluster,
    pod: richPod,
    replicas: fc.array(replica, { minLength: 2, maxLength: 4 }),
  });
  fc.assert(
    fc.property(worlds, ({ policies, exemptions, cluster, pod, replicas }) => {
      const made = replicas.map(({ node: name, labels, token: volume }): Made => {
        const tied = onNode(name).spec as { readonly affinity: object };
        const volumes = [
          ...(pod.spec?.volumes ?? []),
          ...(token(volume).spec as { volumes: object[] }).volumes,
        ];
        return {
          metadata: {
            labels: { ...pod.metadata?.labels, ...labels },
            annotations: pod.metadata?.annotations,
          },
          spec: { ...pod.spec, volumes, affinity: tied.affinity },
        };
      });
      const all = podsOf('DaemonSet', ...made);
      const on = (raw: readonly object[]) => ({ snapshot: snapshotOf(raw), view: cluster.view });
      for (const some of alikeAmong(all, on([...policies, ...exemptions]), NOW)) {
        together += some.length > 1 ? 1 : 0;
        const fate = (one: (typeof some)[number]) => {
          const {
            verdict,
            outcome,
            required,
            runtimeClass: name,
            placement,
          } = decideCreation(one, on([...policies, ...exemptions]), NOW);
          return { verdict, outcome, required, name, placement };
        };
        const [first, ...others] = some.map(fate);
        for (const other of others) expect(other).toEqual(first);
      }
    }),
    { numRuns: 200 },
  );
  expect(together).toBeGreaterThan(0);
});
