import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dryRun, refusal, running } from './support/client.ts';
import { KATA_OVERHEAD, KATA_TOLERATION, nodeLabel } from './support/fixtures.ts';
import { container, HIGH_RISK, PRIVILEGED, pod } from './support/pods.ts';
import { KATA_CLASS } from './support/settings.ts';
import { vouchForKata, withdrawVouching } from './support/vouch.ts';

const privileged = pod('privileged', { spec: { containers: [PRIVILEGED] } });

describe('a privileged Pod (stand-in handler kata)', () => {
  it('is rejected before a SandboxProfile vouches for the handler', async () => {
    const message = await refusal(dryRun(privileged));
    expect(message).toContain('Pod "privileged" rejected');
    expect(message).toContain('spec.containers[0].securityContext.privileged');
    expect(message).toContain('Fix: ');
  });

  describe('once a SandboxProfile vouches for the handler', () => {
    beforeAll(vouchForKata);
    afterAll(withdrawVouching);

    it('runs under it, with overhead and scheduling of the class', async () => {
      const { spec, status } = await running(privileged);
      expect(spec).toMatchObject({
        runtimeClassName: KATA_CLASS,
        overhead: KATA_OVERHEAD,
        nodeSelector: { [nodeLabel(KATA_CLASS)]: 'true' },
        tolerations: expect.arrayContaining([KATA_TOLERATION]),
      });
      expect(status?.phase).toBe('Running');
    });

    it.each([
      ['init container', { initContainers: [{ ...PRIVILEGED, name: 'init' }] }],
      ['sidecar', { initContainers: [{ ...PRIVILEGED, name: 'sidecar', restartPolicy: 'Always' }] }],
      ['second container', { containers: [container(), { ...PRIVILEGED, name: 'second' }] }],
    ])('goes there for a privileged %s too', async (_kind, spec) => {
      expect((await dryRun(pod('elsewhere', { spec }))).spec?.runtimeClassName).toBe(KATA_CLASS);
    });

    it('goes there with a critical risk, where high is content with gVisor', async () => {
      const critical = pod('critical', { labels: { ...HIGH_RISK, 'cofferdam.dev/risk': 'critical' } });
      expect((await dryRun(critical)).spec?.runtimeClassName).toBe(KATA_CLASS);
    });
  });

  it('is rejected again once nobody vouches', async () => {
    expect(await refusal(dryRun(privileged))).toContain('Pod "privileged" rejected');
  });
});
