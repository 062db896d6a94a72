import { describe, expect, it } from 'vitest';
import { apply, kubectl, kubectlOk } from './support/kubectl.ts';
import { deployment, HIGH_RISK, pod, UNCONTAINABLE } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { ENFORCED } from './support/settings.ts';

const violating = pod('violating', { spec: UNCONTAINABLE });

describe('a Pod that no sandbox contains', () => {
  it('is refused, and kubectl shows the reason and the fix in at most three lines', async () => {
    const { code, stdout, stderr } = await kubectl(['create', '-f', '-'], violating);
    const lines = stderr.trimEnd().split('\n');

    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(lines.length).toBeLessThanOrEqual(3);
    expect(lines[0]).toContain('Pod "violating" rejected by policy "balanced": no sandbox can contain');
    expect(lines[0]).toContain('spec.hostPID = true');
    expect(lines[1]).toMatch(/^Fix: .*hostPID/);
    expect(lines[2]).toContain('SandboxExemption');
  });

  it('is not stored', async () => {
    const { stderr } = await kubectl(['get', 'pod', '-n', ENFORCED, 'violating']);
    expect(stderr).toContain('NotFound');
  });
});

describe('a workload whose Pods would be rejected', () => {
  it('is stored, and kubectl apply warns', async () => {
    const { code, stdout, stderr } = await apply(deployment('doomed', violating));
    expect(code).toBe(0);
    expect(stdout).toContain('deployment.apps/doomed created');
    expect(stderr).toMatch(
      /^Warning: Pod of Deployment.*would be rejected by policy "balanced": no sandbox can contain/m,
    );
    expect(stderr).toMatch(/^Warning: .*Fix: /m);
  });

  it('has the reason in the events of its ReplicaSet', async () => {
    const message = await poll('the ReplicaSet reports that it cannot create Pods', async () => {
      const events = await kubectlOk([
        ...['get', 'events', '-n', ENFORCED, '--field-selector', 'reason=FailedCreate'],
        ...['-o', 'jsonpath={.items[*].message}'],
      ]);
      return events || undefined;
    });
    expect(message).toContain('no sandbox can contain');
    await kubectlOk(['delete', 'deployment', '-n', ENFORCED, 'doomed']);
  });

  const spec = { selector: { matchLabels: { app: 'doomed' } }, template: template('Always') };
  it.each([
    ['apps/v1', 'StatefulSet', { ...spec, serviceName: 'doomed' }],
    ['apps/v1', 'DaemonSet', spec],
    ['apps/v1', 'ReplicaSet', spec],
    ['batch/v1', 'Job', { template: template('Never') }],
    ['batch/v1', 'CronJob', { schedule: '@daily', jobTemplate: { spec: { template: template('Never') } } }],
    ['v1', 'ReplicationController', { selector: { app: 'doomed' }, template: template('Always') }],
  ])('is warned about: %s %s', async (apiVersion, kind, spec) => {
    const metadata = { name: 'doomed', namespace: ENFORCED };
    const { code, stderr } = await apply({ apiVersion, kind, metadata, spec }, '--dry-run=server');
    expect(code).toBe(0);
    expect(stderr).toContain(`Warning: Pod of ${kind} "doomed" would be rejected`);
  });

  it('is not warned about where its Pods run sandboxed or as they are', async () => {
    const fine = await apply(deployment('fine', pod('fine')), '--dry-run=server');
    const sandboxed = await apply(
      deployment('risky', pod('risky', { labels: HIGH_RISK })),
      '--dry-run=server',
    );
    expect([fine.stderr, sandboxed.stderr]).toEqual(['', '']);
  });
});

function template(restartPolicy: string) {
  return { metadata: { labels: { app: 'doomed' } }, spec: { ...violating.spec, restartPolicy } };
}
