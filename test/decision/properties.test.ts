import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterView } from '../../src/cluster/view.ts';
import { decide } from '../../src/decision/decide.ts';
import type { Decision, DecisionRequest } from '../../src/decision/decision.ts';
import { fits } from '../../src/decision/place.ts';
import { INJECTED_ANNOTATION } from '../../src/pod/annotations.ts';
import type { Pod } from '../../src/pod/kube.ts';
import type { NamespaceFacts } from '../../src/pod/namespace.ts';
import { atLeast, rank } from '../../src/profiles/isolation.ts';
import { arbitraryPod, namespaceWishes, riskLabels } from '../arbitraries/pods.ts';
import { clusterPolicy, exemption, namespacedPolicy } from '../arbitraries/policies.ts';
import { arbitraryView } from '../arbitraries/views.ts';
import { snapshotOf } from '../support/snapshot.ts';

const NOW = Date.parse('2026-11-24T00:00:00Z');
const RUNS = { numRuns: 150 };

const namespace: fc.Arbitrary<NamespaceFacts> = fc
  .tuple(riskLabels, namespaceWishes)
  .map(([a, b]) => ({ name: 'shop', labels: { ...a, ...b } as Record<string, string> }));

const policies = fc
  .tuple(
    fc.array(clusterPolicy(''), { maxLength: 3 }),
    fc.array(namespacedPolicy('', 'shop'), { maxLength: 1 }),
  )
  .map(([cluster, namespaced]) => [...cluster, ...namespaced].map((p, i) => named(p, `p${i}`)));
const exemptions = fc
  .array(exemption(''), { maxLength: 2 })
  .map(list => list.map((e, i) => named(e, `e${i}`)));

const named = <T extends { metadata: object }>(object: T, name: string): T => ({
  ...object,
  metadata: { ...object.metadata, name },
});

const create = (pod: Pod, at: NamespaceFacts | undefined): DecisionRequest => ({
  operation: 'CREATE',
  subresource: '',
  userInfo: { username: 'someone', groups: ['system:authenticated'] },
  pod,
  namespaceName: 'shop',
  namespace: at,
});
const update = (pod: Pod, oldPod: Pod | undefined, at: NamespaceFacts): DecisionRequest => ({
  ...create(pod, at),
  operation: 'UPDATE',
  oldPod,
});

const classless: fc.Arbitrary<Pod> = arbitraryPod.map(pod => {
  const { runtimeClassName: _, ...spec } = pod.spec ?? { containers: [] };
  return { ...pod, spec };
});

const highestScore = ({ governing, others }: Decision): number =>
  Math.max(...[governing, ...others].map(a => a.score));
const withLabels = (pod: Pod, labels: object): Pod =>
  ({ ...pod, metadata: { ...pod.metadata, labels: { ...labels } } }) as Pod;

/** What the API server makes of the Pod once the class is set: plugin/pkg/admission/runtimeclass merges its scheduling. */
function admitted(pod: Pod, { runtimeClass }: Decision, view: ClusterView): Pod {
  const facts = view.runtimeClass(runtimeClass as string);
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      annotations: { ...pod.metadata?.annotations, [INJECTED_ANNOTATION]: runtimeClass },
    },
    spec: {
      ...pod.spec,
      runtimeClassName: runtimeClass,
      ...(facts?.overhead && { overhead: facts.overhead }),
      nodeSelector: { ...pod.spec?.nodeSelector, ...facts?.nodeSelector },
    },
  } as Pod;
}

/** Pods of one container, many of which fit somewhere, and many of which name a class. */
const agent: fc.Arbitrary<Pod> = fc
  .record({
    securityContext: fc.constantFrom(
      ...[{}, { privileged: true }, { capabilities: { add: ['NET_ADMIN'] } }, { procMount: 'Unmasked' }],
    ),
    limits: fc.constantFrom({ cpu: 1 }, { cpu: 1, 'hugepages-2Mi': '4Mi' }),
    runtimeClassName: fc.constantFrom(undefined, 'gvisor', 'kata-qemu', 'kata', 'runc'),
  })
  .map(({ securityContext, limits, runtimeClassName }) => {
    const container = { name: 'a', image: 'agent:1', securityContext, resources: { limits } };
    return { metadata: { name: 'p' }, spec: { containers: [container], runtimeClassName } } as unknown as Pod;
  });
const mounting = (pod: Pod, path: string): Pod =>
  ({ ...pod, spec: { ...pod.spec, volumes: [{ name: 'host', hostPath: { path } }] } }) as Pod;

const HOST_PATHS_EXEMPT = {
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'SandboxExemption',
  metadata: {},
  spec: {
    match: { namespaces: ['shop'] },
    waive: ['hostPathSystem', 'hostPathDevice', 'hostPathSocket', 'hostPath'].map(signal => ({ signal })),
    ...{ owner: 'team', reason: 'a test', expires: '2026-12-31T00:00:00Z' },
  },
};

const deepFreeze = <T>(value: T): T => {
  if (value && typeof value === 'object') {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
};

describe('a decision', () => {
  it('is a pure function: the same twice, and nothing handed in is changed', () => {
    fc.assert(
      fc.property(arbitraryPod, namespace, policies, exemptions, arbitraryView, (pod, at, ps, es, view) => {
        const snapshot = snapshotOf([...ps, ...es]);
        const request = deepFreeze(create(pod, at));
        expect(decide(request, snapshot, view, NOW)).toEqual(decide(request, snapshot, view, NOW));
      }),
      RUNS,
    );
  });

  it('does not depend on the order of policies and exemptions', () => {
    fc.assert(
      fc.property(arbitraryPod, namespace, policies, exemptions, arbitraryView, (pod, at, ps, es, view) => {
        const forwards = decide(create(pod, at), snapshotOf([...ps, ...es]), view, NOW);
        const backwards = decide(create(pod, at), snapshotOf([...ps, ...es].reverse()), view, NOW);
        expect(backwards).toEqual(forwards);
      }),
      RUNS,
    );
  });

  it('never runs a Pod with less isolation than is required: no silent fall-back to the host kernel', () => {
    fc.assert(
      fc.property(arbitraryPod, namespace, policies, exemptions, arbitraryView, (pod, at, ps, es, view) => {
        const decision = decide(create(pod, at), snapshotOf([...ps, ...es]), view, NOW);
        if (decision.verdict === 'reject') {
          expect(decision.runtimeClass).toBeUndefined();
          return;
        }
        expect(atLeast(decision.isolation ?? 'host-kernel', decision.required)).toBe(true);
        if (decision.isolation !== 'host-kernel') expect(decision.runtimeClass).toBeDefined();
      }),
      RUNS,
    );
  });

  it('counts each signal once: findings of one signal stand together', () => {
    fc.assert(
      fc.property(arbitraryPod, namespace, exemptions, arbitraryView, (pod, at, es, view) => {
        const { findings } = decide(create(pod, at), snapshotOf(es), view, NOW);
        const signals = findings
          .map(({ signal }) => signal)
          .filter((signal, i, all) => signal !== all[i - 1]);
        expect(signals).toEqual([...new Set(signals)]);
      }),
      RUNS,
    );
  });

  it('leaves no unwaived exposure where the host is reachable through it', () => {
    fc.assert(
      fc.property(arbitraryPod, namespace, policies, exemptions, arbitraryView, (pod, at, ps, es, view) => {
        const decision = decide(create(pod, at), snapshotOf([...ps, ...es]), view, NOW);
        if (decision.verdict === 'reject') return;
        const chosen = decision.placement.find(step => step.chosen);
        expect(chosen ? fits(chosen) : decision.required === 'host-kernel').toBe(true);
      }),
      RUNS,
    );
  });

  it('puts no Pod where it does not see what is exempt for it', () => {
    // These paths belong to a VM itself.
    const ofGuest = fc.constantFrom('/proc', '/sys/kernel', '/dev/kmsg', '/var/lib/kubelet/plugins');
    const given = fc.tuple(agent, ofGuest).map(([pod, path]) => mounting(pod, path));
    let fitted = 0;
    fc.assert(
      fc.property(given, riskLabels, arbitraryView, (pod, labels, view) => {
        const waiving = snapshotOf([named(HOST_PATHS_EXEMPT, 'paths')]);
        const at = { name: 'shop', labels: labels as Record<string, string> };
        const decision = decide(create(pod, at), waiving, view, NOW);
        if (decision.verdict === 'reject') return;
        fitted++;
        expect(rank(decision.isolation ?? 'vm')).toBeLessThan(rank('vm'));
      }),
      { numRuns: 300 },
    );
    expect(fitted).toBeGreaterThan(0);
  });

  it('names no class in place of the chosen one that isolates less', () => {
    let named = 0;
    fc.assert(
      fc.property(agent, namespace, policies, exemptions, arbitraryView, (pod, at, ps, es, view) => {
        const snapshot = snapshotOf([...ps, ...es]);
        const decision = decide(create(pod, at), snapshot, view, NOW);
        if (decision.suggestion === undefined) return;
        named++;
        const isolationOf = (name: string) =>
          snapshot.profiles.forHandler(view.runtimeClass(name)?.handler ?? '').isolation;
        const suggested = isolationOf(decision.suggestion);
        expect(atLeast(suggested, isolationOf(pod.spec?.runtimeClassName ?? ''))).toBe(true);
        expect(atLeast(suggested, decision.required)).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(named).toBeGreaterThan(0);
  });

  it('is idempotent: the mutated Pod is admitted with the same class', () => {
    fc.assert(
      // Hardly any that names a class is given one: nine of ten runs would be for nothing.
      fc.property(classless, namespace, policies, exemptions, arbitraryView, (pod, at, ps, es, view) => {
        const snapshot = snapshotOf([...ps, ...es]);
        const first = decide(create(pod, at), snapshot, view, NOW);
        fc.pre(first.verdict === 'sandbox' && first.outcome === 'injected');
        const second = decide(create(admitted(pod, first, view), at), snapshot, view, NOW);
        expect([second.verdict, second.runtimeClass]).toEqual(['admit', first.runtimeClass]);
      }),
      RUNS,
    );
  });

  it('never changes a class that the author set, unless it was injected before', () => {
    fc.assert(
      fc.property(arbitraryPod, namespace, policies, arbitraryView, (pod, at, ps, view) => {
        const explicit = pod.spec?.runtimeClassName;
        fc.pre(typeof explicit === 'string');
        const decision = decide(create(pod, at), snapshotOf(ps), view, NOW);
        if (decision.verdict === 'admit') expect(decision.runtimeClass).toBe(explicit);
        if (decision.verdict === 'sandbox') expect(decision.outcome).toBe('raised');
      }),
      RUNS,
    );
  });
});

describe('required isolation and score never fall', () => {
  it('when a policy is added', () => {
    const extra = fc.oneof(clusterPolicy('extra'), namespacedPolicy('extra', 'shop'));
    fc.assert(
      fc.property(arbitraryPod, namespace, policies, extra, arbitraryView, (pod, at, ps, p, view) => {
        const before = decide(create(pod, at), snapshotOf(ps), view, NOW);
        const after = decide(create(pod, at), snapshotOf([...ps, p]), view, NOW);
        expect(rank(after.required)).toBeGreaterThanOrEqual(rank(before.required));
        expect(highestScore(after)).toBeGreaterThanOrEqual(highestScore(before));
      }),
      RUNS,
    );
  });

  it('when a finding is added', () => {
    const more = fc.constantFrom<(spec: object) => object>(
      spec => ({ ...spec, hostPID: true }),
      spec => ({ ...spec, hostIPC: true }),
      spec => ({ ...spec, volumes: [{ name: 'z', hostPath: { path: '/srv' } }] }),
      spec => ({
        ...spec,
        ephemeralContainers: [{ name: 'z', image: 'x', securityContext: { privileged: true } }],
      }),
      spec => ({
        ...spec,
        initContainers: [
          { name: 'z', image: 'x', securityContext: { capabilities: { add: ['SYS_ADMIN'] } } },
        ],
      }),
    );
    fc.assert(
      fc.property(arbitraryPod, namespace, policies, more, arbitraryView, (pod, at, ps, add, view) => {
        const bare = {
          ...pod,
          spec: {
            ...pod.spec,
            volumes: [],
            ephemeralContainers: [],
            initContainers: [],
            hostPID: false,
            hostIPC: false,
          },
        } as unknown as Pod;
        const worse = { ...bare, spec: add(bare.spec as object) } as Pod;
        const before = decide(create(bare, at), snapshotOf(ps), view, NOW);
        const after = decide(create(worse, at), snapshotOf(ps), view, NOW);
        expect(rank(after.required)).toBeGreaterThanOrEqual(rank(before.required));
        expect(highestScore(after)).toBeGreaterThanOrEqual(highestScore(before));
      }),
      RUNS,
    );
  });

  it('when a risk label is added, to the Pod or to its namespace', () => {
    fc.assert(
      fc.property(
        arbitraryPod,
        riskLabels,
        policies,
        arbitraryView,
        fc.boolean(),
        (pod, labels, ps, view, onPod) => {
          // Policies without a podSelector: what the author cannot step out of.
          const floor = ps.filter(p => !(p.spec as { match?: { podSelector?: object } }).match?.podSelector);
          const plain: NamespaceFacts = { name: 'shop', labels: {} };
          const bare = withLabels(pod, {});
          const before = decide(create(bare, plain), snapshotOf(floor), view, NOW);
          const after = onPod
            ? decide(create(withLabels(pod, labels), plain), snapshotOf(floor), view, NOW)
            : decide(
                create(bare, { ...plain, labels: labels as Record<string, string> }),
                snapshotOf(floor),
                view,
                NOW,
              );
          expect(rank(after.required)).toBeGreaterThanOrEqual(rank(before.required));
          expect(highestScore(after)).toBeGreaterThanOrEqual(highestScore(before));
        },
      ),
      RUNS,
    );
  });
});

describe("what a Pod's author controls", () => {
  it('cannot loosen: with every label and annotation, at least what the floor asks of the bare Pod', () => {
    fc.assert(
      fc.property(arbitraryPod, namespace, policies, arbitraryView, (pod, at, ps, view) => {
        const floor = ps.filter(p => !(p.spec as { match?: { podSelector?: object } }).match?.podSelector);
        const bare = { ...pod, metadata: { name: 'x' } } as Pod;
        const least = decide(create(bare, at), snapshotOf(floor), view, NOW);
        const dressed = decide(create(pod, at), snapshotOf(ps), view, NOW);
        expect(rank(dressed.required)).toBeGreaterThanOrEqual(rank(least.required));
      }),
      RUNS,
    );
  });

  it('bypass 4: ownerReferences, names and service accounts change nothing', () => {
    fc.assert(
      fc.property(arbitraryPod, namespace, policies, arbitraryView, (pod, at, ps, view) => {
        const owned = {
          ...pod,
          metadata: {
            ...pod.metadata,
            name: 'kube-proxy',
            ownerReferences: [{ kind: 'DaemonSet', name: 'kube-proxy' }],
          },
          spec: { ...pod.spec, serviceAccountName: 'admin' },
        } as unknown as Pod;
        expect(decide(create(owned, at), snapshotOf(ps), view, NOW)).toEqual(
          decide(create(pod, at), snapshotOf(ps), view, NOW),
        );
      }),
      RUNS,
    );
  });

  it('bypass 8: a namespaced policy can only tighten, and only in its own namespace', () => {
    fc.assert(
      fc.property(
        arbitraryPod,
        namespace,
        policies,
        namespacedPolicy('own', 'shop'),
        namespacedPolicy('far', 'other'),
        arbitraryView,
        (pod, at, ps, own, far, view) => {
          const without = decide(create(pod, at), snapshotOf(ps), view, NOW);
          expect(decide(create(pod, at), snapshotOf([...ps, far]), view, NOW)).toEqual(without);
          const tightened = decide(create(pod, at), snapshotOf([...ps, own]), view, NOW);
          expect(rank(tightened.required)).toBeGreaterThanOrEqual(rank(without.required));
          if (without.verdict === 'reject') expect(tightened.verdict).toBe('reject');
        },
      ),
      RUNS,
    );
  });
});

describe('exemptions', () => {
  it('are the only thing that loosens, and not after they expire', () => {
    fc.assert(
      fc.property(arbitraryPod, namespace, policies, exemptions, arbitraryView, (pod, at, ps, es, view) => {
        const without = decide(create(pod, at), snapshotOf(ps), view, NOW);
        const during = decide(create(pod, at), snapshotOf([...ps, ...es]), view, NOW);
        const after = decide(
          create(pod, at),
          snapshotOf([...ps, ...es]),
          view,
          Date.parse('2027-01-01T00:00:00Z'),
        );
        expect(rank(during.required)).toBeLessThanOrEqual(rank(without.required));
        expect(after).toEqual(without);
      }),
      RUNS,
    );
  });
});

describe('an unknown namespace', () => {
  it('bypass 6: requires the strongest isolation', () => {
    fc.assert(
      fc.property(arbitraryPod, policies, arbitraryView, (pod, ps, view) => {
        expect(decide(create(pod, undefined), snapshotOf(ps), view, NOW).required).toBe('confidential-vm');
      }),
      RUNS,
    );
  });
});

describe('an update', () => {
  it('that adds nothing is admitted, whatever policy came after the Pod', () => {
    fc.assert(
      fc.property(
        arbitraryPod,
        riskLabels,
        namespace,
        policies,
        exemptions,
        arbitraryView,
        (pod, labels, at, ps, es, view) => {
          const decision = decide(
            update(withLabels(pod, labels), withLabels(pod, labels), at),
            snapshotOf([...ps, ...es]),
            view,
            NOW,
          );
          expect([decision.verdict, decision.outcome]).toEqual(['admit', 'nothing-added']);
        },
      ),
      RUNS,
    );
  });

  it('of a Pod that is being deleted is admitted, whatever it adds', () => {
    fc.assert(
      fc.property(
        arbitraryPod,
        arbitraryPod,
        namespace,
        policies,
        arbitraryView,
        (pod, other, at, ps, view) => {
          const old = {
            ...pod,
            metadata: { ...pod.metadata, deletionTimestamp: '2026-11-24T00:00:00Z' },
          } as unknown as Pod;
          expect(decide(update(other, old, at), snapshotOf(ps), view, NOW).outcome).toBe('deleting');
        },
      ),
      RUNS,
    );
  });

  it('bypass 10: takes nothing from the stored Pod but its own findings', () => {
    fc.assert(
      fc.property(arbitraryPod, namespace, policies, arbitraryView, (pod, at, ps, view) => {
        const plain = {
          metadata: { name: 'x' },
          spec: { containers: [{ name: 'c0', image: 'nginx' }] },
        } as unknown as Pod;
        const worse = {
          ...plain,
          spec: {
            ...plain.spec,
            ephemeralContainers: [{ name: 'e', image: 'x', securityContext: { privileged: true } }],
          },
        } as unknown as Pod;
        const forged = { ...plain, metadata: pod.metadata } as Pod;
        expect(decide(update(worse, forged, at), snapshotOf(ps), view, NOW).verdict).toBe('reject');
      }),
      RUNS,
    );
  });

  it('without the stored Pod is judged as if all of it were new', () => {
    fc.assert(
      fc.property(arbitraryPod, namespace, policies, arbitraryView, (pod, at, ps, view) => {
        const decision = decide(update(pod, undefined, at), snapshotOf(ps), view, NOW);
        expect(decision.added).toEqual(decision.findings);
      }),
      RUNS,
    );
  });

  it('is judged no more mildly for a label, a floor or a policy that came before it', () => {
    fc.assert(
      fc.property(
        arbitraryPod,
        riskLabels,
        fc.tuple(namespace, namespaceWishes),
        policies,
        debugCapabilities,
        arbitraryView,
        (pod, risk, [at, wishes], ps, capabilities, view) => {
          const judged = (labels: object, where: NamespaceFacts, list: typeof ps): number => {
            const old = withLabels(pod, labels);
            return rank(
              decide(update(debugged(old, capabilities), old, where), snapshotOf(list), view, NOW).required,
            );
          };
          const none = { name: 'shop', labels: {} };
          const plain = judged({}, none, []);
          expect(judged(risk, none, [])).toBeGreaterThanOrEqual(plain);
          expect(judged(risk, { ...at, labels: { ...at.labels, ...wishes } }, [])).toBeGreaterThanOrEqual(
            plain,
          );
          expect(judged(risk, none, ps)).toBeGreaterThanOrEqual(judged(risk, none, []));
        },
      ),
      RUNS,
    );
  });

  it('is judged by weight, not by how its label was set: medium, high, critical, each at least as strictly', () => {
    const risks = ['low', 'medium', 'high', 'critical'] as const;
    fc.assert(
      fc.property(arbitraryPod, debugCapabilities, arbitraryView, (pod, capabilities, view) => {
        const ranks = risks.map(risk => {
          const old = withLabels(pod, { 'cofferdam.dev/risk': risk });
          const at = { name: 'shop', labels: {} };
          return rank(decide(update(debugged(old, capabilities), old, at), snapshotOf(), view, NOW).required);
        });
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      }),
      RUNS,
    );
  });
});

const debugCapabilities = fc.array(fc.constantFrom('SYS_ADMIN', 'NET_ADMIN', 'NET_RAW', 'BPF', 'LEASE'), {
  minLength: 1,
  maxLength: 3,
});

const debugged = (pod: Pod, capabilities: readonly string[]): Pod =>
  ({
    ...pod,
    spec: {
      ...pod.spec,
      ephemeralContainers: [
        ...(pod.spec?.ephemeralContainers ?? []),
        ...capabilities.map((name, i) => ({
          name: `debug${i}`,
          image: 'busybox',
          securityContext: { capabilities: { add: [name] } },
        })),
      ],
    },
  }) as Pod;
