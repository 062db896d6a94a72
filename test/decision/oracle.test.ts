import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import { decide } from '../../src/decision/decide.ts';
import type { Assessment, Decision, DecisionRequest } from '../../src/decision/decision.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import type { ClusterSandboxPolicy, SandboxExemption } from '../../src/policy/types.gen.ts';
import { BOUNDS } from '../../src/signals/bounds.ts';
import { arbitraryCluster, type Cluster } from '../arbitraries/clusters.ts';
import { namespaceWishes, riskLabels } from '../arbitraries/pods.ts';
import { changed, rawExemptions, rawPolicies, richPod } from '../arbitraries/rich-pods.ts';
import { PLAIN_RULES } from '../arbitraries/rules.ts';
import { filledTo } from '../support/bounds.ts';
import { createOf, NOW } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { oracle } from './oracle/decide.ts';
import { ANY_ERROR } from './oracle/weigh.ts';
import type { RawPolicy } from './oracle/world.ts';
import { OUTCOMES } from './outcomes.ts';

const BALANCED = builtinPolicy('balanced')[0]?.value as ClusterSandboxPolicy;
/** No cluster was given: the well-known classes, of which two are offered. */
const BUILTIN: Cluster = { view: builtinView(), nodes: undefined, objects: [] };
const OFFERED = ['gvisor', 'kata-qemu'];

interface Case {
  readonly policies: readonly RawPolicy[];
  readonly exemptions: readonly SandboxExemption[];
  readonly balanced: boolean;
  readonly cluster: Cluster;
  readonly request: DecisionRequest;
}

const namespace = fc.oneof(
  { weight: 1, arbitrary: fc.constant(undefined) },
  {
    weight: 14,
    arbitrary: fc
      .tuple(riskLabels, namespaceWishes, fc.constantFrom(true, true, true, false))
      .map(([a, b, bare]) => ({
        name: 'shop',
        labels: (bare ? {} : { ...a, ...b }) as Record<string, string>,
      })),
  },
);
const groups = fc.constantFrom(['system:authenticated'], ['system:authenticated'], ['system:nodes']);

const creation = fc
  .record({ pod: richPod, namespace, groups })
  .map(({ pod, namespace: at, groups: of }) =>
    createOf(pod, { namespace: at, userInfo: { username: 'someone', groups: of } }),
  );
/** The same in a class that this project has injected, of which later webhooks may have made too little. */
const again = fc
  .tuple(creation, fc.constantFrom('gvisor', 'kata'), fc.constantFrom('medium', 'high', 'critical'))
  .map(([request, own, risk]) => {
    const { metadata, spec } = request.pod;
    const annotations = { ...metadata?.annotations, 'cofferdam.dev/injected-runtime-class': own };
    const labels = { ...metadata?.labels, 'cofferdam.dev/risk': risk };
    const pod = { metadata: { ...metadata, labels, annotations }, spec: { ...spec, runtimeClassName: own } };
    return { ...request, pod: pod as unknown as Pod };
  });
const deleted = (pod: Pod): Pod =>
  ({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-11-24T00:00:00Z' } }) as unknown as Pod;
const update = creation.chain(request =>
  fc
    .record({
      pod: changed(request.pod),
      stored: fc.constantFrom('as it was', 'as it was', 'as it was', 'as it was', 'deleted', 'unknown'),
      subresource: fc.constantFrom('', 'ephemeralcontainers', 'resize', 'telepathy'),
    })
    .map(({ pod, stored, subresource }) => ({
      ...request,
      operation: 'UPDATE',
      subresource,
      pod,
      ...(stored !== 'unknown' && { oldPod: stored === 'deleted' ? deleted(request.pod) : request.pod }),
    })),
);

/** A Pod that has so many of something besides. */
const filled = fc
  .tuple(
    fc.constantFrom(...BOUNDS.map(({ id, most }) => ({ id, most }))),
    fc.constantFrom(-1, 0, 1, 2),
    fc.constantFrom(undefined, 0, 1, 2),
  )
  .map(([{ id, most }, more, before]) => ({
    pod: filledTo(id, most + more),
    stored: before === undefined ? undefined : filledTo(id, most + before),
  }));
const laidOver = (pod: Pod, { metadata, spec }: Pod): Pod =>
  ({
    ...pod,
    metadata: { ...pod.metadata, ...metadata },
    spec: { ...pod.spec, ...spec, runtimeClassName: pod.spec?.runtimeClassName },
  }) as unknown as Pod;
const large = fc.tuple(fc.oneof(creation, update), filled).map(([request, { pod, stored }]) => ({
  ...request,
  pod: laidOver(request.pod, pod),
  ...(request.operation === 'UPDATE' &&
    request.oldPod && { oldPod: stored ? laidOver(request.oldPod, stored) : request.oldPod }),
}));
const other = creation.map(request => ({ ...request, operation: 'CONNECT' }));

const casesOf = (request: fc.Arbitrary<DecisionRequest>): fc.Arbitrary<Case> =>
  fc.record({
    policies: rawPolicies,
    exemptions: rawExemptions,
    balanced: fc.boolean(),
    cluster: fc.oneof(
      { weight: 1, arbitrary: fc.constant(BUILTIN) },
      { weight: 4, arbitrary: arbitraryCluster },
    ),
    request,
  });

function both({ policies, exemptions, balanced, cluster, request }: Case): [Decision, Decision] {
  const snapshot = snapshotOf([...policies, ...exemptions], { balanced });
  const world = {
    policies: balanced ? [...policies, BALANCED] : policies,
    balanced: BALANCED,
    exemptions,
    profiles: snapshot.profiles,
    classes: cluster.view.runtimeClasses(),
    nodes: cluster.nodes,
    offered: cluster === BUILTIN ? OFFERED : undefined,
    rules: PLAIN_RULES,
  };
  return [withoutWords(decide(request, snapshot, cluster.view, NOW)), oracle(request, world, NOW)];
}

/** Neither what an error says, nor which word was probably meant, decides anything. */
function withoutWords(decision: Decision): Decision {
  const plain = (one: Assessment): Assessment => ({
    ...one,
    contributions: one.contributions.map(({ meant: _, ...each }) =>
      each.note === 'rule-error' && each.value ? { ...each, value: ANY_ERROR } : each,
    ),
  });
  return { ...decision, governing: plain(decision.governing), others: decision.others.map(plain) };
}

describe('a decision is what docs/decision.md says, read from top to bottom by plain code', () => {
  it.each([
    ['of a creation', creation, 300],
    ['of a creation in a class that was injected before', again, 150],
    ['of an update', update, 300],
    ['of what is neither', other, 50],
    ['of what has as much of something as the bounds allow, or more', large, 100],
  ])('%s', (_, request, numRuns) => {
    fc.assert(
      fc.property(casesOf(request), one => {
        const [decided, expected] = both(one);
        expect(decided).toStrictEqual(expected);
      }),
      { numRuns },
    );
  });

  it('of which these tests see every outcome', () => {
    const seen = [creation, again, update, other, large].flatMap(request =>
      fc.sample(casesOf(request), { numRuns: 100, seed: 1 }).map(one => both(one)[1].outcome),
    );
    expect(new Set(seen)).toEqual(new Set(OUTCOMES));
  });
});
