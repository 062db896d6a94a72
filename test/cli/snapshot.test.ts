import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER, ownedBy, pod, UNCONFINED } from '../support/cluster-objects.ts';
import { type ApiServer, type Collections, startApiServer } from '../support/kube-server.ts';
import { policy, servedNamespace } from '../support/objects.ts';
import { podPage } from '../support/pod-pages.ts';
import { validate } from './review-schema.ts';
import { cofferdam } from './stranger.ts';

let folder: string;
let server: ApiServer | undefined;
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const SECRET = 'hunter2';
const secretive = {
  containers: [
    {
      name: 'main',
      image: 'example.com/main:1',
      args: [`--password=${SECRET}`],
      command: ['sh', '-c', SECRET],
      env: [{ name: 'PASSWORD', value: SECRET }],
      livenessProbe: { exec: { command: [SECRET] } },
    },
  ],
  volumes: [{ name: 'v', csi: { driver: 'd', volumeAttributes: { key: SECRET } } }],
};
const web = (i: number) => pod('shop', `web-1-${i}`, UNCONFINED, ownedBy('ReplicaSet', 'web-1'));
const template = (name: string, spec: object = {}) => ({
  metadata: { name, namespace: 'shop', annotations: { token: SECRET }, labels: { app: name } },
  spec: {
    replicas: 0,
    template: { metadata: { labels: { app: name } }, spec: pod('shop', name, spec).spec },
  },
});

const own = (kind: string, entry: object) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: { name: 'zz-cofferdam' },
  webhooks: [entry],
});
const entryOf = (mode: string, webhook: string) => ({
  name: `${mode}.${webhook}.cofferdam.dev`,
  clientConfig: {
    service: { name: 'cofferdam', namespace: 'cofferdam-system', path: `/${webhook}/${mode}` },
    caBundle: SECRET,
  },
  rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  namespaceSelector: {
    matchExpressions: [
      { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'left-out'] },
    ],
  },
});

const RUNNING: Collections = {
  '/api/v1/namespaces': [
    servedNamespace('shop'),
    servedNamespace('kube-system'),
    servedNamespace('left-out'),
    servedNamespace('watched', { 'cofferdam.dev/mode': 'audit' }),
  ],
  '/api/v1/pods': [
    pod('shop', 'plain', secretive, { annotations: { token: SECRET, 'dev.gvisor.flag.debug': 'true' } }),
    web(1),
    web(2),
    pod('shop', 'risky', {}, { labels: { 'cofferdam.dev/risk': 'critical' } }),
    pod('shop', 'relay-x', { hostPID: true }, ownedBy('DaemonSet', 'relay')),
    pod('watched', 'agent', { hostNetwork: true }),
    pod('kube-system', 'proxy', { hostNetwork: true }, ownedBy('DaemonSet', 'kube-proxy')),
    pod('left-out', 'any', { hostPID: true }),
  ],
  '/apis/apps/v1/replicasets': [
    { metadata: { name: 'web-1', namespace: 'shop', ...ownedBy('Deployment', 'web') } },
    { metadata: { name: 'alone', namespace: 'shop' } },
  ],
  '/apis/apps/v1/deployments': [template('web'), template('idle', { hostIPC: true })],
  '/apis/batch/v1/cronjobs': [
    {
      metadata: { name: 'nightly', namespace: 'shop' },
      spec: {
        schedule: '* * * * *',
        jobTemplate: { spec: { template: { spec: pod('a', 'b', secretive).spec } } },
      },
    },
  ],
  '/apis/cofferdam.dev/v1alpha1/clustersandboxpolicies': [policy('edge', { acceptDegraded: ['subPath'] })],
  '/apis/cofferdam.dev/v1alpha1/sandboxexemptions': [
    {
      apiVersion: 'cofferdam.dev/v1alpha1',
      kind: 'SandboxExemption',
      metadata: {
        name: 'plain',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': SECRET },
      },
      spec: {
        match: { namespaces: ['shop'] },
        waive: [{ signal: 'gvisorAnnotation', values: ['true'] }],
        owner: 'team',
        reason: 'a test',
        expires: new Date(Date.now() + 86_400_000).toISOString(),
      },
    },
  ],
  '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations': [
    own('MutatingWebhookConfiguration', entryOf('enforce', 'mutate')),
  ],
};

async function start(collections: Collections = {}, answer?: (url: URL) => object | undefined) {
  server = await startApiServer({ ...CLUSTER, ...RUNNING, ...collections }, answer);
  return ['--kubeconfig', server.kubeconfig];
}

const save = async (collections: Collections = {}, ...argv: readonly string[]) => {
  const connection = await start(collections);
  return cofferdam(['snapshot', at('cluster.json'), ...connection, ...argv]);
};

it('saves what a cluster runs, without its secrets', async () => {
  const { code, out, err } = await save();
  expect([code, out]).toEqual([0, '']);
  expect(err).toBe(`note: saved 8 Pods and 14 other objects of context "test" to ${at('cluster.json')}\n`);
  const text = readFileSync(at('cluster.json'), 'utf8');
  expect(text).not.toContain(SECRET);
  const { kind, context, items, unread } = JSON.parse(text);
  expect([kind, context, unread]).toEqual(['ClusterSnapshot', 'test', undefined]);
  expect(text.split('\n')).toHaveLength(items.length + 3);
  const kinds = Map.groupBy(items as readonly { kind: string }[], item => item.kind);
  expect(Object.fromEntries([...kinds].map(([one, { length }]) => [one, length]))).toEqual({
    ...{ Pod: 8, ReplicaSet: 1, Deployment: 2, CronJob: 1, ClusterSandboxPolicy: 1, SandboxExemption: 1 },
    ...{ RuntimeClass: 2, Node: 1, Namespace: 4, MutatingWebhookConfiguration: 1 },
  });
  const asked = new Set(server?.requests.map(({ path }) => path.split('?')[0]));
  expect([...asked].filter(path => /secrets|configmaps/.test(path ?? ''))).toEqual([]);
});

it('writes a file that only whoever wrote it may read, and the same again of the same cluster', async () => {
  await save();
  const first = readFileSync(at('cluster.json'), 'utf8');
  expect(statSync(at('cluster.json')).mode & 0o777).toBe(0o600);
  await server?.stop();
  await save();
  expect(readFileSync(at('cluster.json'), 'utf8')).toBe(first);
});

it.each([
  ['a manifest', 'kind: Pod\n', 2],
  ['a snapshot that was written anew by another program', '{\n  "kind": "ClusterSnapshot"\n}\n', 0],
  ['an empty file, as mktemp makes it', '', 0],
])('takes the place of %s as it should', async (_, text, expected) => {
  const file = at('there.json');
  writeFileSync(file, text);
  const { code, err } = await cofferdam(['snapshot', file, ...(await start())]);
  expect(code).toBe(expected);
  const written = readFileSync(file, 'utf8');
  if (expected === 0) expect(written).toContain('"items":[');
  else
    expect([written, err]).toEqual([text, expect.stringContaining('is no snapshot, so nothing was written')]);
});

it('writes to standard output, and then tells it beside', async () => {
  const connection = await start();
  const { code, out, err } = await cofferdam(['snapshot', '-', ...connection]);
  expect(code).toBe(0);
  expect(JSON.parse(out).items).toHaveLength(22);
  expect(err).toBe('note: saved 8 Pods and 14 other objects of context "test"\n');
});

describe('a review of what was saved', () => {
  const both = async (command: string, ...argv: readonly string[]) => {
    const connection = await start();
    const live = await cofferdam([command, '--from-cluster', ...connection, ...argv]);
    await cofferdam(['snapshot', at('cluster.json'), ...connection]);
    await server?.stop();
    server = undefined;
    return { live, saved: await cofferdam([command, '--snapshot', at('cluster.json'), ...argv]) };
  };
  const there = (text: string): string => text.replaceAll(`, as "${at('cluster.json')}" has it`, '');

  it.each([
    [[]],
    [['--mode', 'enforce', '--policy', 'strict', '--strict']],
    [['--exclude-namespace', 'shop', '--no-balanced']],
  ])('says what that of the cluster says: %j', async argv => {
    const { live, saved } = await both('review', ...argv);
    expect(there(saved.out).replaceAll(/\s+/g, ' ')).toBe(live.out.replaceAll(/\s+/g, ' '));
    expect([saved.code, saved.err]).toEqual([live.code, live.err]);
  });

  it('says so in JSON, too, with the file', async () => {
    const { live, saved } = await both('review', '-o', 'json');
    const document = JSON.parse(saved.out);
    expect(validate(document) || validate.errors).toBe(true);
    const { snapshot, ...cluster } = document.cluster;
    expect(snapshot).toBe(at('cluster.json'));
    expect({ ...document, cluster }).toEqual(JSON.parse(live.out));
  });

  it('tells a change as that of the cluster does', async () => {
    const { live, saved } = await both('diff', '--policy', 'strict');
    expect(there(saved.out).replaceAll(/\s+/g, ' ')).toBe(live.out.replaceAll(/\s+/g, ' '));
    expect(saved.out).not.toBe(live.out);
    expect([saved.code, saved.err]).toEqual([live.code, live.err]);
    expect(live.code).toBe(0);
  });
});

describe('explain', () => {
  const explain = (...argv: readonly string[]) =>
    cofferdam(['explain', '--snapshot', at('cluster.json'), ...argv]);

  it.each([
    ['a workload by its Pods', ['--name', 'DaemonSet/relay', '-n', 'shop'], 1, 'Pod/relay-x'],
    ['a Pod', ['--name', 'Pod/relay-x'], 1, 'hostPID'],
    ['a workload that has none', ['--name', 'idle'], 1, 'hostIPC'],
    ['what is out of scope', ['--name', 'any', '-n', 'left-out'], 0, 'Out of scope'],
    ['the only one of a namespace', ['-n', 'watched'], 1, 'hostNetwork'],
  ])('explains %s', async (_, argv, code, told) => {
    await save();
    const ran = await explain(...argv);
    expect(ran.err).toBe('');
    expect(ran.out).toContain(told);
    expect(ran.code).toBe(code);
  });

  it.each([
    ['which of several', [], '9 objects to choose from', 'Deployment/web -n shop'],
    ['that there is none', ['--name', 'wbe', '-n', 'shop'], 'no object is called "wbe"', 'Did you mean web'],
    [
      'that there is no such namespace',
      ['-n', 'nowhere'],
      'there is no namespace "nowhere" in',
      'cluster.json',
    ],
    ['that it takes no files', ['a.yaml'], '--snapshot takes no files', 'leave it out'],
  ])('asks, or says %s', async (_, argv, message, hint) => {
    await save();
    const { code, err } = await explain(...argv);
    expect(err).toContain(message);
    expect(err).toContain(hint);
    expect(code).toBe(2);
  });

  it('drafts the exemption for the workload, not for the Pod', async () => {
    await save();
    const { out } = await explain('--name', 'DaemonSet/relay');
    expect(out).toContain('name: shop-relay');
  });
});

describe('rules that read what is gone', () => {
  const ruled = (expression: string, metadata: object = { name: 'ruled' }) => ({
    ...policy('ruled', { scoring: { rules: [{ name: 'r', expression, weight: 40 }] } }),
    metadata,
  });
  const told = async (expression: string, ...argv: readonly string[]) => {
    await save({ '/apis/cofferdam.dev/v1alpha1/clustersandboxpolicies': [ruled(expression)] });
    return cofferdam(['review', '--snapshot', at('cluster.json'), ...argv]);
  };

  it.each([
    [
      "object.spec.containers.exists(c, c.?args.orValue([]).exists(a, a == 'x'))",
      'object.spec.containers[].args',
    ],
    [
      "object.spec.containers.exists(c, c.?env.orValue([]).exists(e, e.value == 'x'))",
      'object.spec.containers[].env[].value',
    ],
    ["object.metadata.annotations['a.example/b'] == 'x'", 'object.metadata.annotations.a.example/b'],
    [
      "object.metadata.annotations.exists(k, object.metadata.annotations[k] == 'x')",
      'object.metadata.annotations[]',
    ],
    ["object.spec.?hostname.orValue('') == 'x'", 'object.spec.hostname'],
  ])('are told: %s', async (expression, field) => {
    const { err } = await told(expression);
    expect(err).toContain(
      'ClusterSandboxPolicy/ruled: warning: spec.scoring.rules["r"]: found a rule that reads',
    );
    expect(err).toContain(`${field}, which a snapshot leaves out`);
  });

  it.each([
    "object.spec.containers.exists(c, c.image.startsWith('x'))",
    "object.spec.?hostNetwork.orValue(false) && object.kind == 'Pod'",
    "has(object.metadata.annotations.a) || 'b' in object.metadata.?annotations.orValue({})",
    "object.metadata.?annotations.orValue({}).exists(k, k == 'x')",
    "object.metadata.annotations['sidecar.istio.io/inject'] == 'true'",
    "object.metadata.labels['app'] == 'x'",
    "object.spec.containers.exists(c, c.?env.orValue([]).exists(e, has(e.valueFrom) && e.name == 'x'))",
    "object.spec.?volumes.orValue([]).exists(v, has(v.nfs) || v.?secret.?secretName.orValue('') == 'x')",
  ])('are not told where all that they read is there: %s', async expression => {
    expect((await told(expression)).err).toBe('');
  });

  it('leave no answer to who is strict', async () => {
    const { err, code } = await told("object.spec.?hostname.orValue('') == 'x'", '--strict');
    expect(err).toContain('error: ');
    expect(code).toBe(2);
  });

  it('are told once of both sides of a diff, and to explain', async () => {
    await save({
      '/apis/cofferdam.dev/v1alpha1/clustersandboxpolicies': [ruled('has(object.spec.hostname)')],
    });
    const words = /a snapshot leaves out/g;
    const diff = await cofferdam(['diff', '--snapshot', at('cluster.json'), '--policy', 'strict']);
    expect(diff.err.match(words)).toHaveLength(1);
    const explain = await cofferdam(['explain', '--snapshot', at('cluster.json'), '--name', 'relay-x']);
    expect(explain.err.match(words)).toHaveLength(1);
  });
});

describe('what could not be read', () => {
  const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

  it('is told as it is saved, and again as it is read', async () => {
    const { code, err } = await save({ [WEBHOOKS]: 403 });
    expect(code).toBe(0);
    expect(err).toContain(`warning: left out: ${WEBHOOKS} is not for you\n`);
    const { err: again } = await cofferdam(['review', '--snapshot', at('cluster.json')]);
    expect(again).toBe(`warning: left out: ${WEBHOOKS} is not for you\n`);
  });

  it.each([
    ['Pods', { '/api/v1/pods': 403 }, [], 'verb list on pods'],
    ['Namespaces', { '/api/v1/namespaces': 403 }, [], 'verb list on namespaces'],
    ['webhooks, to who is strict', { [WEBHOOKS]: 403 }, ['--strict'], 'verb list on mutatingwebhook'],
  ])('leaves nothing where it is %s', async (_, collections, argv, hint) => {
    const file = at('none.json');
    const connection = await start(collections);
    const { code, err } = await cofferdam(['snapshot', file, ...connection, ...argv]);
    expect(code).toBe(2);
    expect(err).toContain(hint);
    expect(() => statSync(file)).toThrow('ENOENT');
    expect(() => statSync(`${file}.partial`)).toThrow('ENOENT');
  });

  it('leaves what was there before as it was', async () => {
    const old = '{"kind":"ClusterSnapshot"}';
    writeFileSync(at('old.json'), old);
    const connection = await start({ '/api/v1/nodes': 403 });
    await cofferdam(['snapshot', at('old.json'), ...connection]);
    expect(readFileSync(at('old.json'), 'utf8')).toBe(old);
  });
});

describe('of one namespace', () => {
  it('holds its Pods alone, and is read for it alone', async () => {
    const { '/api/v1/pods': pods } = RUNNING;
    const inShop = (pods as readonly { metadata: { namespace: string } }[]).filter(
      ({ metadata }) => metadata.namespace === 'shop',
    );
    const { err } = await save({ '/api/v1/namespaces/shop/pods': inShop }, '-n', 'shop');
    expect(err).toContain('saved 5 Pods');
    const review = (...argv: readonly string[]) =>
      cofferdam(['review', '--snapshot', at('cluster.json'), ...argv]);
    expect((await review('-n', 'shop')).out).toContain('5 Pods in 1 namespace');
    const others = await review();
    expect(others.err).toContain('holds the Pods of namespace "shop" alone');
    expect(others.code).toBe(2);
  });
});

describe('a file that is no snapshot', () => {
  it.each([
    ['missing', undefined, 'cannot read', 'Write it with: cofferdam snapshot FILE'],
    ['empty', '', 'found no JSON', 'cofferdam snapshot FILE'],
    [
      'of kubectl',
      '{"kind":"List","apiVersion":"v1","items":[]}',
      'found kind "List"',
      'cofferdam snapshot FILE',
    ],
    [
      'with an error',
      `{"apiVersion":"cofferdam.dev/v1alpha1","kind":"ClusterSnapshot","version":1,"items":[\n{},\n]}`,
      'file.json:2: found nothing',
      'cofferdam snapshot',
    ],
  ])('is told: %s', async (name, text, message, hint) => {
    const file = at(name === 'missing' ? 'missing.json' : 'file.json');
    if (text !== undefined) writeFileSync(file, text);
    const { code, out, err } = await cofferdam(['review', '--snapshot', file]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err).toContain(hint);
  });

  it.each([
    [['.'], 'cannot read .: a folder, expected a file\nName a file.\n'],
    [['-'], '--snapshot reads no standard input\nName a file; /dev/stdin is one, too.\n'],
    [
      ['none.json'],
      'cannot read none.json: no such file or folder\nWrite it with: cofferdam snapshot FILE\n',
    ],
  ])('is told in words: %j', async ([file = ''], words) => {
    const { code, err } = await cofferdam(['review', '--snapshot', file]);
    expect([code, err]).toEqual([2, `error: ${words}`]);
  });

  it.each([
    [['--from-cluster'], '--from-cluster and --snapshot both name a cluster'],
    [['--kubeconfig', 'x'], '--snapshot takes no --kubeconfig'],
    [['a.yaml'], '--snapshot takes no files'],
    [['--baseline', 'x'], '--snapshot takes no baseline'],
  ])('is not asked for beside %j', async (argv, message) => {
    await save();
    const { code, err } = await cofferdam(['review', '--snapshot', at('cluster.json'), ...argv]);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});

it('is read as a --cluster file, too, of which nothing is used but the cluster', async () => {
  await save();
  writeFileSync(
    at('pod.yaml'),
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop, labels: {cofferdam.dev/risk: high}}\nspec: {containers: [{name: a, image: "a:1"}]}\n',
  );
  const { code, out, err } = await cofferdam([
    'review',
    at('pod.yaml'),
    '--cluster',
    at('cluster.json'),
    '--no-config',
  ]);
  expect(code).toBe(0);
  expect(out).toContain('gvisor');
  expect(err).toContain('passed over 8 objects of kind Pod');
});

it('asks for a page once the one before is written, and holds no other', async () => {
  const asked: string[] = [];
  const connection = await start({}, url => {
    if (url.pathname !== '/api/v1/pods') return undefined;
    asked.push(url.searchParams.get('continue') ?? '');
    return JSON.parse(podPage(url.searchParams, 1200, 500));
  });
  const { code, err } = await cofferdam(['snapshot', at('large.json'), ...connection]);
  expect(code).toBe(0);
  expect(err).toContain('saved 1200 Pods');
  expect(asked.length).toBeGreaterThan(2);
  expect(asked.map(Number)).toEqual(asked.map(Number).toSorted((a, b) => a - b));
  const lines = readFileSync(at('large.json'), 'utf8').split('\n');
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(3000);
});
