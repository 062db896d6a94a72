import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { CHART, helm, helmOk, IMAGE_VALUE, render, templateArgs, type Values } from './support/helm.ts';

const NAMESPACE = 'cofferdam-e2e-chart';

describe('the chart', () => {
  it('passes helm lint --strict', async () => {
    const { code, stdout } = await helm(['lint', '--strict', CHART, '-f', '-'], IMAGE_VALUE);
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(code).toBe(0);
  });

  it('says what it needs where the image is not named', async () => {
    const { code, stderr } = await helm(await templateArgs(NAMESPACE), {});
    expect(code).toBe(1);
    expect(stderr).toContain('image.repository is empty');
  });

  it('is there for those without Helm, without its tests', async () => {
    const { stdout } = await promisify(execFile)('npm', [
      ...['run', '--silent', 'manifests', '--', '--set', 'image.repository=registry.example/cofferdam'],
    ]);
    const objects = parseAllDocuments(stdout).map(document => document.toJSON());
    expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Deployment', 'Certificate']));
    expect(stdout).not.toContain('helm.sh/hook');
  });

  it('runs no hook but those of helm test', async () => {
    const hooks = (await render(NAMESPACE, { tests: { verify: { enabled: true, image: 'busybox' } } })).map(
      ({ metadata }) => (metadata as { annotations?: Record<string, string> }).annotations?.['helm.sh/hook'],
    );
    expect(new Set(hooks)).toEqual(new Set([undefined, 'test']));
  });
});

describe('wrong values', () => {
  it.each<[string, Values, string]>([
    ['an unknown mode', { defaultMode: 'enfroce' }, "at '/defaultMode': value must be one of"],
    ['a word where a number belongs', { replicas: 'two' }, "at '/replicas': got string, want integer"],
    ['no replica', { replicas: 0 }, "at '/replicas': minimum: got 0, want 1"],
    ['an unknown value', { replicaCount: 3 }, "additional properties 'replicaCount' not allowed"],
    ['a typo deep inside', { tls: { certManger: {} } }, "additional properties 'certManger' not allowed"],
    [
      'a class that nobody exports',
      { runtimeClasses: { create: ['kata'] } },
      "at '/runtimeClasses/create/0'",
    ],
    ['a digest that is none', { image: { digest: 'latest' } }, "at '/image/digest'"],
    ['a port that needs root', { ports: { webhook: 443 } }, "at '/ports/webhook': minimum"],
    ['a flag that is none', { extraArgs: ['serve'] }, "at '/extraArgs/0'"],
    ['a budget that no drain ends under', { podDisruptionBudget: { maxUnavailable: 0 } }, 'maxUnavailable'],
    [
      'more at least than at most',
      { autoscaling: { enabled: true, minReplicas: 9 } },
      'autoscaling.minReplicas (9) is more than autoscaling.maxReplicas (5)',
    ],
    [
      'a quota for no class',
      { criticalPodsQuota: true, priorityClassName: '' },
      'criticalPodsQuota is for Pods of a priority class',
    ],
    ['a writer who is nobody', { rbac: { policyWriters: 'editor' } }, "at '/rbac/policyWriters'"],
    ['a Secret beside cert-manager', { tls: { secretName: 'own' } }, 'do not go together'],
    ['a CA that is a path', { tls: { clientCA: '/etc/ca.crt' } }, "at '/tls/clientCA'"],
    ['no certificate', { tls: { certManager: { enabled: false } } }, 'there is no certificate'],
    ['objects before their kinds', { policies: { objects: ['strict'] } }, 'policies.objects needs'],
    ['verify without an image', { tests: { verify: { enabled: true } } }, 'tests.verify.image is empty'],
  ])('%s is refused', async (_, values, message) => {
    const { code, stderr } = await helm(await templateArgs(NAMESPACE), { ...IMAGE_VALUE, ...values });
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });

  it('says what an old Kubernetes lacks, and goes without where told to', async () => {
    const old = [...(await templateArgs(NAMESPACE)), '--kube-version', '1.29.4'];
    expect((await helm(old, IMAGE_VALUE)).stderr).toContain('has no stable ValidatingAdmissionPolicy');
    await helmOk(old, { ...IMAGE_VALUE, guard: { enabled: false }, locks: { enabled: false } });
    const ancient = [...(await templateArgs(NAMESPACE)), '--kube-version', '1.27.0'];
    expect((await helm(ancient, IMAGE_VALUE)).stderr).toContain('requires kubeVersion: >=1.28.0-0');
  });
});
