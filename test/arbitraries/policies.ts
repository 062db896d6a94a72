import fc from 'fast-check';
import { ISOLATIONS } from '../../src/profiles/isolation.ts';
import { SIGNALS } from '../../src/signals/index.ts';

const isolation = fc.constantFrom(...ISOLATIONS);
const LEAST = { hygiene: 0, exposure: 30, breakout: 70, requirement: 0 } as const;

/** A weight of its own for up to three signals, within what their category allows. */
const signalWeights = fc
  .uniqueArray(fc.constantFrom(...SIGNALS.filter(signal => signal.category !== 'requirement')), {
    maxLength: 3,
  })
  .chain(signals =>
    fc.record(
      Object.fromEntries(
        signals.map(({ id, category }) => [id, fc.integer({ min: LEAST[category], max: 100 })]),
      ),
    ),
  );

const tiers = fc.constantFrom(
  [],
  [{ atLeast: 30, isolation: 'app-kernel' }],
  [
    { atLeast: 30, isolation: 'app-kernel' },
    { atLeast: 70, isolation: 'vm' },
  ],
  [{ atLeast: 50, isolation: 'vm' }],
);

const selector = fc.constantFrom(
  {},
  { matchLabels: { app: 'x' } },
  { matchLabels: { 'cofferdam.dev/risk': 'high' } },
);
const namespaceSelector = fc.constantFrom({}, { matchLabels: { tenant: 'a' } });

const scoring = fc.record(
  {
    signals: signalWeights,
    labels: fc.constantFrom(
      [],
      [{ key: 'cofferdam.dev/risk', weights: { low: 0, medium: 30, high: 60, critical: 90 } }],
      [{ key: 'app', weights: { x: 80, y: 10 } }],
    ),
    rules: fc.constantFrom(
      [],
      [{ name: 'many', expression: 'size(object.spec.containers) > 1', weight: 40 }],
      [{ name: 'broken', expression: "object.metadata.labels['nobody'] == 'x'", weight: 35 }],
    ),
  },
  { requiredKeys: [] },
);

const sandboxes = fc.constantFrom(
  [{ runtimeClass: 'gvisor' }, { isolation: 'vm' }],
  [{ isolation: 'vm' }],
  [{ runtimeClass: 'kata-qemu' }],
);

/** A namespaced policy has no podSelector-less floor, exemptions or class order; see the schema. */
const shared = { scoring, minimumIsolation: isolation, sandboxes };

export const clusterPolicy = (name: string) =>
  fc
    .record(
      {
        match: fc.record({ namespaceSelector, podSelector: selector }, { requiredKeys: [] }),
        tiers,
        whenUnavailable: fc.constantFrom('Pend', 'Reject'),
        acceptDegraded: fc.constantFrom([], ['liveProjectedVolume', 'unsetLimits']),
        ...shared,
      },
      { requiredKeys: [] },
    )
    .map(spec => ({
      apiVersion: 'cofferdam.dev/v1alpha1',
      kind: 'ClusterSandboxPolicy',
      metadata: { name },
      spec,
    }));

export const namespacedPolicy = (name: string, namespace: string) =>
  fc.record(shared, { requiredKeys: [] }).map(spec => ({
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind: 'SandboxPolicy',
    metadata: { name, namespace },
    spec,
  }));

export const exemption = (name: string) =>
  fc
    .record({
      namespace: fc.constantFrom('shop', 'other'),
      podSelector: selector,
      waive: fc.uniqueArray(fc.constantFrom(...SIGNALS.map(signal => signal.id)), {
        minLength: 1,
        maxLength: 4,
      }),
    })
    .map(({ namespace, podSelector, waive }) => ({
      apiVersion: 'cofferdam.dev/v1alpha1',
      kind: 'SandboxExemption',
      metadata: { name },
      spec: {
        match: { namespaces: [namespace], podSelector },
        waive: waive.map(signal => ({ signal })),
        owner: 'team',
        reason: 'a test',
        expires: '2026-12-31T00:00:00Z',
      },
    }));
