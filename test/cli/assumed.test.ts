import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/report/review/index.ts';
import { namespaceText, nodeText, podText, runtimeClassText } from '../support/manifests.ts';
import { cofferdam } from './stranger.ts';

const pod = (name: string, namespace: string, spec = ''): string =>
  podText(name, { metadata: `namespace: ${namespace}`, spec });
const NODE = nodeText('node-1');
const ADMIT = pod('fine', 'shop');
const SANDBOX = pod('boxed', 'ci', 'securityContext: {seccompProfile: {type: Unconfined}}');
const REJECT = pod('bad', 'shop', 'hostPID: true');

let folder: string;
const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  return path;
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The line of a table that says it. */
const assumedIn = (out: string): string | undefined =>
  /^Assumed: (?:.|\n(?!\n|[A-Z]))*/m.exec(out)?.[0]?.replaceAll('\n', ' ').trim();

describe('what was assumed', () => {
  it('is said in a table', async () => {
    const { out } = await cofferdam(['review', '-'], { stdin: ADMIT + SANDBOX });
    expect(assumedIn(out)).toBe(
      'Assumed: classes gvisor and kata-qemu; namespaces shop and ci without labels. --cluster FILE tells yours.',
    );
  });

  it('is said in JSON, with classes that authors name', async () => {
    const stdin = pod('own', 'shop', 'runtimeClassName: kata-clh');
    const { out } = await cofferdam(['review', '-', '-o', 'json'], { stdin });
    expect(JSON.parse(out).assumed).toEqual({
      classes: ['gvisor', 'kata-qemu', 'kata-clh'],
      nodes: false,
      namespaces: ['shop'],
    });
  });

  it('is said by explain, in both formats', async () => {
    const text = await cofferdam(['explain', '-'], { stdin: SANDBOX });
    expect(text.out.replace(/\n */g, ' ')).toContain(
      'Assumed: classes gvisor and kata-qemu; namespace ci without labels. --cluster FILE tells yours.',
    );
    const json = await cofferdam(['explain', '-', '-o', 'json'], { stdin: SANDBOX });
    expect(JSON.parse(json.out).assumed).toMatchObject({ namespaces: ['ci'] });
  });

  it.each(Object.keys(FORMATS))('and what was passed over, is said in %s', async format => {
    const configMap = '{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}\n';
    const stdin = `${ADMIT}---\n${configMap}`;
    const { out, err } = await cofferdam(['review', '-', '-o', format, '--strict'], { stdin });
    // Code Quality is a list of issues: standard error has it.
    const told = (format === 'gitlab' ? err : out).replaceAll(/\s+/g, ' ').replaceAll(/\\/g, '');
    if (format === 'json') {
      const { assumed, passedOver } = JSON.parse(out);
      expect(assumed).toMatchObject({ classes: ['gvisor', 'kata-qemu'], decisive: [expect.any(String)] });
      expect(passedOver).toEqual([{ apiVersion: 'v1', kind: 'ConfigMap', count: 1 }]);
      return;
    }
    expect(told).toContain('Assumed: classes gvisor and kata-qemu; namespace');
    expect(told).toContain('1 object of other kinds passed over: 1 ConfigMap.');
    expect(told.match(/1 verdict rests on what was assumed/g)).toHaveLength(1);
  });

  it('is less with Namespaces among the manifests', async () => {
    const { out } = await cofferdam(['review', '-'], { stdin: namespaceText('shop') + ADMIT });
    expect(assumedIn(out)).toBe('Assumed: classes gvisor and kata-qemu. --cluster FILE tells yours.');
  });

  it('is what a cluster file lacks', async () => {
    const cluster = await file('classes.yaml', runtimeClassText('sandboxed', 'runsc'));
    const { out } = await cofferdam(['review', '-', '--cluster', cluster], { stdin: SANDBOX });
    expect(assumedIn(out)).toBe(
      'Assumed: a ready node for every class; namespace ci without labels. Nodes and Namespaces in the --cluster file tell yours.',
    );
  });

  it('is nothing with all of them', async () => {
    const cluster = await file(
      'all.yaml',
      runtimeClassText('sandboxed', 'runsc') + NODE + namespaceText('ci'),
    );
    const { out } = await cofferdam(['review', '-', '--cluster', cluster], { stdin: SANDBOX });
    expect(out).not.toContain('Assumed');
  });

  it('is nothing where nothing was judged', async () => {
    const { out } = await cofferdam(['review', '-'], { stdin: namespaceText('shop') });
    expect(out).not.toContain('Assumed');
  });

  it('is named for a policy that goes by labels of namespaces, for those that are not there alone', async () => {
    const stdin = namespaceText('t1', 'cofferdam.dev/tenant: t1') + pod('p', 't1') + pod('q', 't2');
    const { out, code } = await cofferdam(['review', '-', '--policy', 'multi-tenant'], { stdin });
    expect(out).toMatch(/^sandbox {2}Pod\/p(?:.|\n)*^admit {4}Pod\/q/m);
    expect(assumedIn(out)).toContain('namespace t2 without labels.');
    expect(code).toBe(0);
  });
});

describe('--strict', () => {
  const PEND = runtimeClassText('sandboxed', 'runsc') + namespaceText('ci') + namespaceText('shop');
  it.each([
    ['a namespace that may ask for more', ADMIT, '', 2],
    ['a rejection that nothing could change', REJECT, '', 1],
    ['a sandbox that may not be there', namespaceText('ci') + SANDBOX, '', 2],
    ['what needs none, in a namespace that is known', namespaceText('shop') + ADMIT, '', 0],
    [
      'a class that may not be there',
      pod('own', 'ci', 'runtimeClassName: gvisor') + namespaceText('ci'),
      '',
      2,
    ],
    ['a Pod that waits for a node', SANDBOX, PEND, 0],
    ['a cluster without Namespaces', SANDBOX, runtimeClassText('sandboxed', 'runsc') + NODE, 2],
    ['a cluster that is all known', SANDBOX, PEND + NODE, 0],
  ])('%s', async (_, stdin, cluster, code) => {
    const given = cluster === '' ? [] : ['--cluster', await file('strict.yaml', cluster)];
    const ran = await cofferdam(['review', '-', '--strict', ...given], { stdin });
    expect({ code: ran.code, err: ran.err }).toEqual({
      code,
      err:
        code === 2 ? expect.stringContaining('error: --strict: 1 verdict rests on what was assumed: ') : '',
    });
    expect((await cofferdam(['explain', '-', '--strict', ...given], { stdin })).code).toBe(code);
  });

  it('is not about what is out of scope', async () => {
    for (const command of ['review', 'explain']) {
      const argv = [command, '-', '--strict', '--exclude-namespace', 'shop'];
      expect(await cofferdam(argv, { stdin: ADMIT })).toMatchObject({ code: 0, err: '' });
    }
  });

  it('minds nodes where a policy lets no Pod wait', async () => {
    const cluster = await file('impatient.yaml', PEND);
    const policy = await file(
      'impatient-policy.yaml',
      'apiVersion: cofferdam.dev/v1alpha1\nkind: ClusterSandboxPolicy\nmetadata: {name: now}\nspec: {whenUnavailable: Reject}\n',
    );
    const argv = ['review', '-', '--strict', '--cluster', cluster, '--policy', policy];
    expect((await cofferdam(argv, { stdin: SANDBOX })).code).toBe(2);
    expect((await cofferdam(argv, { stdin: ADMIT })).code).toBe(0);
  });

  it('minds a policy that leaves out namespaces by their labels', async () => {
    const policy = await file(
      'but-platform.yaml',
      `apiVersion: cofferdam.dev/v1alpha1
kind: ClusterSandboxPolicy
metadata: {name: confidential}
spec:
  match: {namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [platform]}]}}
  minimumIsolation: confidential-vm
`,
    );
    const { code, out } = await cofferdam(['review', '-', '--strict', '--policy', policy], { stdin: ADMIT });
    expect(out).toMatch(/^reject {3}Pod\/fine/m);
    expect(code).toBe(2);
  });

  it('names the objects in JSON', async () => {
    const { out } = await cofferdam(['review', '-', '--strict', '-o', 'json'], { stdin: ADMIT + REJECT });
    expect(JSON.parse(out).assumed.decisive).toEqual(['Pod/fine']);
  });

  it('minds a part of a Pod that its controller adds to, unless it is rejected already', async () => {
    const workflow = (name: string, more: string): string =>
      `apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: ${name}, namespace: shop}\nspec: {${more}templates: [{name: t, container: {image: a}}]}\n---\n`;
    const known = namespaceText('shop');
    const part = await cofferdam(['review', '-', '--strict'], { stdin: known + workflow('w', '') });
    expect(part.code).toBe(2);
    const bad = await cofferdam(['review', '-', '--strict'], {
      stdin: known + workflow('w', 'hostNetwork: true, '),
    });
    expect(bad.code).toBe(1);
  });

  describe('input that was left out', () => {
    const CHART = 'apiVersion: v2\nname: shop\nversion: 1.0.0\n';
    const HELM_RELEASE =
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: agent}\nspec: {values: {image: agent, hostNetwork: true}}\n';
    it.each([
      ['a file that .cofferdamignore names', { '.cofferdamignore': 'bad.yaml\n', 'bad.yaml': REJECT }],
      ['a folder that one further down names', { 'a/.cofferdamignore': 'b/\n', 'a/b/bad.yaml': REJECT }],
      ['a chart', { 'chart/Chart.yaml': CHART, 'chart/templates/bad.yaml': REJECT }],
      [
        'a library chart',
        { 'chart/Chart.yaml': `${CHART}type: library\n`, 'chart/templates/bad.yaml': REJECT },
      ],
      ['a kustomization', { 'k/kustomization.yaml': 'resources: [bad.yaml]\n', 'k/bad.yaml': REJECT }],
      [
        'a component that nothing is made of',
        { 'k/kustomization.yaml': 'kind: Component\nresources: [bad.yaml]\n', 'k/bad.yaml': REJECT },
      ],
      ['a template of another program', { 'bad.yaml': `{{ if .x }}\n${REJECT}{{ end }}\n` }],
      ['access to the host that is not read', { 'release.yaml': HELM_RELEASE }],
    ])('%s', async (name, files) => {
      const root = `left-out/${name.replaceAll(' ', '-')}`;
      await file(`${root}/fine.yaml`, namespaceText('shop') + ADMIT);
      for (const [path, text] of Object.entries(files)) await file(`${root}/${path}`, text);
      const mild = await cofferdam(['review', join(folder, root)]);
      expect({ code: mild.code, err: mild.err }).toEqual({
        code: 0,
        err: expect.stringContaining('warning'),
      });
      const strict = await cofferdam(['review', join(folder, root), '--strict']);
      expect({ code: strict.code, err: strict.err }).toEqual({
        code: 2,
        err: expect.stringContaining('error'),
      });
    });

    it('but not what --exclude names: whoever runs it has said so', async () => {
      await file('excluded/fine.yaml', namespaceText('shop') + ADMIT);
      await file('excluded/bad.yaml', REJECT);
      const argv = ['review', join(folder, 'excluded'), '--strict', '--exclude', 'bad.yaml'];
      expect(await cofferdam(argv)).toMatchObject({ code: 0, err: '' });
    });
  });
});
