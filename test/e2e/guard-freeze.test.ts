import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMESPACE_SHARE_BYTES } from '../../src/guard/share.ts';
import { installCrds, type RemoveCrds } from './support/crds.ts';
import {
  ATTACKED,
  ATTACKS,
  EXEMPTION,
  MAY_WRITE,
  MODEST,
  NAME,
  NAMESPACES,
  OF_CLUSTER,
  OF_MODEST,
  OTHER,
  ofMallory,
  withdrawAsMallory,
} from './support/freeze.ts';
import { type Asked, applyAll, askToCreate, remove } from './support/guarding.ts';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import {
  bindGuard,
  metricOf,
  removeGuard,
  type StoredGuard,
  startLeader,
  storedGuard,
} from './support/leader.ts';
import { applyNewSandboxPolicies } from './support/old-crds.ts';
import { type PodTweak, pod } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { makeNamespace } from './support/running.ts';
import type { Webhook } from './support/serve.ts';
import { GVISOR_CLASS } from './support/settings.ts';

/*
Who may write SandboxPolicies in one namespace fills the guard of the whole cluster with them. What the guard says of all
others has to follow the policies all the same.
*/

/**
 * Within which a change of the policies is in the guard, in seconds: the leader rests nine times as long as the API server
 * took, which is long on a busy machine.
 */
const SOON = 50;

let leader: Webhook;
let removeCrds: RemoveCrds = async () => undefined;
let before: StoredGuard;
beforeAll(async () => {
  removeCrds = await installCrds();
  await Promise.all(NAMESPACES.map(makeNamespace));
  await applyAll([...MAY_WRITE, EXEMPTION, OF_MODEST]);
  leader = await startLeader();
  await bindGuard(NAMESPACES);
  await becomes(SECRET, MODEST, 'refused');
  await becomes(WAIVED, MODEST, 'admitted');
  before = await storedGuard();
});
afterAll(async () => {
  await leader?.stop();
  await removeGuard();
  await applyNewSandboxPolicies();
  await removeCrds();
  await remove('namespace', ...NAMESPACES);
});

const PLAIN: PodTweak = {};
const SECRET: PodTweak = { labels: { data: 'secret' } };
const WAIVED: PodTweak = { labels: { agent: 'yes' }, spec: { hostNetwork: true } };
const asked = (tweak: PodTweak, namespace: string): Promise<Asked> =>
  askToCreate(pod('subject', { ...tweak, namespace }));
const fateOf = async (tweak: PodTweak, namespace: string): Promise<'refused' | 'admitted'> =>
  'refused' in (await asked(tweak, namespace)) ? 'refused' : 'admitted';
const becomes = (tweak: PodTweak, namespace: string, fate: 'refused' | 'admitted') =>
  poll(
    `a Pod ${JSON.stringify(tweak)} in ${namespace} is ${fate}`,
    async () => ((await fateOf(tweak, namespace)) === fate ? true : undefined),
    SOON,
  );

/** The message in this condition of the attacker's policies. */
async function told(condition: string): Promise<readonly string[]> {
  const { items } = JSON.parse(await kubectlOk(['get', 'sbp', '-n', ATTACKED, '-o', 'json']));
  return items.map(({ status }: { status?: { conditions?: Record<string, string>[] } }) => {
    const found = status?.conditions?.find(({ type }) => type === condition);
    return `${found?.status} ${found?.reason}: ${found?.message}`;
  });
}
const NOT_IN_GUARD = new RegExp(
  `^True NotInGuard: .*\\(\\d{5,} bytes\\), as the share of a namespace is ${NAMESPACE_SHARE_BYTES} bytes\\..* requires app-kernel of every Pod`,
);

const inStep = () => metricOf(leader, 'cofferdam_guard_out_of_step');
const leftOut = () => metricOf(leader, 'cofferdam_guard_left_out{what="namespace"}');

/** The guard without its conditions, the last of which comes at a separate look. */
const said = ({ spec }: StoredGuard): string => JSON.stringify({ ...spec, matchConditions: undefined });

/** A guard of these contents under another name, which is not stored. */
async function expectTaken({ spec }: StoredGuard): Promise<void> {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies?dryRun=All';
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: NAME },
    spec,
  };
  await kubectlOk(['create', '--raw', path, '-f', '-'], policy);
}

const TOLD = {
  guard: ['Degraded', NOT_IN_GUARD],
  replicas: ['Accepted', /^False MoreThanItsShare: .* every Pod here needs app-kernel, /],
} as const;

describe('policies of one namespace', () => {
  it('bypass 8: judge no Pod of another, and loosen nothing of what the cluster asks for', async () => {
    expect(await asked(SECRET, MODEST)).toEqual({ refused: expect.stringContaining('needs isolation vm') });
    expect(await fateOf(SECRET, OTHER)).toBe('admitted');
    const { generation } = (await storedGuard()).metadata;
    // The policy is for the namespace that it is stored in, whatever it says of others.
    const match = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': OTHER } } };
    const { stderr } = await kubectl(['create', '-f', '-'], ofMallory('for-others', { match }));
    expect(stderr).toContain('unknown field "spec.match.namespaceSelector"');
    await applyAll([ofMallory('lax', { minimumIsolation: 'host-kernel', tiers: [] })]);
    await poll(
      'the guard has it',
      async () => ((await storedGuard()).metadata.generation > generation ? true : undefined),
      SOON,
    );
    expect(await asked({ spec: { hostNetwork: true } }, ATTACKED)).toEqual({
      refused: expect.stringContaining('hostNetwork'),
    });
    expect(await fateOf(SECRET, OTHER)).toBe('admitted');
    await withdrawAsMallory();
  });
});

describe.each(ATTACKS)('%s', (_what, leftOutOf, attack) => {
  beforeAll(attack);

  it('do not keep a new policy of the cluster out of the guard', async () => {
    expect(await fateOf(PLAIN, OTHER)).toBe('admitted');
    await applyAll([OF_CLUSTER]);
    await becomes(PLAIN, OTHER, 'refused');
  });

  it('nor an exemption in it that was deleted', async () => {
    expect(await fateOf(WAIVED, MODEST)).toBe('admitted');
    await kubectlOk(['delete', 'sandboxexemption', NAME]);
    await becomes(WAIVED, MODEST, 'refused');
  });

  it('nor touch the policies of another namespace', async () => {
    expect(await fateOf(PLAIN, MODEST)).toBe('admitted');
    expect(await asked(SECRET, MODEST)).toEqual({ refused: expect.stringContaining('needs isolation vm') });
  });

  it('have every Pod of their own namespace need the most isolation that they ask for', async () => {
    expect(await asked(PLAIN, ATTACKED)).toEqual({
      refused: expect.stringContaining('needs isolation app-kernel'),
    });
    expect(await fateOf({ spec: { runtimeClassName: GVISOR_CLASS } }, ATTACKED)).toBe('admitted');
  });

  it('are told so in their status, by what they take and may take, and the operator by a metric', async () => {
    const [condition, why] = TOLD[leftOutOf];
    await poll('every status says it', async () =>
      (await told(condition)).every(text => why.test(text)) ? true : undefined,
    );
    expect([await inStep(), await leftOut()]).toEqual([0, leftOutOf === 'guard' ? 1 : 0]);
  });

  it('leave a guard that the API server takes', async () => {
    const now = await storedGuard();
    expect(now.metadata.generation).toBeGreaterThan(before.metadata.generation);
    await expectTaken(now);
  });

  it('leave nothing behind once they are deleted', async () => {
    await withdrawAsMallory();
    await kubectlOk(['delete', 'csbp', NAME]);
    await applyAll([EXEMPTION]);
    await poll(
      'the guard is as it was',
      async () => {
        return said(await storedGuard()) === said(before) ? true : undefined;
      },
      SOON,
    );
    await becomes(PLAIN, ATTACKED, 'admitted');
    await becomes(PLAIN, OTHER, 'admitted');
    await becomes(WAIVED, MODEST, 'admitted');
    expect([await inStep(), await leftOut()]).toEqual([0, 0]);
  });
});
