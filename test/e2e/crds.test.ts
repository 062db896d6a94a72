import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { core } from './support/client.ts';
import { installCrds, type RemoveCrds } from './support/crds.ts';
import { apply, kubectlOk } from './support/kubectl.ts';
import { startLive, verdictOn } from './support/live.ts';
import { pod, UNCONTAINABLE } from './support/pods.ts';
import { poll } from './support/poll.ts';
import type { Webhook } from './support/serve.ts';
import { E2E_LABEL, ENFORCED, MODE_LABEL } from './support/settings.ts';

type Json = Record<string, unknown>;

const API = 'cofferdam.dev/v1alpha1';
const FLOOR = 'cofferdam-e2e-floor';
const object = (kind: string, spec: Json, name = FLOOR, metadata: Json = {}) => ({
  apiVersion: API,
  kind,
  metadata: { name, labels: { [E2E_LABEL]: 'true' }, ...metadata },
  spec,
});
/** Matches the enforced namespace of these tests alone. */
const floor = (isolation: string, spec: Json = {}) =>
  object('ClusterSandboxPolicy', {
    match: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ENFORCED } } },
    minimumIsolation: isolation,
    ...spec,
  });
const profile = (spec: Json) => object('SandboxProfile', spec);
const exemption = (spec: Json) =>
  object('SandboxExemption', {
    match: { namespaces: [ENFORCED] },
    waive: [{ signal: 'hostPID' }],
    owner: 'e2e',
    reason: 'a test',
    expires: new Date(Date.now() + 86_400_000).toISOString(),
    ...spec,
  });

let live: Webhook;
let removeCrds: RemoveCrds = async () => undefined;
beforeAll(async () => {
  removeCrds = await installCrds();
  live = await startLive();
});
afterAll(async () => {
  await live?.stop();
  await removeCrds();
});

/** The verdict of the webhook on a Pod that needs nothing by itself. */
const verdict = (): Promise<string> => verdictOn(live, pod('plain'));
/** The same Pods as `verdict`, until it is another; in seconds. */
async function secondsUntil(changed: (verdict: string) => boolean): Promise<number> {
  const start = performance.now();
  await poll('the policy is in force', async () => (changed(await verdict()) ? true : undefined), 10);
  return (performance.now() - start) / 1000;
}
const isolated = (word: string): boolean => word !== 'none';
const conditions =
  (kind: string, name = FLOOR) =>
  async (): Promise<string[]> => {
    const { status } = JSON.parse(await kubectlOk(['get', kind, name, '-o', 'json'])) as {
      status?: { conditions?: { type: string; status: string; reason: string }[] };
    };
    return (status?.conditions ?? []).map(({ type, status: word, reason }) => `${type}=${word} ${reason}`);
  };
const hasConditions = (kind: string, ...expected: string[]) =>
  poll(`conditions ${expected}`, async () => {
    const found = await conditions(kind)();
    return expected.every(one => found.includes(one)) ? true : undefined;
  });

describe('the API server refuses', () => {
  it.each<[string, object, string]>([
    ['a field that is not there', floor('vm', { minimumIsolatoin: 'vm' }), 'unknown field'],
    ['an isolation that is not there', floor('steel'), 'Unsupported value: "steel"'],
    [
      'tiers that do not ascend',
      floor('vm', {
        tiers: [
          { atLeast: 70, isolation: 'vm' },
          { atLeast: 30, isolation: 'vm' },
        ],
      }),
      'tiers ascend by atLeast, each once',
    ],
    [
      'two tiers of one score',
      floor('vm', {
        tiers: [
          { atLeast: 30, isolation: 'vm' },
          { atLeast: 30, isolation: 'vm' },
        ],
      }),
      'tiers ascend by atLeast, each once',
    ],
    [
      'less isolation for a higher score',
      floor('vm', {
        tiers: [
          { atLeast: 30, isolation: 'vm' },
          { atLeast: 70, isolation: 'app-kernel' },
        ],
      }),
      'a higher score would get less isolation',
    ],
    [
      'a choice of both a class and an isolation',
      floor('vm', { sandboxes: [{ runtimeClass: 'gvisor', isolation: 'vm' }] }),
      'name exactly one of runtimeClass and isolation',
    ],
    [
      'a choice of nothing',
      floor('vm', { sandboxes: [{}] }),
      'name exactly one of runtimeClass and isolation',
    ],
    [
      'a requirement In without values',
      floor('vm', { match: { podSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } } }),
      'In and NotIn need values',
    ],
    [
      'two rules of one name',
      floor('vm', {
        scoring: { rules: ['a', 'a'].map(name => ({ name, expression: 'true', weight: 1 })) },
      }),
      'Duplicate value',
    ],
    ['a wildcard for namespaces', exemption({ match: { namespaces: ['*'] } }), 'spec.match.namespaces[0]'],
    ['an exemption without an owner', exemption({ owner: undefined }), 'spec.owner: Required value'],
    ['an exemption that never ends', exemption({ expires: '9999-01-01T00:00:00Z' }), 'an exemption ends'],
    ['a date that is none', exemption({ expires: 'tomorrow' }), 'spec.expires'],
    ['a profile that says nothing of isolation', profile({ handlers: ['odd'] }), 'needs isolation'],
    ['a profile of a debug handler', profile({ handlers: ['odd-debug'], extends: 'kata' }), 'debug console'],
    [
      'a word without a source',
      profile({
        handlers: ['odd'],
        extends: 'kata',
        signals: { gpu: { support: 'contained', reason: 'r' } },
      }),
      'give either support, reason and source, or cases',
    ],
  ])('%s', async (_, bad, message) => {
    const { code, stderr } = await apply(bad, '--dry-run=server');
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });
});

describe('kubectl', () => {
  it.each([
    ['clustersandboxpolicy', 'Several policies may match a Pod: the strictest governs.'],
    ['sandboxpolicy.spec', 'What the policy matches, how it scores, and what it asks for.'],
    ['sandboxexemption.spec.expires', 'When the exemption ends'],
    ['sandboxprofile.spec.signals', 'What becomes of each signal under these handlers'],
    ['csbp.status.conditions', 'the last good version of a broken object stays in force'],
  ])('explains %s', async (path, text) => {
    const printed = await kubectlOk(['explain', path, `--api-version=${API}`]);
    expect(printed.replace(/\s+/g, ' ')).toContain(text);
  });

  it('lists all kinds by their category, with what matters in columns', async () => {
    await apply(floor('app-kernel'));
    await apply(exemption({}));
    await hasConditions('csbp', 'Accepted=True Accepted');
    const printed = await kubectlOk(['get', 'cofferdam', '-A', '-l', E2E_LABEL]);
    expect(printed).toMatch(/NAME +MINIMUM +UNAVAILABLE +ACCEPTED +DEGRADED +AGE/);
    expect(printed).toMatch(/cofferdam-e2e-floor +app-kernel +True +False/);
    expect(printed).toMatch(/NAME +NAMESPACES +OWNER +EXPIRES +ACCEPTED +DEGRADED +AGE/);
    await kubectlOk(['delete', 'csbp,sbe', FLOOR]);
  });
});

describe('a policy that is applied', () => {
  it('is in force within two seconds, as is its removal', async () => {
    await secondsUntil(word => !isolated(word));
    await apply(floor('app-kernel'));
    expect(await secondsUntil(isolated)).toBeLessThan(2);
    await kubectlOk(['delete', 'csbp', FLOOR]);
    expect(await secondsUntil(word => !isolated(word))).toBeLessThan(2);
    expect(await verdictOn(live, pod('bad', { spec: UNCONTAINABLE }))).toContain('rejected');
  });

  it('and is broken later stays in force as it was, and says so', async () => {
    await apply(floor('app-kernel'));
    await secondsUntil(isolated);
    await hasConditions('csbp', 'Accepted=True Accepted', 'Degraded=False AsWritten');
    const { code } = await apply(floor('host-kernel', { acceptDegraded: ['noSuchSignal'] }));
    expect(code).toBe(0);
    await hasConditions('csbp', 'Accepted=False Invalid', 'Degraded=True LastGoodVersion');
    expect(isolated(await verdict())).toBe(true);
    const printed = await kubectlOk(['get', 'csbp', FLOOR, '-o', 'yaml']);
    expect(printed).toContain('there is no signal noSuchSignal');
    expect(printed).toContain('lastGoodSpec:');
    const later = await startLive();
    try {
      const same = async () => (isolated(await verdictOn(later, pod('plain'))) ? true : undefined);
      expect(await poll('a replica that started afterwards judges as the others', same)).toBe(true);
    } finally {
      await later.stop();
    }
    await kubectlOk(['delete', 'csbp', FLOOR]);
    await secondsUntil(word => !isolated(word));
  });
});

describe('a namespace that was made a moment ago', () => {
  it('is known when its first Pod comes, twenty times over', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `cofferdam-e2e-fresh-${i}`);
    const verdicts: string[] = [];
    for (const name of names) {
      const labels = { [E2E_LABEL]: 'true', [MODE_LABEL]: 'off', 'cofferdam.dev/risk': 'high' };
      await core.createNamespace({ body: { metadata: { name, labels } } });
      verdicts.push(await verdictOn(live, pod('first', { namespace: name })));
    }
    const known = await verdictOn(live, pod('again', { namespace: names[0] ?? '' }));
    await kubectlOk(['delete', 'namespace', '--wait=false', ...names]);
    expect(isolated(known)).toBe(true);
    expect(verdicts).toEqual(names.map(() => known));
  });
});
