import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dryRun, nameOf, read, refusal, running } from './support/client.ts';
import { kubectl, kubectlOk, type Output } from './support/kubectl.ts';
import { HIGH_RISK, pod, UNCONTAINABLE } from './support/pods.ts';
import { poll } from './support/poll.ts';
import {
  ENFORCED,
  GVISOR_CLASS,
  IMAGE,
  LATE,
  MODE_LABEL,
  type Mode,
  namespaceOf,
  WEBHOOK_LOG,
} from './support/settings.ts';

/** kubectl debug with a profile: `sysadmin` is privileged, `general` adds SYS_PTRACE, `baseline` adds nothing. */
const debug = (target: V1Pod, profile: string): Promise<Output> =>
  kubectl([
    ...['debug', '-n', target.metadata?.namespace ?? '', nameOf(target), '--image', IMAGE],
    ...['--profile', profile, '--', 'sleep', '1'],
  ]);

const remove = (...pods: V1Pod[]): Promise<unknown> =>
  Promise.all(
    pods.map(({ metadata }) =>
      kubectl([
        'delete',
        'pod',
        '-n',
        metadata?.namespace ?? '',
        metadata?.name ?? '',
        '--now',
        '--wait=false',
      ]),
    ),
  );

describe('what is added to a Pod that runs', () => {
  const plain = pod('debugged');
  const sandboxed = pod('debugged-in-gvisor', { spec: { runtimeClassName: GVISOR_CLASS } });
  const risky = pod('debugged-and-risky', { labels: HIGH_RISK });
  beforeAll(() => Promise.all([running(plain), running(sandboxed), running(risky)]));
  afterAll(() => remove(plain, sandboxed, risky));

  it('is refused: a privileged ephemeral container on the host kernel (bypass 1)', async () => {
    const { code, stderr } = await debug(plain, 'sysadmin');
    expect(code).toBe(1);
    expect(stderr).toContain('Pod "debugged" rejected');
    expect(stderr).toContain('spec.ephemeralContainers[0].securityContext.privileged');
    expect((await read(plain)).spec?.ephemeralContainers).toBeUndefined();
  });

  it('is refused: an ephemeral container with a dangerous capability on the host kernel', async () => {
    const { code, stderr } = await debug(plain, 'general');
    expect(code).toBe(1);
    expect(stderr).toContain('spec.ephemeralContainers[0].securityContext.capabilities.add[0] = SYS_PTRACE');
  });

  it('is let in: a harmless ephemeral container', async () => {
    expect((await debug(plain, 'baseline')).code).toBe(0);
    expect((await read(plain)).spec?.ephemeralContainers).toHaveLength(1);
  });

  it('is let in: the same capability where gVisor contains it', async () => {
    expect((await debug(sandboxed, 'general')).code).toBe(0);
    expect((await read(sandboxed)).spec?.ephemeralContainers).toHaveLength(1);
  });

  it('is refused: the same capability on top of a risk, as both together need a VM', async () => {
    const { code, stderr } = await debug(risky, 'general');
    expect(code).toBe(1);
    expect(stderr).toContain('Pod "debugged-and-risky" rejected');
    expect(stderr).toContain('SYS_PTRACE');
  });

  it('is let in and never started: anything, once the Pod is being deleted', async () => {
    const doomed = pod('doomed', { spec: { terminationGracePeriodSeconds: 120 } });
    await running(doomed);
    await kubectlOk(['delete', 'pod', '-n', ENFORCED, nameOf(doomed), '--wait=false']);
    expect((await debug(doomed, 'sysadmin')).code).toBe(0);
    // A container that starts at all does so within a second or two.
    await sleep(5000);
    const { spec, status } = await read(doomed);
    expect(spec?.ephemeralContainers).toHaveLength(1);
    expect(status?.containerStatuses?.[0]?.state?.running).toBeDefined();
    // The kubelet may say of it that it waits.
    const started = (status?.ephemeralContainerStatuses ?? []).filter(
      ({ state }) => state?.running ?? state?.terminated,
    );
    expect(started).toEqual([]);
    // The deletion of the namespace would wait for this Pod.
    await kubectlOk(['delete', 'pod', '-n', ENFORCED, nameOf(doomed), '--grace-period=0', '--force']);
  });

  it('is refused: a privileged ephemeral container in gVisor, which a VM must contain', async () => {
    const { code, stderr } = await debug(sandboxed, 'sysadmin');
    expect(code).toBe(1);
    expect(stderr).toContain('Pod "debugged-in-gvisor" rejected');
    expect(stderr).toContain('spec.ephemeralContainers[1].securityContext.privileged');
  });

  it('is judged and let in: new resources through pods/resize (bypass 3)', async () => {
    const patch = { spec: { containers: [{ name: 'main', resources: { requests: { cpu: '20m' } } }] } };
    await kubectlOk([
      ...['patch', 'pod', '-n', ENFORCED, nameOf(plain), '--subresource', 'resize'],
      ...['-p', JSON.stringify(patch)],
    ]);
    expect((await read(plain)).spec?.containers[0]?.resources?.requests?.cpu).toBe('20m');
    expect(await readFile(WEBHOOK_LOG, 'utf8')).toContain('"subresource":"resize"');
  });

  it.each(['audit', 'warn', 'inject'] satisfies Mode[])('is never refused in mode %s', async mode => {
    const there = pod('debugged', { namespace: namespaceOf(mode) });
    await kubectlOk(['create', '-f', '-'], there);
    const { code, stderr } = await debug(there, 'sysadmin');
    expect(code).toBe(0);
    expect(stderr.includes('Warning: Pod "debugged" would be rejected')).toBe(mode !== 'audit');
    await remove(there);
  });
});

describe('a violating Pod from before the policy', () => {
  const old = pod('old', {
    namespace: LATE,
    finalizers: ['example.com/held'],
    spec: UNCONTAINABLE,
  });
  const kubectlPod = (verb: string, ...args: string[]): Promise<Output> =>
    kubectl([verb, 'pod', '-n', LATE, nameOf(old), ...args]);

  beforeAll(async () => {
    await running(old);
    await kubectlOk(['label', 'namespace', LATE, `${MODE_LABEL}=enforce`]);
    const another = pod('another', { namespace: LATE, spec: UNCONTAINABLE });
    await poll('the namespace is enforced', () => refusal(dryRun(another)).catch(() => undefined));
  });
  afterAll(() => kubectlOk(['label', 'namespace', LATE, `${MODE_LABEL}-`]));

  it('can be labelled and annotated', async () => {
    expect(await kubectlPod('label', 'team=a')).toMatchObject({ code: 0, stderr: '' });
    expect(await kubectlPod('annotate', 'example.com/note=seen')).toMatchObject({ code: 0, stderr: '' });
  });

  it('cannot be given more than it has', async () => {
    const { code, stderr } = await debug(old, 'sysadmin');
    expect(code).toBe(1);
    expect(stderr).toContain('Pod "old" rejected');
    expect(stderr).toContain('spec.ephemeralContainers[0].securityContext.privileged');
  });

  it('can be deleted and finalized', async () => {
    expect(await kubectlPod('delete', '--now', '--wait=false')).toMatchObject({ code: 0 });
    expect((await read(old)).metadata?.deletionTimestamp).toBeDefined();
    const finalized = await kubectlPod(
      'patch',
      '--type=json',
      '-p=[{"op":"remove","path":"/metadata/finalizers"}]',
    );
    expect(finalized).toMatchObject({ code: 0, stderr: '' });
    await poll('the Pod is gone', async () => ((await kubectlPod('get')).code === 0 ? undefined : true));
  });
});
