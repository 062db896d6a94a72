import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namespaceText, runtimeClassText } from '../support/manifests.ts';
import { validate } from './review-schema.ts';
import { cofferdam } from './stranger.ts';

let folder: string;
let policies: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
  policies = join(folder, 'policies.yaml');
});
afterAll(() => rm(folder, { recursive: true }));

const POD = `apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: monitoring, labels: {app: agent, team: platform}}
spec:
  hostPID: true
  serviceAccountName: node-agent
  containers: [{name: a, image: "a:1"}]
---
`;
const object = (kind: string, name: string, spec: string, namespace = ''): string =>
  `apiVersion: cofferdam.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}${namespace && `, namespace: ${namespace}`}}\nspec: {${spec}}\n---\n`;
const exemption = (match: string, waive = 'hostPID', days = 30, name = 'agents'): string =>
  object(
    'SandboxExemption',
    name,
    `match: {${match}}, waive: [{signal: ${waive}}], owner: a, reason: b, expires: "${new Date(Date.now() + days * 86_400_000).toISOString()}"`,
  );
const clusterPolicy = (match: string): string =>
  object('ClusterSandboxPolicy', 'agents', `match: {${match}}, minimumIsolation: vm`);

/** What is noted of these policies beside that Pod, as `object: message. fix`. */
const notes = (text: string, ...argv: readonly string[]): Promise<readonly string[]> =>
  notesOn(POD, text, ...argv);

/** The same beside these manifests. */
async function notesOn(stdin: string, text: string, ...argv: readonly string[]): Promise<readonly string[]> {
  await writeFile(policies, text);
  const { out, err } = await cofferdam(['review', '-', '--policy', policies, '-o', 'json', ...argv], {
    stdin,
  });
  const document = JSON.parse(out);
  expect(validate(document) || validate.errors).toBe(true);
  const told = (document.notes ?? []) as Readonly<Record<'object' | 'message' | 'fix', string>>[];
  expect(err.match(/: note: /g) ?? []).toHaveLength(told.length);
  return told.map(({ object: of, message, fix }) => `${of}: ${message}. ${fix}`);
}

const NOTHING = 'bears on nothing that was reviewed';
const MATCH = 'Correct its match, or leave it if it is for other manifests.';

describe('what bears on nothing that was given', () => {
  it.each<[string, string, readonly string[]]>([
    ['nothing, where it waives', exemption('namespaces: [monitoring]'), []],
    [
      'a namespace that is mistyped',
      exemption('namespaces: [monitorng]'),
      [
        `SandboxExemption/agents: ${NOTHING}: no object is in namespace "monitorng". Did you mean "monitoring"?`,
      ],
    ],
    [
      'of several namespaces, the one that is mistyped',
      exemption('namespaces: [payments, monitorin]'),
      [
        `SandboxExemption/agents: ${NOTHING}: no object is in namespace "monitorin". Did you mean "monitoring"?`,
      ],
    ],
    [
      'a namespace of others',
      exemption('namespaces: [payments]'),
      [`SandboxExemption/agents: ${NOTHING}: no object is in namespace "payments". ${MATCH}`],
    ],
    [
      'an account',
      exemption('namespaces: [monitoring], serviceAccounts: [node-agnet]'),
      [
        `SandboxExemption/agents: ${NOTHING}: no Pod runs as ServiceAccount "node-agnet". Did you mean "node-agent"?`,
      ],
    ],
    [
      'a label',
      exemption('namespaces: [monitoring], podSelector: {matchLabels: {ap: agent}}'),
      [`SandboxExemption/agents: ${NOTHING}: nothing has the label "ap". Did you mean "app"?`],
    ],
    [
      'a value of a label',
      exemption(
        'namespaces: [monitoring], podSelector: {matchExpressions: [{key: team, operator: In, values: [platfrom]}]}',
      ),
      [
        `SandboxExemption/agents: ${NOTHING}: nothing has the label "team=platfrom". Did you mean "team=platform"?`,
      ],
    ],
    [
      'what is not found',
      exemption('namespaces: [monitoring]', 'privileged'),
      [
        `SandboxExemption/agents: ${NOTHING}: nothing that it waives was found in what it is for. Remove it if what it is for is gone.`,
      ],
    ],
    [
      'a policy of a namespace',
      object('SandboxPolicy', 'agents', 'minimumIsolation: vm', 'monitorng'),
      [
        `SandboxPolicy/monitorng/agents: ${NOTHING}: no object is in namespace "monitorng". Did you mean "monitoring"?`,
      ],
    ],
    [
      'a policy that selects namespaces',
      clusterPolicy('namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitorng}}'),
      [
        `ClusterSandboxPolicy/agents: ${NOTHING}: nothing has the label "kubernetes.io/metadata.name=monitorng". Did you mean "kubernetes.io/metadata.name=monitoring"?`,
      ],
    ],
    [
      'a policy that leaves out',
      clusterPolicy('podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}'),
      [`ClusterSandboxPolicy/agents: ${NOTHING}: its match selects no object. ${MATCH}`],
    ],
    ['nothing, where a policy matches', clusterPolicy('podSelector: {matchLabels: {app: agent}}'), []],
    [
      'a profile',
      object('SandboxProfile', 'own', 'extends: kata-qemu, handlers: [kata-qemv]'),
      [
        `SandboxProfile/own: ${NOTHING}: no RuntimeClass has the handler "kata-qemv". Did you mean "kata-qemu"?`,
      ],
    ],
    [
      'nothing, where a profile is there to be extended',
      object('SandboxProfile', 'own', 'extends: kata-qemu'),
      [],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await notes(text)).toEqual(expected);
  });

  it.each<[string, string, readonly string[]]>([
    [
      'a namespace',
      exemption('namespaces: [monitoring]'),
      [
        `SandboxExemption/agents: ${NOTHING}: no service is taken to be in namespace "monitoring". Name it with -n, or leave it if it is for other files.`,
      ],
    ],
    [
      'an account',
      exemption('namespaces: [default], serviceAccounts: [node-agent]'),
      [
        `SandboxExemption/agents: ${NOTHING}: it is for ServiceAccount "node-agent", and no service has one. Leave it if it is for manifests: Docker has no ServiceAccounts.`,
      ],
    ],
    [
      'a policy that selects namespaces by a label, of which services have none but the name',
      clusterPolicy('namespaceSelector: {matchLabels: {team: a}}'),
      [`ClusterSandboxPolicy/agents: ${NOTHING}: nothing has the label "team". ${MATCH}`],
    ],
    [
      'a policy that selects the namespace that they are taken to be in',
      clusterPolicy('namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: default}}'),
      [],
    ],
    [
      'a profile of a handler that a cluster has',
      object('SandboxProfile', 'own', 'extends: kata-qemu, handlers: [kata-clh]'),
      [
        `SandboxProfile/own: ${NOTHING}: no runtime starts "kata-clh". Give the daemon.json of the host with --docker-daemon FILE, or correct the handler.`,
      ],
    ],
    [
      'a profile of what a runtime starts',
      object('SandboxProfile', 'own', 'extends: gvisor, handlers: [runsc]'),
      [],
    ],
  ])('is told of services in words of Docker, by what the daemon has: %s', async (_, text, expected) => {
    expect(await notesOn('services: {web: {image: "a:1", privileged: true}}\n', text)).toEqual(expected);
  });

  it('looks at the cluster and at the daemon where both are judged', async () => {
    const both = `${POD}services: {web: {image: "a:1"}}\n`;
    const profile = (handler: string) =>
      object('SandboxProfile', 'own', `extends: kata-qemu, handlers: [${handler}]`);
    expect(await notesOn(both, profile('kata-clh'))).toEqual([]);
    expect(await notesOn(both, profile('kata-cln'))).toEqual([
      expect.stringContaining('no RuntimeClass has the handler "kata-cln". Did you mean "kata-clh"?'),
    ]);
  });

  it('has the line of the word', async () => {
    await writeFile(policies, exemption('namespaces: [monitorng]'));
    const { err, code } = await cofferdam(['review', '-', '--policy', policies], { stdin: POD });
    expect(code).toBe(1);
    expect(err).toBe(
      `${policies}:4: note: SandboxExemption/agents: ${NOTHING}: no object is in namespace "monitorng"\n  Fix: Did you mean "monitoring"?\n`,
    );
  });

  it('is no slip where only numbers differ', async () => {
    await writeFile(policies, exemption('namespaces: [monitoring-2]'));
    const stdin = POD.replace('monitoring', 'monitoring-1');
    const { err } = await cofferdam(['review', '-', '--policy', policies], { stdin });
    expect(err).toContain(MATCH);
    expect(err).not.toContain('Did you mean');
  });

  it('is told in one line where it is much, but for what is mistyped', async () => {
    const all = ['a', 'b', 'c', 'd', 'e'].map(name =>
      exemption(`namespaces: [of-${name}]`, 'hostPID', 30, name),
    );
    expect(await notes(all.join('') + exemption('namespaces: [monitorng]'))).toEqual([
      expect.stringContaining('SandboxExemption/agents: '),
      'null: 5 policies, exemptions and profiles bear on nothing that was reviewed: SandboxExemption/a, SandboxExemption/b, SandboxExemption/c and 2 more. None is needed where they are for other manifests.',
    ]);
  });

  it('is not told of what has expired, which is told already, nor where nothing was judged', async () => {
    expect(await notes(exemption('namespaces: [monitorng]', 'hostPID', -1))).toEqual([]);
    await writeFile(policies, exemption('namespaces: [monitorng]'));
    const stdin = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
    expect((await cofferdam(['review', '-', '--policy', policies], { stdin })).err).toBe('');
  });

  it('knows the handlers of the cluster that is given', async () => {
    const cluster = join(folder, 'cluster.yaml');
    await writeFile(cluster, runtimeClassText('fancy', 'fancy-vm') + namespaceText('monitoring'));
    const profile = (handler: string) =>
      object('SandboxProfile', 'own', `extends: kata-qemu, handlers: [${handler}]`);
    expect(await notes(profile('fancy-vm'), '--cluster', cluster)).toEqual([]);
    expect(await notes(profile('fancy-wm'), '--cluster', cluster)).toEqual([
      expect.stringContaining('Did you mean "fancy-vm"?'),
    ]);
  });

  it('is a note for code scanning, and for a pull request', async () => {
    await writeFile(policies, exemption('namespaces: [monitorng]'));
    const run = async (format: string) =>
      (await cofferdam(['review', '-', '--policy', policies, '-o', format], { stdin: POD })).out;
    const { results } = JSON.parse(await run('sarif')).runs[0];
    expect(results.at(-1)).toMatchObject({
      ruleId: 'settings',
      level: 'note',
      locations: [{ physicalLocation: { region: { startLine: 4 } } }],
    });
    expect(await run('github')).toContain(`::notice file=${policies},line=4,`);
    expect(await run('markdown')).toContain('**Policies, exemptions and profiles**\n\n- ');
  });
});

describe('what lies among the manifests', () => {
  it('is named with the flag that takes it', async () => {
    const [one, two] = [join(folder, 'one.yaml'), join(folder, 'two.yaml')];
    await writeFile(one, POD);
    await writeFile(two, exemption('namespaces: [monitoring]'));
    const { code, err } = await cofferdam(['review', one, two]);
    expect([code, err]).toEqual([
      1,
      `${two}:1: note: SandboxExemption/agents: lies among the manifests, and is not in force\n  Fix: Give it with --policy ${two}.\n`,
    ]);
    expect(await cofferdam(['review', one, two, '--policy', two])).toMatchObject({ code: 0, err: '' });
  });

  it('is named also where its lines are of the plainest form, of which no tree is made otherwise', async () => {
    const file = join(folder, 'plain.yaml');
    await writeFile(
      file,
      'apiVersion: cofferdam.dev/v1alpha1\nkind: SandboxExemption\nmetadata:\n  name: agents\nspec:\n  owner: team\n',
    );
    const { err } = await cofferdam(['review', '-', file], { stdin: POD });
    expect(err).toContain(`${file}:1: note: SandboxExemption/agents: lies among the manifests`);
  });

  it('is one note, however much it is', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const name of names)
      await writeFile(join(folder, `p-${name}.yaml`), exemption('namespaces: [x]', 'hostPID', 30, name));
    const files = names.map(name => join(folder, `p-${name}.yaml`));
    const { err } = await cofferdam(['review', '-', ...files], { stdin: POD });
    expect(err).toBe(
      `${files[0]}:1: note: SandboxExemption/a: lies among the manifests, and is not in force, nor are 5 others\n  Fix: Give them with ${files
        .slice(0, 4)
        .map(file => `--policy ${file}`)
        .join(' ')}, and 2 more files.\n`,
    );
  });
});
