import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER, ownedBy, pod, UNCONFINED } from '../support/cluster-objects.ts';
import { type ApiServer, type Collections, startApiServer } from '../support/kube-server.ts';
import { policy, servedNamespace } from '../support/objects.ts';
import { cofferdam } from './stranger.ts';

const schema = JSON.parse(readFileSync('docs/schema/suggest.schema.json', 'utf8'));
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);

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

const agent = (i: number, more: object = {}) =>
  pod(
    'monitoring',
    `agent-${i}`,
    { hostPID: true, volumes: [{ name: 'v', hostPath: { path: '/srv/data' } }], ...more },
    ownedBy('DaemonSet', 'agent'),
  );
const RUNNING: Collections = {
  '/api/v1/namespaces': [
    ...['default', 'kube-system', 'monitoring', 'net', 'plain', 'shop'].map(name => servedNamespace(name)),
    servedNamespace('strict', { 'cofferdam.dev/mode': 'enforce' }),
    servedNamespace('off', { 'cofferdam.dev/mode': 'off' }),
  ],
  '/api/v1/pods': [
    agent(1),
    agent(2),
    pod('net', 'proxy', { hostNetwork: true }),
    pod('plain', 'web'),
    pod('shop', 'risky', {}, { labels: { 'cofferdam.dev/risk': 'high' } }),
    pod('strict', 'mild', UNCONFINED),
    pod('off', 'any', { hostPID: true }),
    pod('kube-system', 'kube-proxy', { hostNetwork: true, hostPID: true }),
  ],
};

async function suggest(collections: Collections, ...argv: readonly string[]) {
  server = await startApiServer({ ...CLUSTER, ...RUNNING, ...collections });
  const connection = ['--from-cluster', '--kubeconfig', server.kubeconfig];
  return cofferdam(['suggest', ...connection, ...argv]);
}

const until = (days: number): string =>
  new Date(Math.floor(Date.now() / 86_400_000 + days) * 86_400_000).toISOString().slice(0, 10);

it('has what could break out first, what each is for, and how to go on', async () => {
  const { code, out, err } = await suggest({});
  expect(code).toBe(0);
  expect(err).toBe(
    'To start with on context "test": 2 exemptions, 1 of which could take over a node; 6 namespaces (3 warn, 2 enforce and 1 inject).\n',
  );
  const [head = '', first = ''] = out.split('---\n');
  expect(head.replace(/by cofferdam \S+$/m, 'by cofferdam VERSION.')).toBe(`\
# The set to start with on context "test", by cofferdam VERSION.
#
# The first exemption below lets a container take over its node: look at it, change the workload, or
# accept what that means; do not just sign.
# Write who answers for each, and why, in place of TODO; delete what nobody answers for; then
# kubectl apply -f this file.
#
# The modes, once the exemptions are applied:
#
# enforce: everything stays as it is.
#   kubectl label --overwrite namespace plain cofferdam.dev/mode=enforce
#
# inject: something would be put into a sandbox, in which all that it asks for works.
#   kubectl label --overwrite namespace shop cofferdam.dev/mode=inject
#
# warn: nothing runs there, so nothing is known of it.
#   kubectl label --overwrite namespace default cofferdam.dev/mode=warn
#
# warn: something needs an exemption, which is to be signed first.
#   kubectl label --overwrite namespace monitoring net cofferdam.dev/mode=warn
`);
  expect(first.slice(0, first.indexOf('# hostPath'))).toBe(`\
# LOOK AT THIS: with the host's PID namespace, a container takes over its node.
# For DaemonSet/agent (2 Pods).
# hostPID: every process of the host can be seen, traced and killed, and its files reached through
# /proc. Instead: Remove hostPID, or use shareProcessNamespace if the containers of the Pod must see
# each other.
`);
  expect(out.slice(out.indexOf('apiVersion'))).toContain(`\
apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata:
  name: monitoring-agent
spec:
  match:
    namespaces:
      - monitoring
    images:
      - example.com/main
  waive:
    - signal: hostPID
    - signal: hostPath
      values:
        - /srv/data
  owner: TODO who answers for it
  reason: TODO why DaemonSet agent must have it
  expires: ${until(30)}T00:00:00Z
---
# For Pod/proxy (1 Pod).
# hostNetwork: `);
});

it('names a few of many workloads in the table, in which each has a line', async () => {
  const many = Array.from({ length: 20 }, (_, i) =>
    pod('net', `p-${i}`, { hostNetwork: true }, ownedBy('DaemonSet', `proxy-${i}`)),
  );
  const { out } = await suggest({ '/api/v1/pods': many }, '-o', 'table');
  expect(out).toContain(
    '  DaemonSet/proxy-0, DaemonSet/proxy-1, DaemonSet/proxy-10 and 17 more  hostNetwork\n',
  );
});

it('has it as a table, with nothing beside', async () => {
  const { out, err } = await suggest({}, '-o', 'table');
  expect(err).toBe('');
  expect(out).toBe(`\
Could take over a node: to be looked at, not to be signed
EXEMPTION         PODS  FOR              WAIVES
monitoring-agent     2  DaemonSet/agent  hostPID, hostPath

Exempt
EXEMPTION  PODS  FOR        WAIVES
net-proxy     1  Pod/proxy  hostNetwork

Modes
NAMESPACE   NOW      START    PODS  BECAUSE
default     -        warn        0  nothing runs there, so nothing is known of it
monitoring  -        warn        2  something needs an exemption, which is to be signed first
net         -        warn        1  something needs an exemption, which is to be signed first
plain       -        enforce     1  everything stays as it is
shop        -        inject      1  something would be put into a sandbox, in which all that it asks for works
strict      enforce  enforce     1  something would be put into a sandbox, in which all that it asks for works

To start with on context "test": 2 exemptions, 1 of which could take over a node; 6 namespaces (3
warn, 2 enforce and 1 inject).
`);
});

it('has it as JSON, by its schema', async () => {
  const { out } = await suggest({}, '-o', 'json', '--expires-in', '7');
  const value = JSON.parse(out);
  expect([validate(value), validate.errors]).toEqual([true, null]);
  expect(value.exemptions[0]).toMatchObject({
    breakouts: ['hostPID'],
    workloads: [{ name: 'DaemonSet/agent', pods: 2 }],
    exemption: { spec: { expires: `${until(7)}T00:00:00Z` } },
  });
  expect(value.namespaces.find(({ name }: { name: string }) => name === 'strict')).toEqual({
    name: 'strict',
    mode: 'enforce',
    current: 'enforce',
    because: 'sandboxed',
    pods: 1,
  });
});

/** With somebody who answers for each exemption: a draft is in force as well, and warned of. */
const signed = (yaml: string): string =>
  yaml
    .replaceAll(/TODO who answers for it/g, 'nodes')
    .replaceAll(/TODO why .* must have it/g, 'it reads the node');

it('says the same of what was saved, with which nothing is rejected then', async () => {
  const live = await suggest({});
  await cofferdam(['snapshot', at('cluster.json'), '--kubeconfig', server?.kubeconfig ?? '']);
  const saved = await cofferdam([
    'suggest',
    '--snapshot',
    at('cluster.json'),
    '-o',
    `yaml=${at('start.yaml')}`,
  ]);
  expect(saved.code).toBe(0);
  const text = readFileSync(at('start.yaml'), 'utf8');
  const documents = (yaml: string): string => yaml.slice(yaml.indexOf('---'));
  expect(documents(text)).toBe(documents(live.out));
  const review = ['review', '--snapshot', at('cluster.json')];
  expect((await cofferdam(review)).code).toBe(1);
  writeFileSync(at('start.yaml'), signed(text));
  const exempt = await cofferdam([...review, '--policy', at('start.yaml')]);
  expect(exempt.err).toBe('');
  expect(exempt.code).toBe(0);
  const again = await cofferdam(['suggest', '--snapshot', at('cluster.json'), '--policy', at('start.yaml')]);
  expect(again.out).toContain('# Nothing needs an exemption.');
});

describe('what no exemption helps', () => {
  const MOST = {
    '/apis/cofferdam.dev/v1alpha1/clustersandboxpolicies': [
      policy('most', {
        match: { namespaceSelector: { matchLabels: { 'cofferdam.dev/mode': 'enforce' } } },
        minimumIsolation: 'confidential-vm',
      }),
    ],
  };

  it('is told, makes the exit code 1, and keeps its namespace below enforce', async () => {
    const { code, out, err } = await suggest(MOST);
    expect(code).toBe(1);
    expect(err).toContain('No exemption helps 1 workload.');
    expect(out).toContain('# Would be rejected in enforce, and no exemption helps');
    expect(out).toContain('# - Pod/mild in strict: ');
    expect(out).toContain('namespace strict cofferdam.dev/mode=inject');
  });
});

it('takes no name of an exemption that is broken, as whoever applies the set would replace that', async () => {
  const broken = {
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind: 'SandboxExemption',
    metadata: { name: 'net-proxy' },
    spec: { waive: [] },
  };
  const { out } = await suggest(
    { '/apis/cofferdam.dev/v1alpha1/sandboxexemptions': [broken] },
    ...['-o', 'json'],
  );
  const names = JSON.parse(out).exemptions.map(
    ({ exemption }: { exemption: { metadata: { name: string } } }) => exemption.metadata.name,
  );
  expect(names).toEqual(['monitoring-agent', 'net-proxy-2']);
});

it('looks at one namespace, where it is asked to', async () => {
  const pods = [pod('net', 'proxy', { hostNetwork: true })];
  const { out } = await suggest({ '/api/v1/namespaces/net/pods': pods }, '-n', 'net', '-o', 'json');
  const { namespaces, exemptions } = JSON.parse(out);
  expect(namespaces.map(({ name }: { name: string }) => name)).toEqual(['net']);
  expect(exemptions).toHaveLength(1);
});

describe('usage', () => {
  it.each([
    [[], 'no cluster', '--from-cluster'],
    [['--from-cluster', '--expires-in', '0'], 'Expected a whole number from 1 to 365', '--help'],
    [['--from-cluster', '-o', 'yml'], 'unknown output format "yml"', 'Did you mean yaml'],
    [['--snapshot', 'x', '--from-cluster'], 'both name a cluster', 'Leave one'],
  ])('%j', async (argv, message, hint) => {
    const { code, err } = await cofferdam(['suggest', ...argv]);
    expect(err).toContain(message);
    expect(err).toContain(hint);
    expect(code).toBe(2);
  });
});

it('writes no line of its own for a name that somebody made up', async () => {
  server = await startApiServer({ ...CLUSTER, ...RUNNING });
  await cofferdam(['snapshot', at('cluster.json'), '--kubeconfig', server.kubeconfig]);
  const hostile = readFileSync(at('cluster.json'), 'utf8')
    .replaceAll('"net"', JSON.stringify('x\n  evil: true; rm -rf'))
    .replaceAll('/srv/data', '/srv/\\u001b[2J\\nevil: true');
  writeFileSync(at('hostile.json'), hostile);
  const { out, err } = await cofferdam(['suggest', '--snapshot', at('hostile.json')]);
  expect(out).not.toContain('\u001b');
  expect(out.split('\n').filter(line => /^\s*evil/.test(line))).toEqual([]);
  expect(out).not.toMatch(/kubectl label.*rm/);
  expect(err).not.toContain('\u001b');
});
