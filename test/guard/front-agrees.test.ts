import fc from 'fast-check';
import { expect, it } from 'vitest';
import { guardBindings } from '../../src/guard/binding.ts';
import { fitGuard, NOTHING_REFUSED, type Refused } from '../../src/guard/guard.ts';
import type { AdmissionPolicy } from '../../src/guard/object.ts';
import { ISOLATIONS } from '../../src/profiles/isolation.ts';
import { BOUNDS } from '../../src/signals/bounds.ts';
import { storablePod } from '../arbitraries/guard.ts';
import { arbitraryPod } from '../arbitraries/pods.ts';
import { namespacedPolicy } from '../arbitraries/policies.ts';
import { world } from '../arbitraries/worlds.ts';
import { filledTo } from '../support/bounds.ts';
import { snapshotOf } from '../support/snapshot.ts';
import type { AdmissionRequest, Verdict } from './support/admission-objects.ts';
import { evaluatePolicies } from './support/admission-policies.ts';
import { served } from './support/bound-request.ts';
import { clusterPolicy } from './support/ground.ts';
import { NOW, SHOP, viewOf } from './support/guarded-world.ts';

/*
The guard with a condition in front and the guard of labels beside it, against the guard alone, which judges every Pod:
nobody may get past the two who would not get past the one.
*/

/** The milliseconds for seconds of work, on a machine that may have others. */
const TIMEOUT_MS = 120_000;

const RISK = 'cofferdam.dev/risk';
const MINIMUM = 'cofferdam.dev/minimum-isolation';
const VALUES = ['', 'low', 'high', 'critical', 'vm', 'host-kernel', 'typo', "it's \\ odd"];
/** The keys that ask for something, and a label whose name no selector of a binding would find. */
const KEYS = [RISK, MINIMUM, 'app', "o'dd/k\\ey", `${'a.'.repeat(100)}b/c`];

/** A third have no labels, and a third one that no binding knows, where only a policy decides. */
const labels = fc.oneof(
  fc.constant({}),
  fc.constantFrom(...VALUES).map(app => ({ app })),
  fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES), { minKeys: 1, maxKeys: 2 }),
);

/** A policy that asks for something by labels, by its tiers from a score of 0, or of every Pod. */
const askingPolicy = fc
  .record(
    {
      match: fc.record(
        {
          namespaceSelector: fc.constantFrom(
            {},
            { matchExpressions: [{ key: RISK, operator: 'DoesNotExist' }] },
            { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['low'] }] },
          ),
          podSelector: fc.constantFrom({}, { matchLabels: { app: 'low' } }),
        },
        { requiredKeys: [] },
      ),
      tiers: fc.constantFrom(
        [],
        [{ atLeast: 0, isolation: 'app-kernel' }],
        [{ atLeast: 1, isolation: 'vm' }],
        [
          { atLeast: 0, isolation: 'host-kernel' },
          { atLeast: 50, isolation: 'confidential-vm' },
        ],
      ),
      minimumIsolation: fc.constantFrom(...ISOLATIONS),
      scoring: fc.record({
        labels: fc.uniqueArray(
          fc.record({
            key: fc.constantFrom(RISK, MINIMUM, 'app', 'app'),
            weights: fc.dictionary(
              fc.constantFrom('low', 'high', 'vm', 'other'),
              fc.integer({ min: 0, max: 100 }),
              { minKeys: 1 },
            ),
          }),
          { minLength: 1, maxLength: 2, selector: ({ key }) => key },
        ),
      }),
    },
    { requiredKeys: ['scoring'] },
  )
  .map(clusterPolicy);

const refused: fc.Arbitrary<Refused> = fc
  .subarray([SHOP, 'other'])
  .map(namespaces => ({ ...NOTHING_REFUSED, namespaces: new Set(namespaces) }));

const both = fc
  .record({
    world,
    asking: fc.option(askingPolicy, { nil: undefined }),
    elsewhere: fc.array(namespacedPolicy('elsewhere', 'other'), { maxLength: 1 }),
    refused,
    labels,
    alone: fc.boolean(),
  })
  .map(({ world, asking, elsewhere, refused, labels, alone }) => {
    const { policies, exemptions, classes, balanced } = world;
    const objects = [...(alone ? [] : policies), ...(asking ? [asking] : []), ...elsewhere, ...exemptions];
    const snapshot = snapshotOf(objects, { balanced });
    const guard = (besideLabels: boolean) =>
      fitGuard(snapshot, viewOf(classes).runtimeClasses(), NOW, { refused, besideLabels });
    return { alone: guard(false), paired: guard(true), labels };
  });

/** Nothing that is found in most, so that labels and policies have the last word. */
const barePod = fc
  .record({
    labels: fc.option(labels, { nil: null, freq: 1 }),
    runtimeClassName: fc.constantFrom(undefined, null, '', 'gvisor', 'kata-qemu', 'runc', 'nonsense'),
    initContainers: fc.constantFrom(undefined, null, []),
    volumes: fc.constantFrom(undefined, null, [], [{ name: 'v', emptyDir: {} }]),
    securityContext: fc.constantFrom(
      undefined,
      null,
      {},
      { privileged: false },
      { capabilities: { add: [] } },
    ),
  })
  .map(({ labels, securityContext, ...spec }) => ({
    metadata: { name: 'pod', labels },
    spec: { containers: [{ name: 'a', image: 'nginx', securityContext }], ...spec },
  }));
const aroundBounds = fc
  .tuple(fc.constantFrom(...BOUNDS), fc.constantFrom(-1, 0, 1))
  .map(([{ id, most }, more]) => filledTo(id, most + more));
const pod = fc.oneof(
  { weight: 6, arbitrary: barePod },
  { weight: 3, arbitrary: storablePod },
  { weight: 2, arbitrary: arbitraryPod },
  { weight: 1, arbitrary: aroundBounds },
);

const request = fc.record({
  object: pod.map(served),
  namespace: fc.constantFrom(SHOP, SHOP, 'other', 'third'),
  groups: fc.constantFrom(['system:authenticated'], ['system:nodes']),
});

const BINDINGS = guardBindings();
const ask = (policies: readonly AdmissionPolicy[], request: AdmissionRequest): Verdict =>
  evaluatePolicies(
    policies.map(policy => ({
      policy,
      bindings: BINDINGS.filter(({ spec }) => spec.policyName === policy.metadata.name),
    })),
    request,
  );

it(
  'lets no Pod through that the guard alone denies, and denies none that it lets through',
  () => {
    fc.assert(
      fc.property(both, fc.array(request, { minLength: 12, maxLength: 12 }), (guards, requests) => {
        const namespaceLabels = { 'cofferdam.dev/mode': 'enforce', ...guards.labels };
        const wrong = requests.flatMap(({ object, namespace, groups }) => {
          const asked: AdmissionRequest = {
            ...{ operation: 'CREATE', resource: 'pods', name: 'pod', namespace, namespaceLabels, object },
            userInfo: { username: 'someone', groups },
          };
          const alone = ask([guards.alone.policy], asked);
          const paired = ask([guards.paired.ofLabels, guards.paired.policy], asked);
          return alone.allowed === paired.allowed ? [] : [{ asked, alone, paired }];
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 50 },
    );
  },
  TIMEOUT_MS,
);
