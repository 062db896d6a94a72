import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installCrds, type RemoveCrds } from './support/crds.ts';
import { apply, kubectl, kubectlOk } from './support/kubectl.ts';
import { startLive, verdictOn } from './support/live.ts';
import { applyNewSandboxPolicies, applyOldSandboxPolicies } from './support/old-crds.ts';
import { pod } from './support/pods.ts';
import { poll } from './support/poll.ts';
import type { Webhook } from './support/serve.ts';
import { E2E_LABEL, ENFORCED } from './support/settings.ts';

type Json = Record<string, unknown>;

const NAME = 'cofferdam-e2e-upgrade';
const policy = (spec: Json, name = NAME) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'SandboxPolicy',
  metadata: { name, namespace: ENFORCED, labels: { [E2E_LABEL]: 'true' } },
  spec: { minimumIsolation: 'app-kernel', ...spec },
});
/** The largest selector that was taken: 130 kB that every Pod of the namespace matches. */
const WIDE = {
  match: {
    podSelector: {
      matchExpressions: Array.from({ length: 32 }, (_, i) => ({
        key: `key-${i}`,
        operator: 'NotIn',
        values: Array.from({ length: 64 }, (_, j) => `${j}${'v'.repeat(60)}`),
      })),
    },
  },
};
const LONG_ONE = {
  match: { podSelector: { matchLabels: { [`${'a'.repeat(63)}.${'b'.repeat(63)}/k`]: 'v' } } },
};

let live: Webhook;
let removeCrds: RemoveCrds = async () => undefined;
beforeAll(async () => {
  removeCrds = await installCrds();
  await applyOldSandboxPolicies();
  live = await startLive();
});
afterAll(async () => {
  await live?.stop();
  await kubectl(['delete', 'sandboxpolicy', '-n', ENFORCED, '-l', E2E_LABEL, '--ignore-not-found']);
  await applyNewSandboxPolicies();
  await removeCrds();
});

const isolated = async (webhook = live): Promise<true | undefined> =>
  (await verdictOn(webhook, pod('plain'))) === 'none' ? undefined : true;
const conditions = async (): Promise<readonly string[]> => {
  const { status } = JSON.parse(await kubectlOk(['get', 'sbp', NAME, '-n', ENFORCED, '-o', 'json']));
  return (status?.conditions ?? []).map((one: Json) => `${one.type}=${one.status} ${one.reason}`);
};
const hasConditions = (...expected: readonly string[]) =>
  poll(`conditions ${expected}`, async () => {
    const found = await conditions();
    return expected.every(one => found.includes(one)) ? true : undefined;
  });
const patch = (body: object, ...more: readonly string[]) =>
  kubectl(['patch', 'sbp', NAME, '-n', ENFORCED, '--type=merge', '-p', JSON.stringify(body), ...more]);

describe('a policy that was stored under wider limits', () => {
  it('is in force while they are as they were', async () => {
    expect((await apply(policy(WIDE))).code).toBe(0);
    await poll('the policy is in force', isolated, 10);
  });

  it('stays so when an upgrade narrows them, also in a replica that starts then; one like it is refused', async () => {
    await applyNewSandboxPolicies();
    const refused = await poll('the API server holds to the new limits', async () => {
      const { code, stderr } = await apply(policy(WIDE, 'another'), '--dry-run=server');
      return code === 0 ? undefined : stderr;
    });
    expect(refused).toContain('must have at most 8 items');
    expect(await isolated()).toBe(true);
    const later = await startLive();
    try {
      expect(await isolated(later)).toBe(true);
    } finally {
      await later.stop();
    }
    expect(await isolated()).toBe(true);
    await hasConditions('Accepted=True Accepted', 'Degraded=True Warning');
  });

  it('can be labelled, and asked for more, but not made larger', async () => {
    expect((await patch({ metadata: { labels: { touched: 'true' } } })).code).toBe(0);
    expect((await patch({ spec: { minimumIsolation: 'vm' } })).code).toBe(0);
    await hasConditions('Accepted=True Accepted', 'Degraded=True Warning');
    const { matchExpressions } = WIDE.match.podSelector;
    const other = { match: { podSelector: { matchExpressions: matchExpressions.slice(0, 9) } } };
    expect((await patch({ spec: other }, '--dry-run=server')).stderr).toContain('must have at most 8 items');
    expect(await isolated()).toBe(true);
  });

  it('is gone when it is deleted', async () => {
    await kubectlOk(['delete', 'sbp', NAME, '-n', ENFORCED]);
    await poll('it is out of force', async () => ((await isolated()) ? undefined : true), 10);
  });
});

it('the API server holds to the limits that a structural schema cannot say', async () => {
  const values = (count: number) => ({
    key: 'k',
    operator: 'In',
    values: Array.from({ length: count }, (_, i) => `v${i}`),
  });
  const many = { match: { podSelector: { matchExpressions: [values(30), values(3)] } } };
  expect((await apply(policy(many), '--dry-run=server')).stderr).toContain('at most 32 values together');
  expect((await apply(policy(LONG_ONE), '--dry-run=server')).stderr).toContain(
    'keys have at most 128 characters',
  );
});
