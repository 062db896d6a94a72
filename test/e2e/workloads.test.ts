import type { V1PodList } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { apply, kubectlOk } from './support/kubectl.ts';
import { container, deployment, HIGH_RISK, pod } from './support/pods.ts';
import { ENFORCED, GVISOR_CLASS } from './support/settings.ts';

const podsOf = async (app: string): Promise<V1PodList['items']> =>
  JSON.parse(await kubectlOk(['get', 'pods', '-n', ENFORCED, '-l', `app=${app}`, '-o', 'json'])).items;

const classesOf = async (app: string): Promise<(string | undefined)[]> =>
  (await podsOf(app)).map(({ spec }) => spec?.runtimeClassName);

/** A Pod as most people write it: no limits, and the token of the service account mounted. */
const ordinary = pod('ordinary', { labels: HIGH_RISK });
Object.assign(ordinary.spec ?? {}, {
  automountServiceAccountToken: undefined,
  containers: [container({ resources: {} })],
});

describe('a workload whose Pods need a sandbox', () => {
  it('gets them through its controller, template unchanged: Deployment', async () => {
    const { code } = await apply(deployment('site', ordinary));
    expect(code).toBe(0);
    await kubectlOk(['rollout', 'status', '-n', ENFORCED, '--timeout=40s', 'deployment/site']);

    expect(await classesOf('site')).toEqual([GVISOR_CLASS]);
    const template = await kubectlOk([
      ...[
        'get',
        'deployment',
        '-n',
        ENFORCED,
        'site',
        '-o',
        'jsonpath={.spec.template.spec.runtimeClassName}',
      ],
    ]);
    expect(template).toBe('');
    await kubectlOk(['delete', 'deployment', '-n', ENFORCED, 'site']);
  });

  it('runs to its end, with the finalizer of its controller: Job', async () => {
    const containers = [container({ command: ['dmesg'] })];
    const { metadata, spec } = pod('once', {
      labels: HIGH_RISK,
      spec: { containers, restartPolicy: 'Never' },
    });
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'once', namespace: ENFORCED },
      spec: { template: { metadata: { labels: { ...metadata?.labels, app: 'once' } }, spec } },
    };
    expect((await apply(job)).code).toBe(0);
    await kubectlOk(['wait', '-n', ENFORCED, '--for=condition=Complete', '--timeout=40s', 'job/once']);

    expect(await kubectlOk(['logs', '-n', ENFORCED, 'job/once'])).toContain('Starting gVisor');
    const [done] = await podsOf('once');
    expect(done?.spec?.runtimeClassName).toBe(GVISOR_CLASS);
    expect(done?.metadata?.finalizers).toBeUndefined();
    await kubectlOk(['delete', 'job', '-n', ENFORCED, 'once']);
  });
});
