import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodesWith } from './support/fixtures.ts';
import { at, passes, refusalOf, startGuard, stopGuard, tryOut } from './support/guard-ground.ts';
import { kubectlOk } from './support/kubectl.ts';
import { container, PRIVILEGED } from './support/pods.ts';

beforeAll(startGuard);
afterAll(stopGuard);

describe('the guard alone, with no webhook', () => {
  it.each([
    ['enforce', 1],
    ['misspelt', 1],
    ['audit', 0],
    ['warn', 0],
    ['inject', 0],
    ['off', 0],
    ['none', 0],
    ['excluded', 0],
  ])('binds by the mode of the namespace: %s', async (name, code) => {
    const { code: got } = await tryOut('x', { namespace: at(name), spec: { hostPID: true } });
    expect(got).toBe(code);
  });

  it('lets pass what needs nothing, and what is isolated enough', async () => {
    await passes(tryOut('plain'));
    await passes(
      tryOut('risky', { labels: { 'cofferdam.dev/risk': 'high' }, spec: { runtimeClassName: at('one') } }),
    );
  });

  it('says what is wrong, the signals and the way out', async () => {
    const capable = container({ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } });
    expect(await refusalOf(tryOut('x', { spec: { containers: [capable] } }))).toBe(
      `the Pod needs isolation app-kernel because of capabilityHostRoot, and has host-kernel without a RuntimeClass. Try again, as the webhook that would set one did not answer, or set spec.runtimeClassName to ${at('one')} or ${at('two')}.`,
    );
    expect(
      await refusalOf(
        tryOut('x', { labels: { 'cofferdam.dev/risk': 'critical' }, spec: { runtimeClassName: at('one') } }),
      ),
    ).toBe(
      `the Pod needs isolation vm because of its labels, its namespace or a policy, and has app-kernel in RuntimeClass ${at('one')}. Set spec.runtimeClassName to ${at('two')}.`,
    );
    expect(await refusalOf(tryOut('x', { spec: { hostNetwork: true, runtimeClassName: at('one') } }))).toBe(
      `RuntimeClass ${at('one')} does not contain hostNetwork. No RuntimeClass contains it: remove it, or ask for a SandboxExemption.`,
    );
  });
});

describe('what the guard closes', () => {
  it('bypass 2: a privileged init container or sidecar', async () => {
    const init = { ...PRIVILEGED, name: 'init' };
    expect(await refusalOf(tryOut('x', { spec: { initContainers: [init] } }))).toContain('privileged');
    const sidecar = { ...init, restartPolicy: 'Always' };
    expect(await refusalOf(tryOut('x', { spec: { initContainers: [sidecar] } }))).toContain('privileged');
  });

  it('bypass 4: an owner set by hand', async () => {
    const ownerReferences = [
      { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'x', uid: 'y', controller: true },
    ];
    expect(await refusalOf(tryOut('x', { ownerReferences, spec: { containers: [PRIVILEGED] } }))).toContain(
      'privileged',
    );
  });

  it('bypass 7: an exemption for another namespace, for other Pods, or for one of two findings', async () => {
    const agent = { labels: { agent: 'yes' }, spec: { hostNetwork: true } };
    await passes(tryOut('x', agent));
    expect(await refusalOf(tryOut('x', { ...agent, namespace: at('misspelt') }))).toContain('hostNetwork');
    expect(await refusalOf(tryOut('x', { ...agent, labels: { agent: 'no' } }))).toContain('hostNetwork');
    const both = { ...agent, spec: { hostNetwork: true, hostPID: true } };
    expect(await refusalOf(tryOut('x', both))).toContain('hostPID');
  });

  it.each([
    ['bypass 11: a Kata annotation', 'io.katacontainers.config.hypervisor.kernel_params', 'kataAnnotation'],
    ['bypass 12: a gVisor annotation', 'dev.gvisor.flag.host-uds', 'gvisorAnnotation'],
    ['bypass 20: one in another case', 'Dev.gVisor.Flag.host-uds', 'gvisorAnnotation'],
  ])('%s, in the strongest class', async (_, key, signal) => {
    const tweak = { annotations: { [key]: 'x' }, spec: { runtimeClassName: at('two') } };
    expect(await refusalOf(tryOut('x', tweak))).toContain(`does not contain ${signal}`);
  });

  it.each(['gvisor', 'runc', 'late'])(
    'bypass 13: a class whose handler is no sandbox, or is not known yet: %s',
    async name => {
      const tweak = { labels: { 'cofferdam.dev/risk': 'high' }, spec: { runtimeClassName: at(name) } };
      expect(await refusalOf(tryOut('x', tweak))).toContain('needs isolation app-kernel');
    },
  );

  it('bypass 14: hostNetwork, but for who is exempt', async () => {
    expect(await refusalOf(tryOut('x', { spec: { hostNetwork: true } }))).toContain('hostNetwork');
    await passes(tryOut('x', { labels: { agent: 'yes' }, spec: { hostNetwork: true } }));
    const elsewhere = { namespace: at('misspelt'), labels: { agent: 'yes' }, spec: { hostNetwork: true } };
    expect(await refusalOf(tryOut('x', elsewhere))).toContain('hostNetwork');
  });

  it('bypass 16: the annotation of a mirror Pod, believed from a node alone', async () => {
    const [name = ''] = await nodesWith('runsc');
    const uid = await kubectlOk(['get', 'node', name, '-o', 'jsonpath={.metadata.uid}']);
    const tweak = {
      annotations: { 'kubernetes.io/config.mirror': 'x' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid, controller: true }],
      spec: { hostPID: true, nodeName: name },
    };
    expect(await refusalOf(tryOut('x', tweak))).toContain('hostPID');
    await passes(tryOut('x', tweak, `--as=system:node:${name}`, '--as-group=system:nodes'));
  });

  it('bypass 17: a Pod that lost its class on the way, annotations of this project or not', async () => {
    const annotations = {
      'cofferdam.dev/injected-runtime-class': at('one'),
      'cofferdam.dev/required-isolation': 'host-kernel',
    };
    const tweak = { annotations, labels: { 'cofferdam.dev/risk': 'high' } };
    expect(await refusalOf(tryOut('x', tweak))).toContain('needs isolation app-kernel');
  });

  it('bypass 20: a capability in another spelling', async () => {
    const odd = container({ securityContext: { capabilities: { add: ['cap_sys_admin'] } } });
    expect(await refusalOf(tryOut('x', { spec: { containers: [odd] } }))).toContain('capabilityHostRoot');
  });
});
