import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cofferdam } from './support/cofferdam.ts';
import { IMAGE_VALUE, type Rendered, render, type Values } from './support/helm.ts';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import { E2E_LABEL } from './support/settings.ts';

/** The release's namespace; the API server holds it to the Pod Security Standard Restricted. */
const HOME = 'cofferdam-e2e-chart';

beforeAll(async () => {
  const labels = { [E2E_LABEL]: 'true', 'pod-security.kubernetes.io/enforce': 'restricted' };
  const account = (name: string) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: HOME },
  });
  await kubectlOk(['apply', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: HOME, labels } },
      ...['cofferdam', 'cofferdam-doctor', 'cofferdam-verify'].map(account),
    ],
  });
});
afterAll(async () => {
  await kubectlOk(['delete', 'namespace', HOME, '--wait=false']);
});

const OWN_CERTIFICATE = {
  tls: { certManager: { enabled: false }, secretName: 'own', caBundle: btoa('bundle') },
};
const EVERYTHING: Values = {
  help: { text: 'Questions: #platform', url: 'https://wiki.example/sandboxes' },
  autoscaling: { enabled: true },
  criticalPodsQuota: true,
  metrics: { dashboard: { enabled: true } },
  tests: { verify: { enabled: true, image: 'registry.example/busybox:1' } },
  runtimeClasses: { create: ['gvisor', 'kata-qemu', 'kata-clh', 'kata-fc', 'kata-dragonball'] },
  podLabels: { team: 'platform' },
  podAnnotations: { 'example.com/note': 'x' },
  image: { ...(IMAGE_VALUE.image as object), pullSecrets: [{ name: 'registry' }] },
  tolerations: [{ key: 'example.com/control', operator: 'Exists' }],
  affinity: { podAntiAffinity: {} },
  networkPolicy: {
    webhookFrom: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
    metricsFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
  },
};

describe('the API server takes all that the chart makes', () => {
  it.each<[string, Values]>([
    ['of the defaults', {}],
    ['of everything that there is', EVERYTHING],
    ['enforcing everywhere', { defaultMode: 'enforce' }],
    ['with unlabelled namespaces off', { defaultMode: 'off', webhooks: { workloads: false } }],
    [
      'knowing its callers',
      { tls: { clientCA: '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----' } },
    ],
    ['without guard and locks', { guard: { enabled: false }, locks: { enabled: false } }],
    [
      'with creations left to the guard, and SandboxPolicies to editors',
      { webhooks: { validateCreation: false }, rbac: { policyWriters: 'edit' } },
    ],
    ['with a certificate of one’s own', OWN_CERTIFICATE],
    [
      'with an issuer of one’s own',
      { tls: { certManager: { issuerRef: { kind: 'ClusterIssuer', name: 'internal' } } } },
    ],
    ['with policies as objects', { policies: { balanced: false, objects: ['strict', 'multi-tenant'] } }],
    [
      'with as little as possible',
      {
        ...OWN_CERTIFICATE,
        crds: { enabled: false },
        replicas: 1,
        priorityClassName: '',
        podDisruptionBudget: { enabled: false },
        networkPolicy: { enabled: false },
        rbac: { aggregate: false },
      },
    ],
  ])('%s', async (_, values) => {
    const objects = await render(HOME, values, '--api-versions', 'cofferdam.dev/v1alpha1');
    // An object that the release would create first is missing in a dry run.
    const items = objects.filter(({ apiVersion }) => apiVersion !== 'cofferdam.dev/v1alpha1');
    const { code, stderr } = await kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], {
      apiVersion: 'v1',
      kind: 'List',
      items,
    });
    expect(stderr.split('\n').filter(line => !line.includes('last-applied-configuration'))).toEqual(['']);
    expect(code).toBe(0);
  });

  it('makes what Prometheus Operator reads, with alerts on metrics that there are', async () => {
    const metrics = {
      serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
      prometheusRule: { enabled: true },
    };
    const objects = await render(HOME, { metrics });
    expect(objects.find(({ kind }) => kind === 'ServiceMonitor')).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      metadata: { labels: { release: 'prometheus' } },
      spec: { endpoints: [{ port: 'metrics', path: '/metrics', interval: '15s' }] },
    });
    const rule = objects.find(({ kind }) => kind === 'PrometheusRule') as Rendered;
    const { groups } = rule.spec as { groups: { rules: { alert: string }[] }[] };
    expect(groups[0]?.rules.map(({ alert }) => alert)).toContain('CofferdamGuardOutOfStep');
  });
});

describe('help', () => {
  it.each([
    [
      { text: 'Questions: #platform', url: 'https://wiki.example/s' },
      'Questions: #platform https://wiki.example/s',
    ],
    [{ url: 'https://wiki.example/s' }, 'https://wiki.example/s'],
    [{}, undefined],
  ])('%j is what replicas end refusals with: %j', async (help, said) => {
    const objects = await render(HOME, { help });
    const deployment = objects.find(({ kind }) => kind === 'Deployment') as Rendered;
    const { template } = deployment.spec as { template: { spec: { containers: { args: string[] }[] } } };
    const flag = template.spec.containers[0]?.args.find(arg => arg.startsWith('--refusal-help='));
    expect(flag).toBe(said && `--refusal-help=${said}`);
  });
});

describe('the Pods of the chart', () => {
  const ALL: Values = { tests: { verify: { enabled: true, image: 'registry.example/busybox:1' } } };

  it.each([
    ['balanced', {}, 'admit'],
    ['strict', { runtimeClassName: 'gvisor' }, 'admit'],
    ['strict', {}, 'sandbox'],
  ])('are reviewed under %s with values %j: %s, and nothing is found', async (policy, values, verdict) => {
    const List = { apiVersion: 'v1', kind: 'List', items: await render(HOME, { ...ALL, ...values }) };
    const { code, stdout } = await cofferdam(
      ['review', '-', '--policy', policy, '-o', 'json'],
      JSON.stringify(List),
    );
    const { summary, results } = JSON.parse(stdout);
    expect(summary).toMatchObject({ total: 3, [verdict]: 3, reject: 0 });
    for (const { score, findings } of results) {
      expect(score).toBe(0);
      // Placement alone: a certificate and a token are read again when they change.
      expect(findings.filter(({ signal }: { signal: string }) => signal !== 'liveProjectedVolume')).toEqual(
        [],
      );
    }
    expect(code).toBe(0);
  });

  it('pass Restricted', async () => {
    const objects = await render(HOME, ALL);
    const pods = objects.flatMap(object => {
      if (object.kind === 'Pod') return [object];
      if (object.kind !== 'Deployment') return [];
      const { template } = object.spec as { template: { metadata: object; spec: object } };
      return [
        { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { ...template.metadata, name: 'replica' } },
      ];
    });
    expect(pods).toHaveLength(3);
    const { code, stdout, stderr } = await kubectl(['create', '-n', HOME, '--dry-run=server', '-f', '-'], {
      apiVersion: 'v1',
      kind: 'List',
      items: pods,
    });
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toHaveLength(3);
    expect(code).toBe(0);
  });
});
