import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exemptionsFor } from '../../src/decision/exemption-index.ts';
import { waive } from '../../src/decision/waive.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { viewPod } from '../../src/pod/view.ts';
import { compileExemption } from '../../src/policy/exemption.ts';
import type { CompiledExemption } from '../../src/policy/policy.ts';
import type { SandboxExemption } from '../../src/policy/types.gen.ts';
import { inspect } from '../../src/signals/index.ts';
import { NOW } from '../support/request.ts';

/*
More exemptions than are asked one by one, and Pods that have some of their words in common. What is waived, and by which
exemption, is as if each had been asked.
*/

const IMAGES = [
  ...[
    'nginx',
    'nginx:1',
    'library/nginx',
    'docker.io/library/nginx',
    'index.docker.io/nginx',
    'acme/agent:1.2',
  ],
  ...['ghcr.io/acme/agent', 'ghcr.io/acme/agent:1.2', 'ghcr.io/acme/deep/er/agent', 'localhost:5000/agent'],
  `ghcr.io/acme/agent@sha256:${'0'.repeat(64)}`,
];
const PATTERNS = [...IMAGES, 'ghcr.io/*', 'ghcr.io/acme/*', 'acme/*', 'docker.io/*', 'docker.io/library/*'];
const KEYS = ['app', 'team'];
const VALUES = ['a', 'b', ''];
const labels = fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES));
const some = <T>(...of: readonly T[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...of), { minLength: 1, maxLength: 3 }), { nil: undefined });

const match = fc.record(
  {
    namespaces: fc.uniqueArray(fc.constantFrom('shop', 'other'), { minLength: 1 }),
    serviceAccounts: some('default', 'agent'),
    images: some(...PATTERNS),
    podSelector: fc.option(
      fc.oneof(
        labels.map(matchLabels => ({ matchLabels })),
        fc.constant({ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }),
        labels.map(matchLabels => ({
          matchLabels,
          matchExpressions: [{ key: 'team', operator: 'In', values: ['a'] }],
        })),
      ),
      { nil: undefined },
    ),
  },
  { requiredKeys: ['namespaces'] },
);
const exemption = fc.record({
  match,
  waive: fc.uniqueArray(fc.constantFrom('hostPID', 'hostPath', 'privileged', 'hostPort'), {
    minLength: 1,
    maxLength: 2,
  }),
  expires: fc.constantFrom('2020-01-01T00:00:00Z', '2099-01-01T00:00:00Z'),
});
const compiled = fc.array(exemption, { minLength: 33, maxLength: 60 }).map(all =>
  all.map(({ match: of, waive: signals, expires }, i) =>
    compileExemption(
      JSON.parse(
        JSON.stringify({
          metadata: { name: `e${i}` },
          spec: { match: of, waive: signals.map(signal => ({ signal })), owner: 'o', reason: 'r', expires },
        }),
      ) as SandboxExemption,
    ),
  ),
);

const container = fc.record({
  name: fc.constant('a'),
  image: fc.constantFrom(...IMAGES, 'other:1', 'no image', ''),
  securityContext: fc.constantFrom({ privileged: true }, {}),
  ports: fc.constantFrom([{ containerPort: 80, hostPort: 80 }], []),
});
const pod = fc
  .record({
    labels,
    serviceAccountName: fc.constantFrom('agent', 'default', ''),
    containers: fc.array(container, { maxLength: 3 }),
    hostPID: fc.boolean(),
    namespace: fc.constantFrom('shop', 'other', 'third'),
  })
  .map(({ labels: own, namespace, ...spec }) =>
    viewPod(
      {
        metadata: { labels: own },
        spec: { ...spec, volumes: [{ name: 'v', hostPath: { path: '/srv' } }] },
      } as unknown as Pod,
      namespace,
    ),
  );

/** Lists that are asked one by one, in which those before and after them keep their names. */
const inParts = (all: readonly CompiledExemption[]): readonly (readonly CompiledExemption[])[] =>
  Array.from({ length: Math.ceil(all.length / 30) }, (_, i) => all.slice(i * 30, (i + 1) * 30));

describe('exemptions by their handles', () => {
  it('waive what they would if each was asked, and the first takes the credit', () => {
    let waived = 0;
    fc.assert(
      fc.property(compiled, pod, (all, view) => {
        const findings = inspect(view);
        const parts = inParts(all).map(part => waive(findings, view, part, NOW).findings);
        const expected = findings.map((finding, i) => {
          const by = parts.flatMap(part => part[i]?.waivedBy ?? [])[0];
          return by === undefined ? finding : { ...finding, waivedBy: by };
        });
        expect(waive(findings, view, all, NOW).findings).toEqual(expected);
        if (expected.some(({ waivedBy }) => waivedBy !== undefined)) waived++;
      }),
      { numRuns: 500 },
    );
    expect(waived).toBeGreaterThan(100);
  });

  it('are asked in their order, each once', () => {
    fc.assert(
      fc.property(compiled, pod, (all, view) => {
        const places = exemptionsFor(all, view).map(one => all.indexOf(one));
        expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b));
      }),
    );
  });

  it.each<[string, object, object]>([
    ['images', { images: ['ghcr.io/acme/a7'] }, {}],
    ['folders of images', { images: ['ghcr.io/acme/a7/*'] }, { image: 'ghcr.io/acme/a7/agent:1' }],
    ['labels', { podSelector: { matchLabels: { app: 'a7' } } }, {}],
    ['service accounts', { serviceAccounts: ['a7'] }, {}],
  ])(
    'are not asked where others of their namespace are for other %s',
    (_, like, { image = 'ghcr.io/acme/a7:1' }: { image?: string }) => {
      const all = Array.from({ length: 5000 }, (_, i) =>
        compileExemption({
          metadata: { name: `e${i}` },
          spec: {
            match: { namespaces: ['shop'], ...JSON.parse(JSON.stringify(like).replaceAll('a7', `a${i}`)) },
            waive: [{ signal: 'hostPID' }],
            owner: 'o',
            reason: 'r',
            expires: '2099-01-01T00:00:00Z',
          },
        } as unknown as SandboxExemption),
      );
      const view = viewPod(
        {
          metadata: { labels: { app: 'a7' } },
          spec: { hostPID: true, serviceAccountName: 'a7', containers: [{ name: 'a', image }] },
        } as unknown as Pod,
        'shop',
      );
      expect(exemptionsFor(all, view).map(({ name }) => name)).toEqual(['e7']);
      expect(waive(inspect(view), view, all, NOW).exemptions.map(({ name }) => name)).toEqual(['e7']);
    },
  );
});
