import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Ajv } from 'ajv';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { namespaceText, podText, runtimeClassText } from '../support/manifests.ts';
import { writeFiles } from '../support/write-files.ts';
import { cofferdam } from './stranger.ts';

const policyOf = (minimum: string, more = ''): string =>
  `apiVersion: cofferdam.dev/v1alpha1\nkind: ClusterSandboxPolicy\nmetadata: {name: edge}\nspec: {minimumIsolation: ${minimum}${more}}\n`;
const podOf = (name: string, spec = '', namespace = 'shop'): string =>
  podText(name, { metadata: `namespace: ${namespace}`, spec });

const HOME = process.cwd();
const schema = JSON.parse(readFileSync(join(HOME, 'docs/schema/diff.schema.json'), 'utf8'));
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);

let folder: string;
const git = (...args: readonly string[]): void => {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...who, ...args], { cwd: folder, stdio: 'pipe' });
};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-diffs-'));
  await writeFiles(folder, {
    'policies/edge.yaml': policyOf('app-kernel'),
    'pods.yaml': podOf('web') + podOf('agent', 'hostPID: true') + podOf('block', 'runtimeClassName: gvisor'),
  });
  git('init', '-q', '-b', 'main', '.');
  git('add', '-A');
  git('commit', '-qm', 'one');
});
afterEach(() => process.chdir(HOME));
afterAll(() => rmSync(folder, { recursive: true }));

async function diff(...argv: readonly string[]) {
  process.chdir(folder);
  const ran = await cofferdam(['diff', ...argv, '--no-config']);
  process.chdir(HOME);
  return ran;
}
const json = async (...argv: readonly string[]) => {
  const { out, err, code } = await diff(...argv, '-o', 'json');
  expect(err).toBe('');
  const value = JSON.parse(out);
  expect([validate(value), validate.errors]).toEqual([true, null]);
  return { ...value, code };
};
interface Told {
  readonly change: string;
  readonly name: string;
}
const told = ({ changes }: { changes: readonly Told[] }) =>
  changes.map(({ change, name }) => `${name} ${change}`);

describe('cofferdam diff', () => {
  it('tells what would be newly rejected first, then what would be less isolated, then all else', async () => {
    await writeFiles(folder, {
      'before.yaml': policyOf('vm'),
      'after.yaml': policyOf('app-kernel', ', sandboxes: [{runtimeClass: gvisor}]'),
      'mixed.yaml':
        podOf('web') + podOf('own', 'runtimeClassName: kata-qemu') + podOf('agent', 'hostPID: true'),
    });
    const { out, code } = await diff('mixed.yaml', '--policy', 'after.yaml', '--base-policy', 'before.yaml');
    expect(out).toContain('less isolated  Pod/web  shop          1  kata-qemu (vm)  gvisor (app-kernel)');
    expect(out).toMatch(/\n3 objects: 1 less isolated/);
    expect(code).toBe(1);
    const back = await json('mixed.yaml', '--policy', 'before.yaml', '--base-policy', 'after.yaml');
    expect(told(back)).toEqual(['web stronger', 'own score']);
    expect(back.code).toBe(0);
  });

  it('tells objects apart that are called alike, and only those', async () => {
    await writeFiles(folder, {
      'edge/a/web.yaml': podOf('web') + podOf('api'),
      'edge/b/web.yaml': podOf('web'),
    });
    const of = ['edge', '--policy', 'policies'];
    const { out } = await diff(...of);
    expect(out.split('\n').slice(1, 4)).toEqual([
      'better isolated  Pod/web (a/web.yaml)  shop          1  host kernel  gvisor (app-kernel)',
      'better isolated  Pod/api               shop          1  host kernel  gvisor (app-kernel)',
      'better isolated  Pod/web (b/web.yaml)  shop          1  host kernel  gvisor (app-kernel)',
    ]);
    expect((await diff(...of, '-o', 'html')).out).toContain('Pod/web (b/web.yaml)');
    expect((await diff(...of, '-o', 'markdown')).out).toContain(
      '| edge/b/web.yaml:1 |'.replaceAll(/(e\S+1)/g, '`$1`'),
    );
  });

  it('says what was compared, in every format', async () => {
    const of = ['pods.yaml', '--policy', 'policies'];
    const words = 'Before: balanced. After: balanced and edge.';
    for (const format of ['table', 'markdown', 'html'])
      expect((await diff(...of, '-o', format)).out).toContain(words);
    expect((await json(...of)).policies).toEqual({ before: ['balanced'], after: ['balanced', 'edge'] });
  });

  it.each([
    ['nothing', 'a: [\n', 'What this change does to 0 objects: nothing to compare'],
    ['not all', `${podOf('web')}a: [\n`, 'What this change does to 1 object: nothing changes'],
  ])('does not take for good news that %s could be compared', async (_, text, words) => {
    await writeFiles(folder, { 'broken.yaml': text, 'same.yaml': policyOf('host-kernel') });
    const { out, code } = await diff('broken.yaml', '--policy', 'same.yaml', '-o', 'markdown');
    expect(out).toContain(`### ⚠️ ${words}`);
    expect(out).toContain('not valid YAML');
    expect(code).toBe(2);
  });

  it('says of what is rejected as before that it is, beside its score', async () => {
    await writeFiles(folder, {
      'more.yaml': policyOf('host-kernel', ', scoring: {signals: {hostNetwork: 60}}'),
      'net.yaml': podOf('net', 'hostNetwork: true'),
    });
    const of = ['--policy', 'more.yaml', '--no-balanced', '--base-policy', 'balanced'];
    const { out } = await diff('net.yaml', ...of);
    expect(out).toMatch(
      /another score +Pod\/net +shop +1 +rejected, score \d+, needs app-kernel +rejected, score \d+, needs app-kernel/,
    );
  });

  it('says of what would be rejected why, and what to do', async () => {
    await writeFiles(folder, { 'strong.yaml': policyOf('confidential-vm') });
    const { out, code } = await diff('pods.yaml', '--policy', 'strong.yaml', '--base-policy', 'policies');
    const [, first = '', second = ''] = out.split('\n');
    expect(first).toMatch(
      /^newly rejected {2}Pod\/(web|block) {3,}shop {10}1 {2}gvisor \(app-kernel\) +rejected$/,
    );
    expect(second).toMatch(/^ {2}Why: /);
    expect(out).toContain('  Fix: ');
    expect(code).toBe(1);
  });

  it('takes the policies of a revision of git, from a folder of it as well, and leaves nothing behind', async () => {
    await writeFiles(folder, { 'policies/edge.yaml': policyOf('vm') });
    const before = readdirSync(tmpdir()).filter(name => name.startsWith('cofferdam-diff-'));
    expect(told(await json('pods.yaml', '--policy', 'policies', '--base', 'main'))).toEqual([
      'block rejected',
      'web stronger',
    ]);
    process.chdir(join(folder, 'policies'));
    const { out } = await cofferdam([
      'diff',
      '../pods.yaml',
      '--policy',
      '.',
      '--base',
      'HEAD',
      '--no-config',
    ]);
    expect(out).toContain('better isolated  Pod/web');
    process.chdir(HOME);
    expect(readdirSync(tmpdir()).filter(name => name.startsWith('cofferdam-diff-'))).toEqual(before);
    expect(
      execFileSync('git', ['status', '--porcelain', '--', 'policies'], { cwd: folder, encoding: 'utf8' }),
    ).toBe(' M policies/edge.yaml\n');
  });

  it('names a broken policy of a revision as git does', async () => {
    await writeFiles(folder, { 'policies/edge.yaml': policyOf('ap-kernel') });
    git('commit', '-qam', 'broken');
    await writeFiles(folder, { 'policies/edge.yaml': policyOf('app-kernel') });
    const { err, code } = await diff('pods.yaml', '--policy', 'policies', '--base', 'HEAD');
    expect(err).toContain(
      'HEAD:policies/edge.yaml:4: error: ClusterSandboxPolicy/edge: spec.minimumIsolation',
    );
    expect(code).toBe(2);
  });

  it('compares two views of a cluster', async () => {
    const classOf = (name: string, handler: string): string => runtimeClassText(name, handler);
    await writeFiles(folder, {
      'now.yaml': classOf('gvisor', 'runsc') + classOf('kata-qemu', 'kata-qemu'),
      'then.yaml': classOf('kata-qemu', 'kata-qemu'),
      'one.yaml': podOf('web').replace('name: web', 'name: web, labels: {cofferdam.dev/risk: high}'),
    });
    const found = await json('one.yaml', '--base-cluster', 'now.yaml', '--cluster', 'then.yaml');
    expect(told(found)).toEqual(['web stronger']);
    expect(found.summary.where).toEqual([
      { where: 'gvisor (app-kernel)', before: 1, after: 0 },
      { where: 'kata-qemu (vm)', before: 0, after: 1 },
    ]);
  });

  it('lists of what does not hurt as many as tell what it is like', async () => {
    const names = Array.from({ length: 25 }, (_, i) => `web-${i}`);
    await writeFiles(folder, {
      'many.yaml': names.map(name => podOf(name)).join(''),
      'vm.yaml': policyOf('vm'),
    });
    const { out } = await diff('many.yaml', '--policy', 'vm.yaml');
    expect(out.match(/^better isolated /gm)).toHaveLength(20);
    expect(out).toContain('\nAnd 5 more: better isolated. -o json has them all.\n');
    expect(out).toContain('25 objects: 25 better isolated.');
  });

  it('leaves out what nobody is asked about, and counts it', async () => {
    await writeFiles(folder, { 'system.yaml': podOf('web', '', 'kube-system'), 'vm.yaml': policyOf('vm') });
    const { out, code } = await diff('system.yaml', '--policy', 'vm.yaml');
    expect(out).toBe(
      '0 objects: nothing to compare. 1 object out of scope.\nBefore: balanced. After: balanced and edge.\n',
    );
    expect(code).toBe(0);
  });

  it.each([
    [[], 1],
    [['--fail-on', 'rejected'], 0],
    [['--fail-on', 'less-isolated'], 1],
    [['--fail-on', 'rejected,less-isolated'], 1],
    [['--fail-on', 'never'], 0],
  ])('with %j, what is less isolated makes the exit code %i', async (more, code) => {
    await writeFiles(folder, {
      'a.yaml': policyOf('vm'),
      'b.yaml': policyOf('host-kernel'),
      'w.yaml': podOf('web'),
    });
    const ran = await diff('w.yaml', '--policy', 'b.yaml', '--base-policy', 'a.yaml', ...more);
    expect(ran.code).toBe(code);
  });

  const ofPublic = policyOf('app-kernel', ', match: {namespaceSelector: {matchLabels: {exposure: public}}}');

  it('says what was assumed, as a policy that goes by a namespace’s labels else seems to change nothing', async () => {
    await writeFiles(folder, { 'public.yaml': ofPublic, 'w.yaml': podOf('web') });
    const { out } = await diff('w.yaml', '--policy', 'public.yaml');
    expect(out).toBe(
      '1 object: nothing changes.\nBefore: balanced. After: balanced and edge.\nAssumed: classes gvisor and kata-qemu; namespace shop without labels. --cluster FILE tells yours.\n',
    );
    const { assumed } = await json('w.yaml', '--policy', 'public.yaml');
    expect(assumed).toEqual({ classes: ['gvisor', 'kata-qemu'], nodes: false, namespaces: ['shop'] });
    const comment = await diff('w.yaml', '--policy', 'public.yaml', '-o', 'markdown');
    expect(comment.out).toContain('namespace shop without labels');
  });

  it('assumes nothing of a namespace that is among the manifests', async () => {
    const shop = namespaceText('shop', 'exposure: public');
    await writeFiles(folder, { 'public.yaml': ofPublic, 'w.yaml': shop + podOf('web') });
    const { changes, assumed } = await json('w.yaml', '--policy', 'public.yaml');
    expect(told({ changes })).toEqual(['web stronger']);
    expect(assumed.namespaces).toEqual([]);
  });

  it('says of either side what was assumed', async () => {
    const classes = (name: string) => runtimeClassText(name, 'runsc');
    await writeFiles(folder, { 'known.yaml': classes('gvisor'), 'w.yaml': podOf('web') });
    const { assumed } = await json('w.yaml', '--policy', 'strict', '--base-cluster', 'known.yaml');
    expect(assumed).toEqual({ classes: ['gvisor', 'kata-qemu'], nodes: true, namespaces: ['shop'] });
  });

  it('writes a comment, in which what stands in a manifest is text', async () => {
    await writeFiles(folder, { 'w.yaml': podOf('"<b>`x"'), 'vm.yaml': policyOf('vm') });
    const { out } = await diff('w.yaml', '--policy', 'vm.yaml', '-o', 'markdown');
    expect(out).toMatch(/^### ✅ What this change does to 1 object: 1 better isolated\n/);
    expect(out).not.toContain('<b>`x`');
  });
});

describe('what cannot be compared is an error with a way out', () => {
  it.each([
    [['pods.yaml'], 'there is nothing to compare', '--base-policy'],
    [
      ['pods.yaml', '--policy', 'policies', '--base', 'nope'],
      'git knows no revision "nope"',
      'git fetch --depth=1 origin REVISION',
    ],
    [['pods.yaml', '--base', 'main'], '--base is about files of policies', 'Name them with --policy'],
    [['pods.yaml', '--policy', 'strict', '--base', 'main'], '--policy names none', 'Name them with --policy'],
    [
      ['pods.yaml', '--policy', 'policies', '--base', '--all'],
      'git knows no revision "--all"',
      '--base-policy',
    ],
    [['pods.yaml', '--policy', 'new.yaml', '--base', 'main'], '"main" has no new.yaml', 'Leave --base out'],
    [
      ['pods.yaml', '--policy', 'policies', '--base', 'main', '--base-policy', 'strict'],
      'both say what the policies were',
      'Leave one',
    ],
    [['pods.yaml', '--from-cluster', '--policy', 'strict'], 'takes no files', 'leave it out'],
    [['--from-cluster', '--policy', 'strict', '--base', 'main'], 'takes no --base', 'in force there'],
    [['--policy', 'strict'], 'no input', 'cofferdam diff'],
  ])('%j', async (argv, message, way) => {
    await writeFiles(folder, { 'new.yaml': policyOf('vm') });
    const { err, out, code } = await diff(...argv);
    expect(err).toContain(message);
    expect(err).toContain(way);
    expect([out, code]).toEqual(['', 2]);
  });

  it('a change that is none', async () => {
    const { err, code } = await diff('pods.yaml', '--policy', 'strict', '--fail-on', 'rejectd');
    expect(err).toContain('Did you mean rejected?');
    expect(code).toBe(2);
  });
});
