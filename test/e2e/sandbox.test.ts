import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { core, dryRun, nameOf, running } from './support/client.ts';
import { GVISOR_OVERHEAD, nodeLabel } from './support/fixtures.ts';
import { apply, kubectl, kubectlOk } from './support/kubectl.ts';
import { HIGH_RISK, pod } from './support/pods.ts';
import { SECOND_WEBHOOK_LABEL, startSecondWebhook } from './support/second-webhook.ts';
import { E2E_LABEL, ENFORCED, GVISOR_CLASS, LOOKALIKE_CLASS, RISKY } from './support/settings.ts';

const inside = (name: string, ...command: string[]): Promise<string> =>
  kubectlOk(['exec', '-n', ENFORCED, name, '--', ...command]);

async function hostKernelOf({ spec }: V1Pod): Promise<string | undefined> {
  const node = await core.readNode({ name: spec?.nodeName ?? '' });
  return node.status?.nodeInfo?.kernelVersion;
}

describe('a Pod that needs a sandbox', () => {
  it('runs in gVisor when its label says that its risk is high', async () => {
    const risky = await running(pod('risky', { labels: HIGH_RISK }));

    expect(risky.spec?.runtimeClassName).toBe(GVISOR_CLASS);
    expect(await inside('risky', 'dmesg')).toContain('Starting gVisor');
    expect((await inside('risky', 'uname', '-r')).trim()).not.toBe(await hostKernelOf(risky));
    expect(risky.metadata?.annotations).toMatchObject({
      'cofferdam.dev/injected-runtime-class': GVISOR_CLASS,
      'cofferdam.dev/required-isolation': 'app-kernel',
      'cofferdam.dev/policy': 'balanced',
    });
  });

  it('gets overhead and nodeSelector of the class from the API server, not from the webhook', async () => {
    const seen: V1Pod[] = [];
    const next = await startSecondWebhook('observer', seenPod => {
      seen.push(seenPod);
      return [];
    });
    try {
      seen.length = 0;
      const stored = await dryRun(
        pod('observed', { labels: { ...HIGH_RISK, [SECOND_WEBHOOK_LABEL]: 'observer' } }),
      );
      // The first call comes between this project's webhook and the second pass of the built-in plugins.
      expect(seen[0]?.spec).toMatchObject({ runtimeClassName: GVISOR_CLASS });
      expect(seen[0]?.spec?.overhead).toBeUndefined();
      expect(seen[0]?.spec?.nodeSelector).toBeUndefined();
      expect(stored.spec).toMatchObject({
        runtimeClassName: GVISOR_CLASS,
        overhead: GVISOR_OVERHEAD,
        nodeSelector: { [nodeLabel(GVISOR_CLASS)]: 'true' },
      });
    } finally {
      await next.close();
    }
  });

  it('is told of it by kubectl', async () => {
    const { code, stderr } = await apply(pod('told', { labels: HIGH_RISK }), '--dry-run=server');
    expect(code).toBe(0);
    expect(stderr).toContain(`Warning: Pod "told": RuntimeClass "${GVISOR_CLASS}" (app-kernel) is set`);
  });

  it('needs it in a namespace of high risk without a label of its own', async () => {
    const { spec } = await dryRun(pod('inherits', { namespace: RISKY }));
    expect(spec?.runtimeClassName).toBe(GVISOR_CLASS);
  });

  it('keeps a class of its own that is enough', async () => {
    const named = pod('named', { labels: HIGH_RISK, spec: { runtimeClassName: GVISOR_CLASS } });
    const { spec, metadata } = await dryRun(named);
    expect(spec?.runtimeClassName).toBe(GVISOR_CLASS);
    expect(metadata?.annotations).toBeUndefined();
  });
});

describe('a Pod that needs none', () => {
  it('runs on the host kernel, unchanged and without a word', async () => {
    const plain = pod('plain');
    const { code, stderr } = await apply(plain);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await kubectlOk(['wait', '-n', ENFORCED, '--for=condition=Ready', '--timeout=30s', 'pod/plain']);

    const stored = await core.readNamespacedPod({ namespace: ENFORCED, name: nameOf(plain) });
    expect(stored.spec?.runtimeClassName).toBeUndefined();
    expect((await inside('plain', 'uname', '-r')).trim()).toBe(await hostKernelOf(stored));
    expect(await inside('plain', 'dmesg').catch(String)).not.toContain('Starting gVisor');
  });

  it('may name a class that shares the host kernel', async () => {
    const { spec } = await dryRun(pod('lookalike', { spec: { runtimeClassName: LOOKALIKE_CLASS } }));
    expect(spec?.runtimeClassName).toBe(LOOKALIKE_CLASS);
  });
});

describe('kubectl --dry-run=server', () => {
  it('shows the class and stores nothing', async () => {
    const { stdout } = await apply(pod('dry', { labels: HIGH_RISK }), '--dry-run=server', '-o', 'json');
    expect((JSON.parse(stdout) as V1Pod).spec?.runtimeClassName).toBe(GVISOR_CLASS);
    const stored = await kubectl(['get', 'pods', '-n', ENFORCED, '-l', E2E_LABEL, '-o', 'name']);
    expect(stored.stdout.split('\n')).not.toContain('pod/dry');
  });
});
