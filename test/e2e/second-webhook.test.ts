import type { V1Container, V1Pod } from '@kubernetes/client-node';
import type { Operation } from 'fast-json-patch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dryRun, refusal, running } from './support/client.ts';
import { KATA_OVERHEAD, KATA_TOLERATION, nodeLabel } from './support/fixtures.ts';
import { HIGH_RISK, PRIVILEGED, pod } from './support/pods.ts';
import { SECOND_WEBHOOK_LABEL, type SecondWebhook, startSecondWebhook } from './support/second-webhook.ts';
import { GVISOR_CLASS, KATA_CLASS } from './support/settings.ts';
import { vouchForKata, withdrawVouching } from './support/vouch.ts';

const SIDECAR: V1Container = { ...PRIVILEGED, name: 'sidecar', restartPolicy: 'Always' };

/** Adds a privileged sidecar to a Pod that has none yet. */
const addSidecar = ({ spec }: V1Pod): Operation[] =>
  spec?.initContainers ? [] : [{ op: 'add', path: '/spec/initContainers', value: [SIDECAR] }];

/** Takes away whatever class a Pod has (istio/istio#54562). */
const removeClass = ({ spec }: V1Pod): Operation[] =>
  spec?.runtimeClassName ? [{ op: 'remove', path: '/spec/runtimeClassName' }] : [];

const sentTo = (name: string): Record<string, string> => ({ ...HIGH_RISK, [SECOND_WEBHOOK_LABEL]: name });

describe('a webhook that adds a privileged sidecar after the first pass (stand-in handler kata)', () => {
  let second: SecondWebhook;
  beforeAll(async () => {
    second = await startSecondWebhook('sidecar', addSidecar);
  });
  afterAll(() => second?.close());

  it('gets the Pod rejected where no class contains the sidecar', async () => {
    const message = await refusal(dryRun(pod('uncontained', { labels: sentTo('sidecar') })));
    expect(message).toContain('spec.initContainers[0].securityContext.privileged');
  });

  describe('where a class does', () => {
    beforeAll(vouchForKata);
    afterAll(withdrawVouching);

    it('gets the class raised from gVisor to it, with overhead and scheduling right', async () => {
      const { spec, metadata } = await running(pod('raised', { labels: sentTo('sidecar') }));
      expect(spec).toMatchObject({ runtimeClassName: KATA_CLASS, overhead: KATA_OVERHEAD });
      // Nothing of gVisor's scheduling is left.
      expect(spec?.nodeSelector).toEqual({ [nodeLabel(KATA_CLASS)]: 'true' });
      expect(spec?.tolerations).toContainEqual(KATA_TOLERATION);
      expect(metadata?.annotations).toMatchObject({
        'cofferdam.dev/injected-runtime-class': KATA_CLASS,
        'cofferdam.dev/required-isolation': 'vm',
      });
    });

    it('leaves the scheduling of the Pod itself as it is', async () => {
      const toleration = { key: 'example.com/own', operator: 'Exists' };
      const { spec } = await dryRun(
        pod('own-scheduling', {
          labels: sentTo('sidecar'),
          spec: { nodeSelector: { 'kubernetes.io/os': 'linux' }, tolerations: [toleration] },
        }),
      );
      expect(spec?.nodeSelector).toEqual({ 'kubernetes.io/os': 'linux', [nodeLabel(KATA_CLASS)]: 'true' });
      expect(spec?.tolerations).toEqual(expect.arrayContaining([toleration, KATA_TOLERATION]));
    });

    it('gets a class raised that is falsely claimed to have been injected: a claim only tightens (bypass 10)', async () => {
      const claim = { 'cofferdam.dev/injected-runtime-class': GVISOR_CLASS };
      const { spec } = await dryRun(
        pod('claimed', {
          annotations: claim,
          labels: HIGH_RISK,
          spec: { runtimeClassName: GVISOR_CLASS, containers: [PRIVILEGED] },
        }),
      );
      expect(spec).toMatchObject({ runtimeClassName: KATA_CLASS, overhead: KATA_OVERHEAD });
      expect(spec?.nodeSelector).toEqual({ [nodeLabel(KATA_CLASS)]: 'true' });
    });

    it('never gets a class raised that the author chose', async () => {
      const named = pod('named', { labels: sentTo('sidecar'), spec: { runtimeClassName: GVISOR_CLASS } });
      const message = await refusal(dryRun(named));
      expect(message).toContain(`"${GVISOR_CLASS}"`);
      expect(message).toContain(`Set runtimeClassName to "${KATA_CLASS}"`);
    });
  });
});

describe('a webhook that takes the class away again (bypass 17)', () => {
  let second: SecondWebhook;
  beforeAll(async () => {
    second = await startSecondWebhook('undo', removeClass);
  });
  afterAll(() => second?.close());

  it('gets the Pod rejected by the validating webhook', async () => {
    const message = await refusal(dryRun(pod('undone', { labels: sentTo('undo') })));
    expect(message).toContain('enforce.validate.cofferdam.dev');
    expect(message).toContain(`lost RuntimeClass "${GVISOR_CLASS}"`);
  });
});

describe('a webhook that comes before', () => {
  let adds: SecondWebhook;
  let removes: SecondWebhook;
  beforeAll(async () => {
    adds = await startSecondWebhook('adds', addSidecar, 'before');
    removes = await startSecondWebhook('removes', removeClass, 'before');
  });
  afterAll(async () => {
    await adds?.close();
    await removes?.close();
  });

  it('has what it adds judged in the first pass', async () => {
    const message = await refusal(dryRun(pod('added', { labels: sentTo('adds') })));
    expect(message).toContain('enforce.mutate.cofferdam.dev');
    expect(message).toContain('spec.initContainers[0].securityContext.privileged');
  });

  // It is asked again once the Pod has its class, takes that too, and has it put back once more.
  it('takes no class away for good', async () => {
    const named = pod('taken', { labels: sentTo('removes'), spec: { runtimeClassName: GVISOR_CLASS } });
    expect((await dryRun(named)).spec?.runtimeClassName).toBe(GVISOR_CLASS);
  });
});
