import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { dryRun, refusal } from './support/client.ts';
import { nodeLabel, ORDINARY_USER, writeClusterView } from './support/fixtures.ts';
import { apply, kubectl, kubectlOk } from './support/kubectl.ts';
import { container, HIGH_RISK, type PodTweak, pod, UNCONTAINABLE } from './support/pods.ts';
import { poll } from './support/poll.ts';
import {
  E2E_LABEL,
  ENFORCED,
  GVISOR_CLASS,
  KATA_CLASS,
  LOOKALIKE_CLASS,
  MODE_LABEL,
  RISKY,
} from './support/settings.ts';

/** The message that refuses a Pod. */
const refused = (tweak: PodTweak): Promise<string> => refusal(dryRun(pod('sly', tweak)));

describe('ways around the webhook, on the API server', () => {
  it('bypass 4: a Pod with ownerReferences set by hand is judged', async () => {
    const owner = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: 'made-up',
      uid: 'a-b-c',
      controller: true,
    };
    expect(await refused({ ownerReferences: [owner], spec: UNCONTAINABLE })).toContain('Pod "sly" rejected');
  });

  it('bypass 5: a Pod that server-side apply makes by a PATCH is judged', async () => {
    const { code, stderr } = await apply(
      pod('sly', { spec: UNCONTAINABLE }),
      '--server-side',
      '--dry-run=server',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('Pod "sly" rejected');
  });

  it('bypass 5: a Pod whose name the API server makes is judged', async () => {
    const { name: _, ...metadata } = pod('sly').metadata ?? {};
    const nameless: V1Pod = {
      ...pod('sly', { spec: UNCONTAINABLE }),
      metadata: { ...metadata, generateName: 'sly-' },
    };
    expect(await refusal(dryRun(nameless))).toMatch(/Pod "sly-.*" rejected/);
  });

  it('bypass 6: a namespace that the webhook does not know is refused, not skipped, until it knows it', async () => {
    const name = 'cofferdam-e2e-new';
    const labels = { [E2E_LABEL]: 'true', [MODE_LABEL]: 'enforce' };
    await kubectlOk(['create', '-f', '-'], {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    });
    const harmless = pod('early', { namespace: name });
    const message = await poll('the namespace is enforced', () =>
      refusal(dryRun(harmless)).catch(() => undefined),
    );
    expect(message).toContain('Pod "early" rejected');
    expect(message).toContain('namespace, which is not known');

    await writeClusterView();
    await poll('the webhook knows the namespace', () => dryRun(harmless).catch(() => undefined));
  });

  it('bypass 9: a low risk on the Pod does not lower that of its namespace', async () => {
    const { spec } = await dryRun(pod('sly', { namespace: RISKY, labels: { 'cofferdam.dev/risk': 'low' } }));
    expect(spec?.runtimeClassName).toBe(GVISOR_CLASS);
  });

  it('bypass 9: a risk that is none of the words counts as the highest', async () => {
    const { spec } = await dryRun(pod('sly', { labels: { 'cofferdam.dev/risk': 'none' } }));
    expect(spec?.runtimeClassName).toBe(KATA_CLASS);
  });

  it('bypass 10: forged annotations of this project excuse nothing, and are taken off', async () => {
    const annotations = {
      'cofferdam.dev/injected-runtime-class': GVISOR_CLASS,
      'cofferdam.dev/score': '0',
    };
    expect(await refused({ annotations, spec: UNCONTAINABLE })).toContain('Pod "sly" rejected');
    const { metadata } = await dryRun(pod('sly', { annotations: { ...annotations, kept: 'yes' } }));
    expect(metadata?.annotations).toEqual({ kept: 'yes' });
  });

  it.each([
    ['bypass 11: io.katacontainers.config.hypervisor.virtio_fs_extra_args', '["--writeback"]'],
    ['bypass 12: dev.gvisor.flag.host-uds', 'all'],
    ['bypass 12: dev.gvisor.spec.rootfs.source', '/'],
  ])('%s, an annotation that weakens a sandbox, is refused', async (numbered, value) => {
    const key = numbered.replace(/^bypass \d+: /, '');
    expect(await refused({ annotations: { [key]: value }, labels: HIGH_RISK })).toContain(key);
  });

  it('bypass 13: a class that is named like a sandbox, and whose handler is runc, is not one', async () => {
    const message = await refused({ labels: HIGH_RISK, spec: { runtimeClassName: LOOKALIKE_CLASS } });
    expect(message).toContain(`"${LOOKALIKE_CLASS}"`);
    expect(message).toContain(`Set runtimeClassName to "${GVISOR_CLASS}"`);
  });

  it('bypass 14: the host network is no way past a sandbox', async () => {
    expect(await refused({ spec: { hostNetwork: true } })).toContain('spec.hostNetwork = true');
  });

  it('bypass 15: a nodeSelector against that of a class does not keep the Pod out of a sandbox', async () => {
    const notGvisor = { [nodeLabel(GVISOR_CLASS)]: 'false' };
    const neither = { ...notGvisor, [nodeLabel(KATA_CLASS)]: 'false' };
    const { spec } = await dryRun(pod('sly', { labels: HIGH_RISK, spec: { nodeSelector: notGvisor } }));
    expect(spec?.runtimeClassName).toBe(KATA_CLASS);
    expect(await refused({ labels: HIGH_RISK, spec: { nodeSelector: neither } })).toContain(
      'Pod "sly" rejected',
    );
  });

  it('bypass 15: an overhead of its own is refused by the API server', async () => {
    const overhead = { memory: '1Mi' };
    expect(await refused({ labels: HIGH_RISK, spec: { overhead } })).toMatch(/[Oo]verhead/);
  });

  it("bypass 16: an ordinary user's mirror annotation is not believed", async () => {
    const annotations = { 'kubernetes.io/config.mirror': 'x' };
    const { code, stderr } = await kubectl(
      ['create', '--as', ORDINARY_USER, '--dry-run=server', '-f', '-'],
      pod('sly', { annotations, spec: UNCONTAINABLE }),
    );
    expect(code).toBe(1);
    expect(stderr).toContain('Pod "sly" rejected');
  });

  it('bypass 16: that user may create what is harmless', async () => {
    const { code } = await kubectl(
      ['create', '--as', ORDINARY_USER, '--dry-run=server', '-f', '-'],
      pod('honest'),
    );
    expect(code).toBe(0);
  });

  it.each(['sys_admin', 'CAP_SYS_ADMIN', 'Cap_Sys_Admin', 'SYS_ADMIN', 'all'])(
    'bypass 20: the capability %s is seen for what it is',
    async capability => {
      const containers = [container({ securityContext: { capabilities: { add: [capability] } } })];
      const { spec } = await dryRun(pod('sly', { spec: { containers } }));
      expect(spec?.runtimeClassName).toBe(GVISOR_CLASS);
    },
  );

  it.each([
    ['/var/run/docker.sock', 'hostPathSocket'],
    ['/var/run//docker.sock', 'hostPathSocket'],
    ['/var/run/docker.sock/', 'hostPathSocket'],
    ['/run/./containerd/containerd.sock', 'hostPathSocket'],
    ['//run/containerd', 'hostPathSocket'],
    ['/run', 'hostPathSocket'],
    ['//', 'hostPathSystem'],
  ])('bypass 20: the path %s is seen for what it is', async (path, signal) => {
    const volumes = [{ name: 'host', hostPath: { path } }];
    const containers = [container({ volumeMounts: [{ name: 'host', mountPath: '/host' }] })];
    const message = await refused({ spec: { volumes, containers } });
    expect(message).toContain(`spec.volumes[0].hostPath = ${path})`);
    expect(message).toContain(`waives ${signal}`);
  });

  it('is not decided by what the Pod is called', async () => {
    const message = await refusal(
      dryRun(pod('kube-proxy-coredns-cofferdam', { namespace: ENFORCED, spec: UNCONTAINABLE })),
    );
    expect(message).toContain('rejected');
  });
});
