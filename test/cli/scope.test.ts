import { afterEach, describe, expect, it } from 'vitest';
import { CLUSTER, pod } from '../support/cluster-objects.ts';
import { type ApiServer, type Collections, startApiServer } from '../support/kube-server.ts';
import { servedNamespace } from '../support/objects.ts';
import { cofferdam } from './stranger.ts';

const FILE = 'test/fixtures/scope/system.yaml';

interface Document {
  readonly summary: Readonly<Record<string, number>>;
  readonly results: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly verdict: string;
    readonly outOfScope?: true;
    readonly warnings: readonly string[];
  }[];
}

const scoped = ({ results }: Document) =>
  results.map(({ namespace: of, verdict, outOfScope }) => [of, verdict, outOfScope === true]);

describe('namespaces that an installation leaves out', () => {
  it('are listed with the verdict that they would have, and do not bear on the exit code', async () => {
    const { code, out } = await cofferdam(['review', FILE, '--exclude-namespace', 'storage']);
    expect(code).toBe(0);
    expect(out).toContain('\nreject (out of scope)  DaemonSet/network-agent  kube-system  ');
    expect(out).toContain('\nreject (out of scope)  Pod/driver               storage      ');
    expect(out).toMatch(
      /\n2 objects judged: 2 out of scope\.\nOut of scope \(namespaces kube-system and storage\): the API server does not ask about Pods there;\nthese verdicts are what they would be\.\nAssumed: classes gvisor and kata-qemu; namespaces kube-system and storage without labels\./,
    );
  });

  it.each([[], ['--mode', 'enforce'], ['--mode', 'namespace'], ['--fail-on', 'sandbox']])(
    'without a flag, are those of Kubernetes alone (%j)',
    async (...argv) => {
      const ran = await cofferdam(['review', FILE, ...argv, '-o', 'json']);
      expect(ran.code).toBe(1);
      const document = JSON.parse(ran.out) as Document;
      expect(scoped(document)).toEqual([
        ['kube-system', 'reject', true],
        ['storage', 'reject', false],
      ]);
      expect(document.summary).toMatchObject({ total: 2, reject: 2, outOfScope: 1 });
      expect(document.results[0]?.warnings).toContain(
        'out of scope: the API server does not ask about Pods of namespace kube-system',
      );
    },
  );

  it.each(['kube-system', 'kube-public', 'kube-node-lease'])('%s is one', async of => {
    const stdin = `{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {hostPID: true, containers: [{name: a, image: "a:1"}]}}`;
    expect((await cofferdam(['review', '-', '-n', of], { stdin })).code).toBe(0);
    expect((await cofferdam(['review', '-', '-n', `${of}-2`], { stdin })).code).toBe(1);
  });

  it('are explained with a note', async () => {
    const { code, out } = await cofferdam(['explain', FILE, '--name', 'network-agent']);
    expect(code).toBe(0);
    expect(out).toContain('Verdict: reject\n');
    expect(out).toContain(
      '  Note: Out of scope: the API server does not ask about Pods of namespace kube-system.\n',
    );
  });
});

describe('--from-cluster', () => {
  let server: ApiServer | undefined;
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  async function review(collections: Collections, ...argv: readonly string[]) {
    server = await startApiServer({ ...CLUSTER, ...collections });
    const { kubeconfig } = server;
    const ran = await cofferdam([
      'review',
      '--from-cluster',
      '--kubeconfig',
      kubeconfig,
      '-o',
      'json',
      ...argv,
    ]);
    return { code: ran.code, err: ran.err, document: JSON.parse(ran.out) as Document };
  }

  const LABEL = 'cofferdam.dev/mode';
  const NAMES = 'kubernetes.io/metadata.name';
  const entry = (name: string, mode: string, expressions: readonly object[]) => ({
    name: `${name}.mutate.cofferdam.dev`,
    clientConfig: { service: { name: 'cofferdam', namespace: 'cofferdam', path: `/mutate/${mode}` } },
    namespaceSelector: { matchExpressions: expressions },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  });
  const NOT_STORAGE = { key: NAMES, operator: 'NotIn', values: ['storage'] };
  const WEBHOOKS = {
    '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations': [
      {
        metadata: { name: 'zz-cofferdam' },
        webhooks: [
          entry('enforce', 'enforce', [{ key: LABEL, operator: 'In', values: ['enforce'] }, NOT_STORAGE]),
          entry('unlabelled', 'warn', [{ key: LABEL, operator: 'DoesNotExist' }, NOT_STORAGE]),
        ],
      },
      { metadata: { name: 'other' }, webhooks: [{ ...entry('x', 'enforce', []), name: 'x.example.org' }] },
    ],
  };
  const PODS = {
    '/api/v1/namespaces': [
      servedNamespace('shop', { [LABEL]: 'enforce', [NAMES]: 'shop' }),
      servedNamespace('blog', { [NAMES]: 'blog' }),
      servedNamespace('storage', { [LABEL]: 'enforce', [NAMES]: 'storage' }),
      servedNamespace('lab', { [LABEL]: 'off', [NAMES]: 'lab' }),
      servedNamespace('kube-system', { [NAMES]: 'kube-system' }),
    ],
    '/api/v1/pods': ['shop', 'blog', 'storage', 'lab', 'kube-system'].map(of =>
      pod(of, 'p', { hostPID: true }),
    ),
  };
  const outside = ({ results }: Document): string[] =>
    results.filter(({ outOfScope }) => outOfScope).map(({ namespace: of }) => of);

  it('goes by the selectors of the webhooks that are installed', async () => {
    const { code, err, document } = await review({ ...PODS, ...WEBHOOKS });
    expect([code, err]).toEqual([1, '']);
    // kube-system is reached here: somebody changed the selectors.
    expect(outside(document)).toEqual(['storage', 'lab']);
  });

  it('goes by what would be reached, where one mode is asked for', async () => {
    const { document } = await review({ ...PODS, ...WEBHOOKS }, '--mode', 'enforce');
    expect(outside(document)).toEqual(['storage']);
  });

  it('takes the mode from the entry that is called, not from a label that is not there', async () => {
    const pods = (of: string) => ({ '/api/v1/pods': [pod(of, 'p', { hostPID: true })] });
    // Mode warn refuses nothing, and fails nothing.
    expect((await review({ ...PODS, ...WEBHOOKS, ...pods('blog') })).code).toBe(0);
    await server?.stop();
    expect((await review({ ...PODS, ...WEBHOOKS, ...pods('shop') })).code).toBe(1);
  });

  it('goes by what an installation would leave out, where there is none, and by the flag', async () => {
    const { document } = await review(PODS, '--exclude-namespace', 'blog');
    expect(outside(document)).toEqual(['blog', 'kube-system']);
  });
});

describe('a runtimeClassName that is empty', () => {
  const of = (kind: string, spec: string) =>
    cofferdam(['review', '-'], {
      stdin: `{apiVersion: example.org/v1, kind: ${kind}, metadata: {name: x}, spec: ${spec}}`,
    });
  const CONTAINERS = 'containers: [{name: a, image: "a:1"}]';

  it.each([
    ['Pod', `{runtimeClassName: "", ${CONTAINERS}}`, 'v1'],
    ['Deployment', `{template: {spec: {runtimeClassName: "", ${CONTAINERS}}}}`, 'apps/v1'],
  ])('is refused, as the API server refuses it: %s', async (kind, spec, apiVersion) => {
    const stdin = `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: x}, spec: ${spec}}`;
    const { code, out } = await cofferdam(['review', '-'], { stdin });
    expect(code).toBe(1);
    expect(out).toContain(
      '  Why: Its runtimeClassName is empty, and the API server knows no class of that name.\n  Fix: Leave runtimeClassName out, or name a RuntimeClass.\n',
    );
  });

  it('is none where a part of a Pod has it, or where it is null', async () => {
    expect((await of('Database', `{runtimeClassName: "", hostNetwork: false, ${CONTAINERS}}`)).code).toBe(0);
    expect((await of('Database', `{template: {spec: {runtimeClassName: null, ${CONTAINERS}}}}`)).code).toBe(
      0,
    );
  });
});
