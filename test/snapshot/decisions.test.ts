import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/decision/decide.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { readPod } from '../../src/pod/read.ts';
import { viewPod } from '../../src/pod/view.ts';
import { BOUNDS } from '../../src/signals/bounds.ts';
import { inspect } from '../../src/signals/index.ts';
import { SAVED_KINDS } from '../../src/snapshot/kinds.ts';
import { POD } from '../../src/snapshot/pod.ts';
import { reduced } from '../../src/snapshot/shape.ts';
import { savedObject } from '../../src/snapshot/write.ts';
import { arbitraryCluster } from '../arbitraries/clusters.ts';
import { rawExemptions, rawPolicies, richPod } from '../arbitraries/rich-pods.ts';
import { BASELINE_VIOLATIONS, RESTRICTED_VIOLATIONS } from '../fixtures/pods.ts';
import { CASES } from '../signals/cases/index.ts';
import { filledTo } from '../support/bounds.ts';
import { viewOf } from '../support/cluster.ts';
import { createOf, NOW } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';

/** The Pod as it is read again from a saved file. */
const again = (pod: Pod): Pod => JSON.parse(JSON.stringify(reduced(pod, POD)));
/**
 * A Pod that runs, as a review takes it: without what is null, which an API server never stores, and without the node that it
 * runs on.
 */
const stored = (pod: Pod): Pod =>
  JSON.parse(JSON.stringify({ ...pod, spec: { ...pod.spec, nodeName: undefined } }), (_, value) =>
    value === null ? undefined : value,
  );

describe('what is saved of a Pod is judged as the Pod itself', () => {
  it.each([...CASES, ...BASELINE_VIOLATIONS, ...RESTRICTED_VIOLATIONS])(
    'by its signals: $name',
    ({ pod }) => {
      expect(inspect(viewPod(again(pod), 'default'))).toEqual(inspect(viewPod(pod, 'default')));
    },
  );

  it.each(BOUNDS)('beyond the bound on $what', ({ id, most }) => {
    for (const count of [most, most + 1]) {
      const pod = filledTo(id, count);
      const decisions = [pod, again(pod)].map(one => decide(createOf(one), snapshotOf(), viewOf(), NOW));
      expect(decisions[1]).toEqual(decisions[0]);
      expect(decisions[0]?.outcome === 'out-of-bounds').toBe(count > most);
    }
  });

  it('by any policies, exemptions and clusters, with rules on what is kept', () => {
    fc.assert(
      fc.property(
        fc.record({
          policies: rawPolicies,
          exemptions: rawExemptions,
          pod: richPod,
          cluster: arbitraryCluster,
        }),
        ({ policies, exemptions, pod: drawn, cluster }) => {
          const pod = stored(drawn);
          fc.pre(!('problem' in readPod(pod)));
          const snapshot = snapshotOf([...policies, ...exemptions]);
          const [live, saved] = [pod, again(pod)].map(one =>
            decide(createOf(one), snapshot, cluster.view, NOW),
          );
          expect(saved).toEqual(live);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('an annotation that a runtime obeys', () => {
  const KEYS = [
    'dev.gvisor.flag.debug',
    'io.katacontainers.config.runtime.x',
    'run.oci.handler',
    'x.crio.io',
  ];
  const value = fc.oneof(fc.constantFrom('true', 'x', ''), fc.string({ maxLength: 90 }));

  it('is waived by its value in a snapshot exactly where it is in the cluster', () => {
    let waived = 0;
    fc.assert(
      fc.property(fc.constantFrom(...KEYS), value, value, fc.boolean(), (key, own, other, isSame) => {
        const pod = stored({
          metadata: { name: 'a', namespace: 'shop', annotations: { [key]: own } },
          spec: { containers: [{ name: 'a', image: 'a:1' }] },
        } as Pod);
        const [finding] = inspect(viewPod(pod, 'shop')).filter(({ path }) => path.includes('annotations'));
        const named = isSame ? String(finding?.value) : other;
        const exemption = {
          apiVersion: 'cofferdam.dev/v1alpha1',
          kind: 'SandboxExemption',
          metadata: { name: 'a' },
          spec: {
            match: { namespaces: ['shop'] },
            waive: [{ signal: finding?.signal, values: [named] }],
            owner: 'a',
            reason: 'b',
            expires: new Date(NOW + 86_400_000).toISOString(),
          },
        };
        fc.pre(finding !== undefined && named !== '' && !/[*\p{C}]/u.test(named));
        const snapshot = snapshotOf([exemption]);
        const [live, saved] = [pod, again(pod)].map(one => decide(createOf(one), snapshot, viewOf(), NOW));
        expect(saved).toEqual(live);
        if (live?.exemptions.length) waived++;
      }),
      { numRuns: 200 },
    );
    expect(waived).toBeGreaterThan(20);
  });
});

describe('what is saved of a cluster', () => {
  const saved = (objects: readonly object[]): readonly object[] =>
    objects.map(object => {
      const { kind } = object as { readonly kind: string };
      const of = SAVED_KINDS.find(one => one.kind === kind);
      return JSON.parse(JSON.stringify(of && savedObject({ ...object }, of)));
    });

  it('is the same cluster, for every Pod', () => {
    fc.assert(
      fc.property(arbitraryCluster, richPod, ({ objects, view }, drawn) => {
        const snapshot = snapshotOf();
        const request = createOf(stored(drawn));
        const decisions = [view, viewOf(...saved(objects))].map(one => decide(request, snapshot, one, NOW));
        expect(decisions[1]).toEqual(decisions[0]);
      }),
      { numRuns: 60 },
    );
  });

  it('has the same policies and exemptions in force', () => {
    fc.assert(
      fc.property(rawPolicies, rawExemptions, (policies, exemptions) => {
        const objects = [...policies, ...exemptions];
        expect(snapshotOf(saved(objects)).version).toBe(snapshotOf(objects).version);
      }),
      { numRuns: 30 },
    );
  });
});
