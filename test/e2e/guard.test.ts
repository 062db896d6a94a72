import { beforeAll, describe, expect, it } from 'vitest';
import type { Pod } from '../../src/pod/kube.ts';
import { viewPod } from '../../src/pod/view.ts';
import { inspect } from '../../src/signals/index.ts';
import { BASELINE_VIOLATIONS, minimalPod, tweak } from '../fixtures/pods.ts';
import { CASES } from '../signals/cases/index.ts';
import { firedOn, GUARDS, guardPolicy, typed, warnBinding } from './support/guard-policy.ts';
import { kubectl, kubectlOk, type Output } from './support/kubectl.ts';
import { pod } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { GUARDED, IMAGE } from './support/settings.ts';

const POLICY = 'cofferdam-e2e-guards';
const TYPED = 'cofferdam-e2e-guards-typed';
const MISTAKEN = 'cofferdam-e2e-guards-mistaken';

const guarded = new Set(GUARDS.map(({ id }) => id));
const nameOf = ({ metadata }: Pod): string => metadata?.name ?? '';

/** What the units hold the guards against, and three that the API server takes where it refuses theirs. */
const PODS: readonly Pod[] = [
  minimalPod(),
  ...BASELINE_VIOLATIONS.map(({ pod }) => pod),
  ...CASES.map(({ pod }) => pod),
  tweak(({ spec }) => {
    Object.assign(spec, { hostNetwork: true, os: { name: 'windows' } });
    spec.securityContext = { windowsOptions: { hostProcess: true } };
    for (const container of spec.containers) delete container.securityContext;
  }),
  tweak(({ spec }) => {
    spec.hostUsers = false;
    for (const container of spec.containers) container.securityContext = { procMount: 'Unmasked' };
  }),
  tweak(({ spec }) => {
    spec.volumes = [{ name: 'v', emptyDir: {} }];
    for (const container of spec.containers) {
      container.securityContext = { privileged: true };
      container.volumeMounts = [{ name: 'v', mountPath: '/v', mountPropagation: 'Bidirectional' }];
    }
  }),
].map((pod, i) => ({ ...pod, metadata: { ...pod.metadata, name: `guarded-${i}`, namespace: GUARDED } }));

/** The output of kubectl for these Pods, of which none is stored. */
const dryCreate = (items: readonly object[]): Promise<Output> =>
  kubectl(['create', '--validate=ignore', '--dry-run=server', '-o', 'json', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'List',
    items,
  });

/** Ids of the guarded signals that find something, sorted. */
const foundOn = (pod: Pod): string[] =>
  [...new Set(inspect(viewPod(pod, GUARDED)).map(({ signal }) => signal))]
    .filter(id => guarded.has(id))
    .sort();

describe('the guards of the signals, in an admission policy of the API server', () => {
  beforeAll(async () => {
    const mistake = { id: 'mistake', guard: 'variables.containers.exists(c, c.?privileged.orValue(false))' };
    const items = [
      guardPolicy(POLICY, GUARDS),
      warnBinding(POLICY),
      guardPolicy(TYPED, GUARDS.map(typed)),
      guardPolicy(MISTAKEN, [typed(mistake)]),
    ];
    await kubectlOk(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
    // The API server takes a new policy up a moment after it was made.
    const violating = pod('probe', { namespace: GUARDED, spec: { hostPID: true } });
    await poll('the guards are in force', async () =>
      firedOn('probe', (await dryCreate([violating])).stderr).length > 0 ? true : undefined,
    );
  });

  it('compile, and name no field that a Pod does not have', async () => {
    const names = [POLICY, TYPED, MISTAKEN];
    const checked = await poll('the API server has checked the types', async () => {
      const found = await kubectlOk(['get', 'validatingadmissionpolicy', ...names, '-o', 'json']);
      const { items } = JSON.parse(found) as { items: { status?: { typeChecking?: object } }[] };
      const results = items.map(({ status }) => status?.typeChecking);
      return results.includes(undefined) ? undefined : results;
    });
    const mistaken = { expressionWarnings: [expect.objectContaining({ warning: expect.any(String) })] };
    expect(checked).toEqual([{}, {}, mistaken]);
  });

  it('fire exactly where the signals find something, each at least once', async () => {
    const { stdout, stderr } = await dryCreate(PODS);
    // The Pods as the API server has defaulted them. What it refuses on its own is not among them.
    const stored = stdout.split(/^(?=\{$)/m).map(text => JSON.parse(text) as Pod);
    const fired = stored.map(pod => [nameOf(pod), firedOn(nameOf(pod), stderr)] as const);

    expect(fired).toEqual(stored.map(pod => [nameOf(pod), foundOn(pod)]));
    // Validation asks for a user namespace with procMount, in which nothing is found.
    const possible = [...guarded].filter(id => id !== 'procMount');
    expect([...new Set(fired.flatMap(([, ids]) => ids))].sort()).toEqual(possible.sort());
  });

  it('see an ephemeral container', async () => {
    await kubectlOk(['create', '-f', '-'], pod('debugged', { namespace: GUARDED }));
    const debug = [
      'debug',
      '-n',
      GUARDED,
      'debugged',
      '--image',
      IMAGE,
      '--profile=sysadmin',
      '--',
      'sleep',
      '1',
    ];
    expect(firedOn('debugged', (await kubectl(debug)).stderr)).toEqual(['privileged']);
  });
});
