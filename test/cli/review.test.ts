import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filledTo } from '../support/bounds.ts';
import { namespaceText, podText } from '../support/manifests.ts';
import { validate } from './review-schema.ts';
import { cofferdam } from './stranger.ts';

const IN = 'test/golden/inputs';
const pod = (name: string, spec: string, namespace = 'default'): string =>
  podText(name, { metadata: `namespace: ${namespace}`, spec });
const ADMIT = pod('fine', '');
const SANDBOX = pod('boxed', 'securityContext: {seccompProfile: {type: Unconfined}}');
const REJECT = pod('bad', 'hostPID: true');
const LADEN = JSON.stringify({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'laden' } },
  spec: { template: filledTo('annotations', 251) },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('exit codes', () => {
  it.each([
    ['admit', ADMIT, [], 0],
    ['sandbox', SANDBOX, [], 0],
    ['reject', REJECT, [], 1],
    ['more annotations than a Pod may have', LADEN, [], 1],
    ['more annotations, in mode warn', LADEN, ['--mode', 'warn'], 0],
    ['sandbox that fails', SANDBOX, ['--fail-on', 'sandbox'], 1],
    ['reject is above sandbox', REJECT, ['--fail-on', 'sandbox'], 1],
    ['admit never fails', ADMIT, ['--fail-on', 'sandbox'], 0],
    ['reject that may pass', REJECT, ['--fail-on', 'never'], 0],
    ['mode off', REJECT, ['--mode', 'off', '--fail-on', 'sandbox'], 0],
    ['mode audit', REJECT, ['--mode', 'audit'], 0],
    ['mode warn', REJECT, ['--mode', 'warn'], 0],
    ['mode inject', REJECT, ['--mode', 'inject'], 0],
    ['mode audit that is asked to fail', REJECT, ['--mode', 'audit', '--fail-on', 'reject'], 1],
    ['nothing that makes Pods', 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n', [], 0],
    ['broken YAML', '{', [], 2],
    ['a verdict and a problem', `${REJECT}{`, [], 2],
    ['a class that is named nowhere', pod('own', 'runtimeClassName: fancy'), [], 2],
    ['a file that is not there', '', ['nowhere.yaml'], 2],
    ['a policy that is not there', ADMIT, ['--policy', 'stirct'], 2],
    ['a policy file without a policy', ADMIT, ['--policy', '/dev/null'], 2],
    ['a cluster file without classes', ADMIT, ['--cluster', `${IN}/shop.yaml`], 2],
  ])('%s', async (_, stdin, more, code) => {
    expect((await cofferdam(['review', '-', ...more], { stdin })).code).toBe(code);
  });
});

it('tells problems by file as given, then by line', async () => {
  const [first, second] = [join(folder, 'z.yaml'), join(folder, 'a.yaml')];
  await writeFile(first, `${pod('odd', 'hostPID: text')}kind: Pod\n---\n1: a\n"1": b\n`);
  await writeFile(second, '1: a\n"1": b\n---\nkind: Pod\n');
  for (const command of ['review', 'explain']) {
    const { err } = await cofferdam([command, first, second]);
    expect(err.match(/^\/.*:\d+: error/gm)).toEqual([
      `${first}:4: error`,
      `${first}:6: error`,
      `${first}:9: error`,
      `${second}:2: error`,
      `${second}:4: error`,
    ]);
  }
});

describe('mode namespace', () => {
  const namespace = (name: string, mode: string): string =>
    namespaceText(name, `cofferdam.dev/mode: ${mode}`);

  it.each([
    ['audit', 0],
    ['enforce', 1],
    ['a-typo', 1],
  ])('goes by the label: %s', async (mode, code) => {
    const stdin = `${namespace('team', mode)}${pod('bad', 'hostPID: true', 'team')}`;
    expect((await cofferdam(['review', '-', '--mode', 'namespace'], { stdin })).code).toBe(code);
  });

  it('takes a namespace without the label for one that enforces', async () => {
    expect((await cofferdam(['review', '-', '--mode', 'namespace'], { stdin: REJECT })).code).toBe(1);
  });
});

it.each([
  ['gvisr', 'Did you mean "gvisor"? Otherwise give your RuntimeClasses with --cluster FILE'],
  ['kata-qem', 'Did you mean "kata-qemu"? Otherwise give your'],
  ['fancy', 'Give your RuntimeClasses with --cluster FILE'],
])('a class that is named nowhere, %s, is answered with what was probably meant', async (name, fix) => {
  const { code, err } = await cofferdam(['review', '-'], {
    stdin: pod('own', `runtimeClassName: ${name}`),
  });
  expect([code, err]).toEqual([2, expect.stringContaining(`\n  Fix: ${fix}`)]);
});

describe('-o json', () => {
  it('says of what there is too much in the Pods of a workload', async () => {
    const { out } = await cofferdam(['review', '-', '-o', 'json'], { stdin: LADEN });
    const review = JSON.parse(out);
    expect(validate(review) || validate.errors).toBe(true);
    expect(review.results).toMatchObject([
      {
        verdict: 'reject',
        reasons: ['it has 251 annotations, of 250 at most'],
        excess: [{ bound: 'annotations', count: 251, most: 250 }],
        exemptions: [],
      },
    ]);
  });

  it.each([
    ['shop', ['--policy', 'strict']],
    ['shop', ['--cluster', `${IN}/cluster.yaml`]],
    ['broken', []],
    ['hostile', []],
  ])('%s fits its schema', async (name, more) => {
    const { out } = await cofferdam(['review', `${IN}/${name}.yaml`, '-o', 'json', ...more]);
    expect(validate(JSON.parse(out)) || validate.errors).toBe(true);
  });

  it('has paths and lines of the manifest, weights and the waiver', async () => {
    const exemption = join(folder, 'exemption.yaml');
    await writeFile(
      exemption,
      `apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata: {name: exporters}
spec:
  match: {namespaces: [shop]}
  waive: [{signal: hostPID}]
  owner: the exporters team
  reason: it reads /proc
  expires: ${new Date(Date.now() + 86_400_000).toISOString()}
`,
    );
    const { out } = await cofferdam(['review', `${IN}/shop.yaml`, '--policy', exemption, '-o', 'json']);
    const { results, summary } = JSON.parse(out);
    expect(summary).toEqual({
      total: 5,
      exempt: 1,
      admit: 1,
      sandbox: 2,
      reject: 2,
      skipped: 1,
      excluded: 0,
      unrelated: 0,
    });
    const exporter = results.find(({ name }: { name: string }) => name === 'exporter');
    const { findings, exemptions, placement, ...rest } = exporter;
    expect(rest).toEqual({
      source: `${IN}/shop.yaml`,
      line: 57,
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      namespace: 'shop',
      name: 'exporter',
      verdict: 'reject',
      outcome: 'nothing-contains',
      policy: 'balanced',
      runtimeClass: null,
      isolation: null,
      required: 'app-kernel',
      score: 52,
      tierScore: 30,
      notes: [],
      fix: 'Remove hostPort, and publish the port with a Service.',
      reasons: [
        "it needs an application kernel (app-kernel) because of a host port, and no sandbox supports the host's PID namespace, which is exempt",
        '1 finding waived by exemption "exporters"',
      ],
      warnings: [],
    });
    expect(findings.slice(0, 2)).toEqual([
      {
        signal: 'hostPID',
        category: 'breakout',
        path: 'spec.template.spec.hostPID',
        line: 66,
        column: 7,
        value: true,
        message:
          'Host PID namespace: every process of the host can be seen, traced and killed, and its files reached through /proc',
        weight: 0,
        waivedBy: 'exporters',
        fix: null,
        source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
      },
      {
        signal: 'hostPort',
        category: 'exposure',
        path: 'spec.template.spec.containers[0].ports[0].hostPort',
        line: 70,
        column: 41,
        value: 9100,
        message:
          'Host port: the container listens on an address of the host, bypassing NetworkPolicies and Services',
        weight: 30,
        waivedBy: null,
        fix: 'Remove hostPort, and publish the port with a Service.',
        source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline',
      },
    ]);
    expect(placement[0]).toEqual({
      runtimeClass: 'gvisor',
      chosen: false,
      objections: [
        { code: 'unsupported', signal: 'hostPID', message: "does not support the host's PID namespace" },
      ],
    });
    expect(exemptions).toMatchObject([
      { name: 'exporters', owner: 'the exporters team', reason: 'it reads /proc', signals: ['hostPID'] },
    ]);
  });
});

describe('outputs', () => {
  it('go to files and to standard output side by side, without colour in the file', async () => {
    const [json, table] = [join(folder, 'out.json'), join(folder, 'out.txt')];
    const { out, code } = await cofferdam(
      ['review', '-', '-o', `json=${json}`, '-o', `table=${table}`, '-o', 'table'],
      { stdin: SANDBOX, color: true },
    );
    expect(code).toBe(0);
    expect(JSON.parse(await readFile(json, 'utf8')).summary.sandbox).toBe(1);
    expect(out).toContain('\u001b[36msandbox\u001b[39m');
    expect(await readFile(table, 'utf8')).not.toContain('\u001b');
  });

  it('take - for standard output', async () => {
    const { out } = await cofferdam(['review', '-', '-o', 'json=-'], { stdin: ADMIT });
    expect(JSON.parse(out).summary.admit).toBe(1);
  });

  it('that cannot be written are an error', async () => {
    const file = join(folder, 'no', 'such', 'folder');
    expect(await cofferdam(['review', '-', '-o', `json=${file}`], { stdin: ADMIT })).toEqual({
      code: 2,
      out: '',
      err: `error: cannot write ${file}: there is no such folder\nCheck that its folder exists and can be written to.\n`,
    });
  });

  it('that is a folder is told so, with what to do', async () => {
    expect(await cofferdam(['review', '-', '-o', `json=${tmpdir()}`], { stdin: ADMIT })).toEqual({
      code: 2,
      out: '',
      err: `error: cannot write ${tmpdir()}: it is a folder\nName a file in it.\n`,
    });
  });
});

describe('namespaces', () => {
  const risky = namespaceText('team', 'cofferdam.dev/risk: high');
  const inTeam = pod('fine', '', 'team');

  it('are seen where their manifests are reviewed too, in any order', async () => {
    for (const stdin of [`${risky}${inTeam}`, `${inTeam}${risky}`]) {
      const { out } = await cofferdam(['review', '-'], { stdin });
      expect(out).toContain('because of the label cofferdam.dev/risk=high on the namespace.');
    }
  });

  it('that --cluster lists are all there are', async () => {
    const cluster = join(folder, 'cluster.yaml');
    await writeFile(cluster, `${risky}${await readFile(`${IN}/cluster.yaml`, 'utf8')}`);
    const known = await cofferdam(['review', '-', '--cluster', cluster], { stdin: inTeam });
    expect(known.out).toContain('because of the label cofferdam.dev/risk=high on the namespace.');
    const unknown = await cofferdam(['review', '-', '--cluster', cluster], { stdin: ADMIT });
    expect(unknown).toMatchObject({
      code: 2,
      err: '-:3: error: Pod/fine: metadata.namespace: found namespace "default", expected one of those that --cluster lists\n  Fix: Add the Namespace to the manifests or to the --cluster file, or name another with -n.\n',
    });
  });
});

it('takes a class by the name of its handler where a SandboxProfile vouches for it', async () => {
  const profile = join(folder, 'profile.yaml');
  await writeFile(
    profile,
    'apiVersion: cofferdam.dev/v1alpha1\nkind: SandboxProfile\nmetadata: {name: fancy}\nspec: {handlers: [fancy], extends: kata-qemu}\n',
  );
  const stdin = pod('own', 'runtimeClassName: fancy, hostUsers: true');
  const { code, out } = await cofferdam(['review', '-', '--policy', profile], { stdin });
  expect(code).toBe(0);
  expect(out).toMatch(/^admit {4}Pod\/own {2}default {4}fancy /m);
});
