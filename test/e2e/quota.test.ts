import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GVISOR_OVERHEAD } from './support/fixtures.ts';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import { container, HIGH_RISK } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { gated } from './support/running.ts';
import { GVISOR_CLASS, RESTRICTED } from './support/settings.ts';

const NAME = 'of-the-namespace';
/** A LimitRange gives this to a container that asks for nothing; with the class's overhead of 32 MiB, it is 48. */
const ASKED = '16Mi';
const WITH_OVERHEAD = '48Mi';

const CONTEXT = {
  runAsNonRoot: true,
  runAsUser: 65_532,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
const { resources: _, ...bare } = container({ securityContext: CONTEXT });
const risky = (name: string) =>
  gated(name, { namespace: RESTRICTED, labels: HIGH_RISK, spec: { containers: [bare] } });

const used = (): Promise<string> => {
  const path = 'jsonpath={.status.used.requests\\.memory}';
  return kubectlOk(['get', 'resourcequota', NAME, '-n', RESTRICTED, '-o', path]);
};

const remove = () =>
  kubectlOk(['delete', 'resourcequota,limitrange', NAME, '-n', RESTRICTED, '--ignore-not-found']);
beforeAll(async () => {
  await remove();
  const metadata = { name: NAME, namespace: RESTRICTED };
  const limits = [{ type: 'Container', default: { memory: '64Mi' }, defaultRequest: { memory: ASKED } }];
  await kubectlOk(['create', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits } },
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { 'requests.memory': '60Mi' } } },
    ],
  });
  await poll('the quota is reckoned', async () => ((await used()) === '0' ? true : undefined));
});
afterAll(remove);

describe('ResourceQuota, LimitRange and Pod Security in the namespace of a Pod that gets a sandbox', () => {
  it('do not object to the class, and count its overhead', async () => {
    const { spec } = await poll('a Pod is made', async () => {
      const { code, stdout } = await kubectl(['create', '-o', 'json', '-f', '-'], risky('first'));
      return code === 0 ? JSON.parse(stdout) : undefined;
    });
    expect(spec).toMatchObject({ runtimeClassName: GVISOR_CLASS, overhead: GVISOR_OVERHEAD });
    expect(spec.containers[0].resources).toEqual({
      limits: { memory: '64Mi' },
      requests: { memory: ASKED },
    });
    await poll('the quota counts both', async () => ((await used()) === WITH_OVERHEAD ? true : undefined));
  });

  it('say of a Pod that is one too many what it asked for, and the warning beside it says of which class', async () => {
    const { code, stderr } = await kubectl(['create', '-f', '-'], risky('second'));
    expect(code).toBe(1);
    expect(stderr).toContain(`exceeded quota: ${NAME}, requested: requests.memory=${WITH_OVERHEAD}`);
    expect(stderr).toContain(`RuntimeClass "${GVISOR_CLASS}" (app-kernel) is set`);
  });
});
