import process from 'node:process';
import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { BOUNDS } from '../../src/signals/bounds.ts';
import { filledTo, filledToAll } from '../support/bounds.ts';
import { snapshotOf } from '../support/snapshot.ts';
import {
  type Asked,
  applyAll,
  askToCreate,
  guardItems,
  inForce,
  remove,
  wholeGuard,
} from './support/guarding.ts';
import { kubectlOk } from './support/kubectl.ts';
import { poll } from './support/poll.ts';
import { E2E_LABEL } from './support/settings.ts';

const NAME = 'cofferdam-e2e-cost';
const NOW = Date.parse('2026-11-24T00:00:00Z');
const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

const object = (kind: string, name: string, spec: object, namespace?: string) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind,
  metadata: { name, ...(namespace && { namespace }) },
  spec,
});
const RISK = [{ key: 'cofferdam.dev/risk', weights: { low: 0, medium: 30, high: 60, critical: 90 } }];

/** Each policy is for every Pod of the test, so this is the most that they can cost. */
const manyPolicies = [
  ...times(450, i =>
    object('ClusterSandboxPolicy', `cluster-${i}`, {
      match: {
        namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'Exists' }] },
        podSelector: { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['a', 'b'] }] },
      },
      scoring: { signals: { hostPort: 31 + (i % 60) }, labels: RISK },
    }),
  ),
  // The policies that the share of a namespace has room for.
  ...times(50, i => object('SandboxPolicy', `own-${i}`, {}, NAME)),
];
const exemptions = times(20, i =>
  object('SandboxExemption', `exemption-${i}`, {
    match: { namespaces: [NAME], images: [`ghcr.io/acme/agent${i}`, 'ghcr.io/acme/tools/*'] },
    waive: [{ signal: 'privileged' }, { signal: 'hostPathSystem', values: ['/proc', `/sys/${i}`] }],
    ...{ owner: 'team', reason: 'a test', expires: '2027-03-01T00:00:00Z' },
  }),
);

/** A Pod whose last container is the worst: whatever looks for the first must go all the way. */
function podOf(containers: number, bad: boolean): V1Pod {
  const container = (i: number) => ({
    name: `c${i}`,
    image: 'ghcr.io/acme/agent1:1',
    ports: times(3, k => ({ containerPort: 8000 + 3 * i + k })),
    env: times(5, k => ({ name: `E${k}`, value: 'v' })),
    volumeMounts: times(5, k => ({ name: `v${k}`, mountPath: `/v${k}` })),
    livenessProbe: { httpGet: { path: '/', port: 80 } },
    securityContext: {
      privileged: bad && i === containers - 1,
      capabilities: { drop: ['ALL'], add: ['CHOWN', 'KILL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name: 'pod', namespace: NAME, labels: { 'cofferdam.dev/risk': bad ? 'high' : 'low' } },
      annotations: Object.fromEntries(times(50, i => [`example.com/a${i}`, 'x'])),
    },
    spec: {
      volumes: times(30, i => ({
        name: `v${i}`,
        ...(bad ? { hostPath: { path: '/etc' } } : { emptyDir: {} }),
      })),
      containers: times(containers, container),
    },
  };
}

/** Median of seven. */
async function measure(pod: V1Pod): Promise<{ readonly ms: number; readonly asked: Asked }> {
  const taken: number[] = [];
  let asked: Asked | undefined;
  for (let i = 0; i < 7; i++) {
    const start = performance.now();
    asked = await askToCreate(pod);
    taken.push(performance.now() - start);
  }
  return { ms: taken.sort((a, b) => a - b)[3] ?? 0, asked: asked as Asked };
}

const said = (asked: Asked): readonly string[] => ('warnings' in asked ? asked.warnings : [asked.refused]);
const print = (line: string): unknown => process.stdout.write(`${line}\n`);

const FIXED = /^The Pod needs more isolation than it has; /;

const CASES = [
  [1, false],
  [1, true],
  [100, false],
  [100, true],
] as const;
const base = new Map<string, number>();

beforeAll(async () => {
  const labels = { [E2E_LABEL]: 'true' };
  await applyAll([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAME, labels } }]);
  await poll('Pods can be made', async () =>
    'pod' in (await askToCreate(podOf(1, false))) ? true : undefined,
  );
  for (const [containers, bad] of CASES) {
    const { ms } = await measure(podOf(containers, bad));
    base.set(`${containers} ${bad}`, ms);
    print(`no guard: ${containers} containers${bad ? ', violating' : ''}: ${ms.toFixed(1)} ms`);
  }
});
afterAll(async () => {
  await remove('validatingadmissionpolicybinding', NAME);
  await remove('validatingadmissionpolicy', NAME);
  await remove('namespace', NAME);
});

describe.each([
  ['the built-in policies', snapshotOf()],
  ['500 policies and 20 exemptions of the same Pods', snapshotOf([...manyPolicies, ...exemptions])],
])('a guard of %s', (what, snapshot) => {
  beforeAll(async () => {
    await applyAll(guardItems(wholeGuard(snapshot, builtinView().runtimeClasses(), NOW), NAME, NAME));
    await inForce(NAME);
    // The one before warned of the same. Checking the types of 500 policies takes a busy machine a minute.
    await poll(
      'the API server took it up',
      async () => {
        const path = [
          'get',
          'validatingadmissionpolicy',
          NAME,
          '-o',
          'jsonpath={.metadata.generation} {.status.observedGeneration}',
        ];
        const [generation, observed] = (await kubectlOk(path)).split(' ');
        return generation === observed ? true : undefined;
      },
      90,
    );
  });

  it('has no fault that the API server finds', async () => {
    const checked = await kubectlOk([
      'get',
      'validatingadmissionpolicy',
      NAME,
      '-o',
      'jsonpath={.status.typeChecking}',
    ]);
    expect(checked).toBe('{}');
  });

  it.each(CASES)(
    'judges a Pod of %i containers within its budget; violating: %s',
    async (containers, bad) => {
      const { ms, asked } = await measure(podOf(containers, bad));
      const more = ms - (base.get(`${containers} ${bad}`) ?? 0);
      print(`${what}: ${containers} containers${bad ? ', violating' : ''}: ${more.toFixed(1)} ms more`);
      // A hundred containers are more than people run: their authors are told in fixed words.
      const words = containers > 50 ? FIXED : /^the Pod needs isolation vm because of /;
      expect(said(asked)).toEqual(bad ? [expect.stringMatching(words)] : []);
    },
  );

  const here = ({ metadata, spec }: Pod) =>
    ({ metadata: { ...metadata, namespace: NAME }, spec }) as unknown as V1Pod;

  it.each(BOUNDS)('judges a Pod with as much as it may have: $most $what', async ({ id, most }) => {
    const asked = await askToCreate(here(filledTo(id, most)));
    const isFound = ['sysctls', 'hostPaths', 'hostPathCharacters'].includes(id);
    expect(said(asked)).toEqual(isFound ? [expect.stringMatching(FIXED)] : []);
  });

  it('judges a Pod with as much of everything as it may have at once: no expression costs more than it may', async () => {
    expect(said(await askToCreate(here(filledToAll())))).toEqual([expect.stringMatching(FIXED)]);
  });
});

describe('a guard of odd words', () => {
  it('is one that the API server takes', async () => {
    const values = ["it's", 'a\\b', "\\'", 'two\nlines', '\u0000\t\u007f', "') || true || ('", 'ü 💥'];
    const odd = snapshotOf([
      object('SandboxExemption', 'odd', {
        ...exemptions[0]?.spec,
        waive: [{ signal: 'kataAnnotation', values }],
      }),
    ]);
    const items = guardItems(wholeGuard(odd, [], NOW), NAME, NAME);
    expect(await applyAll(items)).toContain('serverside-applied');
  });
});
