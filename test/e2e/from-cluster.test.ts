import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cofferdam } from './support/cli.ts';
import { kubectlOk } from './support/kubectl.ts';
import { container, HIGH_RISK, UNCONTAINABLE } from './support/pods.ts';
import { createAll, gated, makeNamespace, workload } from './support/running.ts';
import { GVISOR_CLASS, KATA_CLASS, MODE_LABEL, WORK } from './support/settings.ts';

const NAMESPACE = 'cofferdam-e2e-reviewed';
const POLICY = join(WORK, 'these-classes.yaml');
/** There are more than a page of the API server has. */
const MANY = 600;

const SYS_ADMIN = container({ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } });

/** Other classes of this cluster stay out of it. */
const THESE_CLASSES = {
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: { name: 'these-classes' },
  spec: { sandboxes: [{ runtimeClass: GVISOR_CLASS }, { runtimeClass: KATA_CLASS }] },
};

interface Result {
  readonly name: string;
  readonly verdict: string;
  readonly runtimeClass: string | null;
  readonly owner: { readonly kind: string; readonly name: string };
}

const review = (...args: readonly string[]) =>
  cofferdam(['review', '--from-cluster', '-n', NAMESPACE, '--policy', POLICY, ...args]);

describe('a review of a cluster', () => {
  beforeAll(async () => {
    await writeFile(POLICY, JSON.stringify(THESE_CLASSES));
    await makeNamespace(NAMESPACE);
    const builder = workload(
      'apps/v1',
      'Deployment',
      'builder',
      NAMESPACE,
      { containers: [SYS_ADMIN] },
      {
        replicas: 2,
      },
    );
    const many = Array.from({ length: MANY }, (_, i) => gated(`many-${i}`, { namespace: NAMESPACE }));
    const template = { spec: { restartPolicy: 'Never', hostPID: true, containers: [container()] } };
    const nightly = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly', namespace: NAMESPACE },
      spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: { template } } },
    };
    const items = [
      builder,
      nightly,
      gated('risky', { namespace: NAMESPACE, labels: HIGH_RISK }),
      gated('bad', { namespace: NAMESPACE, spec: UNCONTAINABLE }),
      ...many,
    ];
    await createAll(NAMESPACE, items, MANY + 4);
    // The label is what the webhooks select, which would have refused one of them before.
    await kubectlOk(['label', 'namespace', NAMESPACE, `${MODE_LABEL}=enforce`]);
  });

  it('says what would become of each Pod, by the owner at the top', async () => {
    const { code, stdout, stderr } = await review('-o', 'json');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const { summary, results, cluster } = JSON.parse(stdout) as {
      summary: object;
      results: readonly Result[];
      cluster: { overhead: object };
    };
    expect(summary).toEqual({ total: MANY + 5, admit: MANY, sandbox: 3, reject: 2, skipped: 0 });
    const others = results.filter(({ verdict }) => verdict !== 'admit');
    expect(
      others
        .map(({ owner, verdict, runtimeClass }) => [owner.kind, owner.name, verdict, runtimeClass])
        .sort(),
    ).toEqual([
      ['CronJob', 'nightly', 'reject', null],
      ['Deployment', 'builder', 'sandbox', GVISOR_CLASS],
      ['Deployment', 'builder', 'sandbox', GVISOR_CLASS],
      ['Pod', 'bad', 'reject', null],
      ['Pod', 'risky', 'sandbox', GVISOR_CLASS],
    ]);
    // Three times the overhead of the class, 20m and 32Mi.
    expect(cluster.overhead).toEqual({ pods: 3, cpu: 0.06, memory: 3 * 32 * 2 ** 20 });
  });

  it('shows it as a table', async () => {
    const { stdout } = await review();
    const rows = stdout.split('\n').map(line => line.split(/ {2,}/));
    expect(rows).toContainEqual([NAMESPACE, 'enforce', '604', '600', '3', '1', '+0.06', '+96Mi']);
    expect(rows).toContainEqual([
      'Deployment/builder',
      NAMESPACE,
      '2',
      expect.any(String),
      'app-kernel',
      GVISOR_CLASS,
    ]);
    expect(stdout).toContain('Would be rejected: 1 Pod, 2 owners');
  });

  it('says before policies are applied what they would do to what runs', async () => {
    const { code, stdout, stderr } = await cofferdam([
      ...['diff', '--from-cluster', '-n', NAMESPACE, '--policy', 'strict', '-o', 'json'],
    ]);
    expect(stderr).toBe('');
    const { summary, changes } = JSON.parse(stdout) as {
      summary: { judged: number; where: readonly object[] };
      changes: readonly { change: string; name: string; pods: number }[];
    };
    expect(summary.judged).toBe(MANY + 5);
    expect(summary.where).toContainEqual({ where: 'host kernel', before: MANY, after: 0 });
    const plain = changes.filter(({ name }) => name.startsWith('many-'));
    expect(plain).toHaveLength(MANY);
    expect(plain[0]).toMatchObject({ change: 'stronger', pods: 1 });
    expect(code).toBe(0);
  });
});
