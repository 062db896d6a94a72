import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createProgram } from '../../src/cli/program.ts';
import { KEYS, OPTIONS, SETTINGS_SCHEMA } from '../../src/cli/settings/schema.ts';
import type { Schema } from '../../src/source/schema.ts';
import { writeFiles } from '../support/write-files.ts';
import { validate } from './review-schema.ts';
import { cofferdam } from './stranger.ts';

/*
A repository's own defaults: found, laid under the command line, said; and what a pull request that changes them cannot do.
*/

const POD = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: web:1}]}
`;
const REJECTED = `apiVersion: v1
kind: Pod
metadata: {name: agent}
spec: {hostPID: true, containers: [{name: a, image: a:1}]}
`;
const VM = `apiVersion: cofferdam.dev/v1alpha1
kind: ClusterSandboxPolicy
metadata: {name: everything-in-a-vm}
spec: {minimumIsolation: vm}
`;
const CLASSES = `apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: our-kata}
handler: kata-qemu
`;

const before = process.cwd();
/** A repository in a folder that is no repository. */
let folder = '';
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'cofferdam-')));
  await mkdir(join(folder, 'repository/.git'), { recursive: true });
  await write({ 'deploy/web.yaml': POD });
  go('.');
});
afterEach(async () => {
  process.chdir(before);
  await rm(folder, { recursive: true });
});

const write = (files: Readonly<Record<string, string>>): Promise<void> =>
  writeFiles(join(folder, 'repository'), files);
const settings = (text: string): Promise<void> => write({ '.cofferdam.yaml': text });
const go = (path: string): void => process.chdir(join(folder, 'repository', path));

async function json(...argv: string[]) {
  const { out, err, code } = await cofferdam(['review', '-o', 'json', ...argv]);
  return { code, err, ...(out && (JSON.parse(out) as Record<string, never>)) } as {
    readonly code: number;
    readonly err: string;
    readonly results: readonly { readonly name: string; readonly runtimeClass: string | null }[];
    readonly problems: readonly {
      readonly severity: string;
      readonly source: string;
      readonly message: string;
    }[];
    readonly summary: { readonly excluded: number };
    readonly assumed: { readonly classes: readonly string[]; readonly settings?: object };
  };
}

const classOf = async (...argv: string[]): Promise<string | null | undefined> =>
  (await json(...argv)).results[0]?.runtimeClass;

describe('settings of a repository', () => {
  it('are taken from its root wherever in it the command runs, with paths from the file, and said', async () => {
    await write({ 'policies/vm.yaml': VM, 'cluster.yaml': CLASSES });
    await settings('policies: [policies/vm.yaml]\ncluster: cluster.yaml\n');
    go('deploy');
    const { code, out, err } = await cofferdam(['review', 'web.yaml', '-o', 'json']);
    expect(err).toBe(
      'From ../.cofferdam.yaml: policies = policies/vm.yaml; cluster = cluster.yaml. --no-config ignores it.\n',
    );
    const review = JSON.parse(out);
    expect(review.results[0].runtimeClass).toBe('our-kata');
    expect(review.assumed.settings).toEqual({
      file: '../.cofferdam.yaml',
      values: { policies: ['policies/vm.yaml'], cluster: 'cluster.yaml' },
    });
    expect(validate(review) || validate.errors).toBe(true);
    expect(code).toBe(0);
  });

  it('are those of the nearest file alone', async () => {
    await settings('policies: [strict]\nfailOn: sandbox\n');
    await write({ 'deploy/.cofferdam.yaml': 'strict: false\n' });
    go('deploy');
    expect((await json('web.yaml')).err).toBe(
      'From .cofferdam.yaml: strict = false. --no-config ignores it.\n',
    );
  });

  it('are not looked for above the root of the repository', async () => {
    await writeFiles(folder, { '.cofferdam.yaml': 'nonsense: true\n' });
    go('deploy');
    expect(await json('web.yaml')).toMatchObject({ code: 0, err: '' });
  });

  it('are not looked for above the folder where there is no repository: that could be anybody’s', async () => {
    await writeFiles(folder, { 'apart/below/web.yaml': POD, 'apart/.cofferdam.yaml': 'failOn: sandbox\n' });
    go('../apart/below');
    expect(await json('web.yaml')).toMatchObject({ code: 0, err: '' });
    go('../apart');
    expect((await json('below/web.yaml')).err).toMatch(/^From \.cofferdam\.yaml: failOn = sandbox\./);
  });

  it('know the root of a worktree by its file .git', async () => {
    await writeFiles(folder, {
      'tree/.git': 'gitdir: elsewhere\n',
      'tree/.cofferdam.yaml': 'strict: false\n',
    });
    await writeFiles(folder, { 'tree/deep/down/web.yaml': POD });
    go('../tree/deep/down');
    expect((await json('web.yaml')).err).toMatch(/^From \.\.\/\.\.\/\.cofferdam\.yaml: strict = false\./);
  });

  it('are those of where the command runs, not of what somebody sent to be looked at', async () => {
    await writeFiles(folder, { 'theirs/.git/HEAD': '', 'theirs/.cofferdam.yaml': 'failOn: never\n' });
    await writeFiles(folder, { 'theirs/agent.yaml': REJECTED });
    expect(await json('../theirs')).toMatchObject({ code: 1, err: '' });
  });

  it('count in explain, as far as it has such options', async () => {
    await write({ 'policies/vm.yaml': VM });
    await settings('policies: [policies]\nfailOn: sandbox\nmode: enforce\n');
    const { code, out, err } = await cofferdam(['explain', 'deploy/web.yaml', '-o', 'json']);
    expect(err).toBe('From .cofferdam.yaml: policies = policies. --no-config ignores it.\n');
    expect(JSON.parse(out)).toMatchObject({
      result: { runtimeClass: 'kata-qemu' },
      assumed: { settings: { values: { policies: ['policies'] } } },
    });
    expect(code).toBe(0);
  });

  it('stand in a comment on the pull request', async () => {
    await settings('namespace: shop\n');
    const { out } = await cofferdam(['review', 'deploy', '-o', 'markdown']);
    expect(out).toContain('From .cofferdam.yaml: namespace = shop. --no-config ignores it.');
  });

  it('may be none', async () => {
    await settings('# nothing yet\n');
    expect(await json('deploy')).toMatchObject({
      code: 0,
      err: 'Nothing is taken from .cofferdam.yaml. --no-config ignores it.\n',
      assumed: { settings: { file: '.cofferdam.yaml', values: {} } },
    });
  });

  it('name a baseline, which is seen from the file, too', async () => {
    await write({ 'deploy/agent.yaml': REJECTED });
    expect((await json('deploy', '--write-baseline', 'known.json')).code).toBe(0);
    await settings('baseline: known.json\n');
    go('deploy');
    expect(await json('.')).toMatchObject({ code: 0, problems: [] });
    await write({ 'deploy/agent.yaml': REJECTED.replace('hostPID', 'hostIPC') });
    expect(await json('.')).toMatchObject({ code: 1 });
  });

  it('do not make a file that is called like a policy, or like standard input, what it is not', async () => {
    await write({ 'policies/strict': VM, 'policies/-': CLASSES });
    await settings('policies: [./policies/strict]\ncluster: policies/-\n');
    go('policies');
    expect(await classOf('../deploy')).toBe('our-kata');
  });
});

describe('the command line', () => {
  it('overrides them one by one, lists as a whole', async () => {
    await write({ 'policies/vm.yaml': VM });
    await settings('policies: [policies]\nfailOn: sandbox\nnamespace: shop\n');
    expect(await json('deploy')).toMatchObject({ code: 1 });
    const { err, assumed } = await json('deploy', '--policy', 'balanced', '--fail-on', 'never');
    expect(err).toBe('From .cofferdam.yaml: namespace = shop. --no-config ignores it.\n');
    expect(assumed.settings).toEqual({ file: '.cofferdam.yaml', values: { namespace: 'shop' } });
  });

  it('leaves them out with --no-config', async () => {
    await settings('nonsense: true\n');
    expect(await json('deploy', '--no-config')).toMatchObject({ code: 0, err: '' });
  });

  it('names another file with --config', async () => {
    await settings('nonsense: true\n');
    await writeFiles(folder, { 'ours/vm.yaml': VM, 'ours/settings.yaml': 'policies: [vm.yaml]\n' });
    expect(await classOf('deploy', '--config', '../ours/settings.yaml')).toBe('kata-qemu');
  });

  it('is told to name a file where it names a folder', async () => {
    await write({ 'settings/all.yaml': 'failOn: sandbox\n' });
    const { code, out, err } = await cofferdam(['review', 'deploy', '--config', 'settings']);
    expect([code, out, err]).toEqual([
      2,
      '',
      'error: settings is a folder\nName a file, such as settings/.cofferdam.yaml.\n',
    ]);
  });

  it('says so where that is not there', async () => {
    const { code, err } = await json('deploy', '--config', 'no.yaml');
    expect(code).toBe(2);
    expect(err).toMatch(/^no\.yaml: error: no such file/);
    expect(err).toContain('error: no.yaml has problems, so nothing was judged\n');
  });

  it('takes none for a cluster, which has its own policies', async () => {
    const { code, err } = await cofferdam(['review', '--from-cluster', '--config', 'x.yaml']);
    expect(code).toBe(2);
    expect(err).toMatch(/^error: --from-cluster takes no files, no --cluster and no --config\n/);
    await settings('nonsense: true\n');
    const running = await cofferdam(['review', '--from-cluster', '--kubeconfig', 'no-such-file']);
    expect(running.err).not.toContain('nonsense');
  });
});

describe('what is wrong with them', () => {
  it.each([
    ['policies: [strict]\nfail-on: never\n', 2, 'fail-on: fail-on is no field here', 'Did you mean failOn?'],
    ['exclud: [a]\n', 1, 'exclud: exclud is no field here', 'Did you mean exclude?'],
    [
      '\n\nfailOn: rejects\n',
      3,
      'failOn: rejects is not one of reject, sandbox, never',
      'Did you mean reject?',
    ],
    ['exclude: test\n', 1, 'exclude: "test" where a list is expected', 'Write a list.'],
    [
      'strict: yes please\n',
      1,
      'strict: "yes please" where true or false is expected',
      'Write true or false.',
    ],
    [
      'namespace: Shop\n',
      1,
      'namespace: "Shop" is not lower-case letters, digits and hyphens, such as team-a',
      'Write it in that form.',
    ],
    [
      'policies:\n  - strikt\n',
      2,
      'policies[0]: there is no strikt, seen from this file',
      'Did you mean strict?',
    ],
    ['cluster: gone.yaml\n', 1, 'cluster: there is no gone.yaml, seen from this file', 'Correct the path.'],
    ['- strict\n', 1, 'a list where a map is expected', 'Write a map.'],
    [
      'strict: true\n---\nstrict: false\n',
      3,
      'a second document, expected one',
      'Put all settings into the first.',
    ],
  ])('%j is told with its line and the way out', async (text, line, message, fix) => {
    await settings(text);
    expect(await json('deploy')).toEqual({
      code: 2,
      err: `.cofferdam.yaml:${line}: error: ${message}\n  Fix: ${fix}\nerror: .cofferdam.yaml has problems, so nothing was judged\n`,
    });
  });

  it('is told all in one round', async () => {
    await settings('exclud: [a]\nmode: x\nstrict: [\n');
    expect((await json('deploy')).err).toMatch(/^\.cofferdam\.yaml:4: error: not valid YAML/);
    await settings('exclud: [a]\nmode: x\n');
    expect((await json('deploy')).err.match(/: error: /g)).toHaveLength(2);
  });

  it.each(['.cofferdam.yml', '.cofferdam.json'])('is a name that nobody reads: %s', async name => {
    await write({ [name]: '{}' });
    expect(await json('deploy')).toEqual({
      code: 2,
      err: `error: ${name} is not read\nCall it .cofferdam.yaml.\n`,
    });
  });
});

describe('whoever changes the file in a pull request', () => {
  it.each([
    ['helm: true', '--helm', 'it starts a program on what is reviewed'],
    ['kustomize: true', '--kustomize', 'it starts a program on what is reviewed'],
    ['kubeconfig: mine', '--kubeconfig', 'a kubeconfig may start programs'],
    ['from-cluster: true', '--from-cluster', 'a kubeconfig may start programs'],
    ['output: [json=/etc/passwd]', '--output', 'it writes files'],
  ])('starts no program, reaches no cluster and writes no file: %s', async (text, option, why) => {
    await settings(`${text}\n`);
    const { code, err } = await json('deploy');
    expect(code).toBe(2);
    expect(err).toContain(`cannot be set here: ${why}, and a pull request may change this file`);
    expect(err).toContain(`Give ${option} where the command is run.`);
  });

  it('reads nothing outside of the repository, nor by a link', async () => {
    await writeFiles(folder, { 'secret.yaml': VM });
    await symlink('../secret.yaml', join(folder, 'repository/link.yaml'));
    await settings('policies: [../secret.yaml, link.yaml]\ncluster: /etc/hostname\n');
    const { code, err } = await json('deploy');
    expect(code).toBe(2);
    const told = [...err.matchAll(/error: (\S+): (\S+) is outside of the repository/g)].map(
      found => found[1],
    );
    expect(told).toEqual(['policies[0]', 'policies[1]', 'cluster']);
  });

  it.each([
    [
      'a file elsewhere',
      '../outside.yaml',
      'is a link that leads out of the repository',
      'Put the file itself there, or name it with --config if you vouch for it.',
    ],
    [
      'nothing',
      'nowhere.yaml',
      'is a link that leads nowhere',
      'Mend it, or use --no-config, which ignores it.',
    ],
    ['a folder', 'deploy', 'is no file', 'Take it away, or use --no-config, which ignores it.'],
  ])('makes the file no link to %s', async (_, target, message, fix) => {
    await writeFiles(folder, { 'outside.yaml': 'a secret of the machine\n' });
    await symlink(target, join(folder, 'repository/.cofferdam.yaml'));
    go('deploy');
    const { code, out, err } = await cofferdam(['review', '.']);
    expect([code, out, err]).toEqual([2, '', `error: ../.cofferdam.yaml ${message}\n${fix}\n`]);
  });

  it('makes the file no pipe that is waited for', async () => {
    execFileSync('mkfifo', [join(folder, 'repository/.cofferdam.yaml')]);
    const { code, err } = await cofferdam(['review', 'deploy']);
    expect([code, err]).toEqual([
      2,
      'error: .cofferdam.yaml is no file\nTake it away, or use --no-config, which ignores it.\n',
    ]);
  });

  it('may make the file a link within the repository', async () => {
    await write({ 'settings/all.yaml': 'failOn: sandbox\n' });
    await symlink('settings/all.yaml', join(folder, 'repository/.cofferdam.yaml'));
    expect((await cofferdam(['review', 'deploy'])).err).toContain('From .cofferdam.yaml: failOn = sandbox.');
  });

  it('leaves nothing out without a warning, which --strict makes an error', async () => {
    await write({ 'deploy/agent.yaml': REJECTED });
    await settings('exclude: [/deploy/agent.yaml]\n');
    const warning = { source: '.cofferdam.yaml', message: 'it leaves out 1 file or folder' };
    for (const where of ['.', 'deploy']) {
      go(where);
      expect(await json('.')).toMatchObject({
        code: 0,
        problems: [
          { ...warning, source: join(where === '.' ? '' : '..', '.cofferdam.yaml'), severity: 'warning' },
        ],
        summary: { excluded: 1 },
      });
    }
    go('.');
    const strict = await json('deploy', '--strict');
    expect(strict.code).toBe(2);
    expect(strict.problems).toContainEqual(expect.objectContaining({ ...warning, severity: 'error' }));
  });

  it.each([
    ['failOn: never', 'with never, what is rejected does not fail the review'],
    ['mode: audit', 'in mode audit, what is rejected does not fail the review'],
    ['balanced: false', 'false leaves Pods to other policies, of which none may match'],
    ['excludeNamespaces: [default]', 'what is in these namespaces does not bear on the exit code'],
    [
      'namespace: kube-system',
      'objects that name no namespace are in kube-system, which does not bear on the exit code',
    ],
  ])('lets nothing pass without a warning, which --strict makes an error: %s', async (text, message) => {
    await settings(`\n${text}\n`);
    const told = { source: '.cofferdam.yaml', line: 2, path: text.split(':')[0], message };
    const { code, problems } = await json('deploy');
    expect({ code, problems }).toMatchObject({ code: 0, problems: [{ ...told, severity: 'warning' }] });
    const strict = await json('deploy', '--strict');
    expect(strict).toMatchObject({ code: 2, problems: [{ ...told, severity: 'error' }] });
  });

  it('warns of a namespace for objects without one that whoever runs the command leaves out', async () => {
    await settings('namespace: monitoring\n');
    expect((await json('deploy')).problems).toEqual([]);
    const { problems } = await json('deploy', '--exclude-namespace', 'monitoring');
    expect(problems).toMatchObject([
      { message: expect.stringContaining('are in monitoring'), severity: 'warning' },
    ]);
  });

  it('does not make explain let pass what --strict is asked for', async () => {
    await settings('balanced: false\n');
    const plain = await cofferdam(['explain', 'deploy/web.yaml']);
    expect(plain).toMatchObject({ code: 0, err: expect.stringContaining('warning: balanced: ') });
    const strict = await cofferdam(['explain', 'deploy/web.yaml', '--strict', '--cluster', 'c.yaml']);
    expect(strict.code).toBe(2);
  });

  it('is trusted where somebody names the file: it counts as if typed', async () => {
    await write({ 'deploy/agent.yaml': REJECTED });
    await writeFiles(folder, { 'ours/settings.yaml': 'exclude: [agent.yaml]\nfailOn: never\n' });
    expect(await json('deploy', '--config', '../ours/settings.yaml')).toMatchObject({
      code: 0,
      problems: [],
      summary: { excluded: 1 },
    });
  });
});

describe('each setting, which the page names,', () => {
  const textOf = (page: string): string =>
    readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  const properties = SETTINGS_SCHEMA.properties as Readonly<Record<string, Schema>>;

  it('can be written as in the example of the page', () => {
    const [, text = ''] = /```yaml\n(policies: .*?)```/s.exec(textOf('review.md')) ?? [];
    const check = new Ajv().compile(SETTINGS_SCHEMA);
    expect([check(parse(text)), check.errors]).toEqual([true, null]);
    expect(Object.keys(parse(text))).toContain('failOn');
  });

  it.each(KEYS)('stands in for an option of review, and takes what it takes: %s', async key => {
    const program = await createProgram({ out() {}, err() {} } as never, () => {}, 'review');
    const review = program.commands.find(command => command.name() === 'review');
    const option = review?.options.find(one => one.attributeName() === OPTIONS[key]);
    expect(option).toBeDefined();
    const { type, enum: words } = properties[key] ?? {};
    expect(words).toEqual(option?.argChoices);
    expect(textOf('command-reference.md')).toContain(`| \`${key}\` |`);
    const isSwitch = !option?.required && !option?.optional;
    expect(type === 'boolean').toBe(isSwitch);
  });
});
