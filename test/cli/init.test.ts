import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { writeFiles } from '../support/write-files.ts';
import { cofferdam, type Ran } from './stranger.ts';

const HOME = process.cwd();
const NOW = '2030-05-05T13:14:15Z';

let folder: string;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(NOW) });
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-init-'));
});
afterEach(() => {
  process.chdir(HOME);
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

/** Runs a command line at the root of a repository. */
async function there(...argv: readonly string[]): Promise<Ran> {
  process.chdir(folder);
  const ran = await cofferdam(argv);
  process.chdir(HOME);
  return ran;
}

const filesIn = (): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');

const POLICIES = [
  'internet-facing.tests',
  'internet-facing',
  'node-exporter.tests',
  'node-exporter',
  'runsc-team',
];
const SCHEMAS = ['policies', 'policy-tests', 'settings'];
const written = (policies: string, ...ci: readonly string[]): readonly string[] =>
  [
    '.cofferdam.yaml',
    ...ci,
    ...SCHEMAS.map(name => `${policies}/.schema/${name}.schema.json`),
    ...POLICIES.map(name => `${policies}/${name}.yaml`),
  ].sort();

/** Everything is loaded in the first, which takes its time where a machine is busy. */
describe('cofferdam init', { timeout: 60_000 }, () => {
  it.each([
    [[], 'policies', ['.github/workflows/cofferdam.yml']],
    [['sandboxing', '--ci', 'gitlab'], 'sandboxing', ['.gitlab/cofferdam.yml']],
    [['deploy/policies/', '--ci', 'none'], 'deploy/policies', []],
    // YAML takes it for a number, unless it is in quotes.
    [['2030', '--ci', 'none'], '2030', []],
  ])('writes, called with %j, what tests and reviews then take: all is green', async (argv, policies, ci) => {
    const { code, out } = await there('init', ...argv);
    expect(code).toBe(0);
    expect(filesIn()).toEqual(written(policies, ...ci));
    expect(
      out
        .trimEnd()
        .split('\n')
        .map(line => line.replace(/ .*/, ''))
        .sort(),
    ).toEqual(filesIn());

    const tested = await there('test', policies);
    expect([tested.code, tested.err]).toEqual([0, '']);
    expect(tested.out).toContain('9 cases: 9 passed, 0 failed.');
    const reviewed = await there('review', '.');
    expect([reviewed.code, reviewed.err]).toEqual([
      0,
      `From .cofferdam.yaml: policies = ${policies}. --no-config ignores it.\n`,
    ]);
  });

  it('has what it wrote judge the Pods of the repository', async () => {
    await there('init');
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: edge}\nspec: {containers: [{name: a, image: "a:1"}]}\n';
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: edge, labels: {exposure: public}}\n';
    await writeFiles(folder, { 'deploy/web.yaml': `${namespace}---\n${pod}` });
    const { out, code } = await there('review', 'deploy', '-o', 'json');
    expect(JSON.parse(out).results).toMatchObject([{ verdict: 'sandbox', runtimeClass: 'gvisor' }]);
    expect(code).toBe(0);
  });

  it('gives the exemption 30 days from now, and cases that outlive it', async () => {
    const { err } = await there('init');
    expect(textOf('policies/node-exporter.yaml')).toContain('expires: 2030-06-04T00:00:00Z\n');
    expect(err).toContain('expires on 2030-06-04.');
    vi.setSystemTime(Date.parse('2031-01-01T00:00:00Z'));
    const { code, err: warned } = await there('test', 'policies');
    expect(warned).toContain('expired on 2030-06-04');
    expect(code).toBe(0);
  });

  it('has editors check each file by a schema that is there, and that takes it', async () => {
    await there('init');
    const yaml = filesIn().filter(file => file.endsWith('.yaml'));
    expect(yaml).toHaveLength(1 + POLICIES.length);
    for (const file of yaml) {
      const [, schema = ''] = /^# yaml-language-server: \$schema=(\.\/\S+)\n/.exec(textOf(file)) ?? [];
      const path = join(dirname(file), schema);
      expect([file, schema !== '' && existsSync(join(folder, path))]).toEqual([file, true]);
      const ajv = new Ajv({ strictTypes: false, strictRequired: false, formats: { 'date-time': true } });
      const check = ajv.compile(JSON.parse(textOf(path)));
      expect([file, check(parse(textOf(file))), check.errors]).toEqual([file, true, null]);
    }
  });

  it('explains each file by comments', async () => {
    await there('init');
    for (const file of filesIn().filter(
      name => !name.endsWith('.json') && name !== 'policies/internet-facing.tests.yaml',
    ))
      expect(textOf(file).match(/^ *# [A-Z].*/gm)?.length ?? 0, file).toBeGreaterThan(0);
  });

  it.each([
    ['github', '.github/workflows/cofferdam.yml'],
    ['gitlab', '.gitlab/cofferdam.yml" to .gitlab-ci.yml'],
  ])('says what comes next, also for the file of %s', async (ci, told) => {
    const { err } = await there('init', '--ci', ci);
    expect(err).toContain('1. Run "cofferdam test policies"');
    expect(err.replaceAll(/\n +/g, ' ')).toContain(told);
    expect(err.replaceAll(/\n +/g, ' ')).toContain('It is read at the root of a repository alone.');
    await writeFiles(folder, { '.git/HEAD': '' });
    const { err: atRoot } = await there('init', 'other', '--ci', 'none');
    expect(atRoot).not.toContain('root of a repository');
  });
});

describe('nothing is overwritten, and nothing is written beside', () => {
  it.each([
    ['.cofferdam.yaml', '.cofferdam.yaml is there already, so nothing was written'],
    ['.github/workflows/cofferdam.yml', '.github/workflows/cofferdam.yml is there already'],
    ['policies/kyverno.yaml', 'policies is there already, and not empty'],
    ['policies', 'policies is there already, so nothing was written'],
  ])('where %s is there', async (file, message) => {
    await writeFiles(folder, { [file]: 'mine\n' });
    const { code, out, err } = await there('init');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`error: ${message}`);
    expect(filesIn()).toEqual([file]);
    expect(textOf(file)).toBe('mine\n');
  });

  it('where a link is there that leads nowhere yet', async () => {
    symlinkSync(join(folder, 'elsewhere'), join(folder, '.cofferdam.yaml'));
    const { code } = await there('init');
    expect([code, filesIn()]).toEqual([2, ['.cofferdam.yaml']]);
  });

  it.each([
    ['.github', '.github'],
    ['.github/workflows', '.github/workflows'],
    ['deploy', 'deploy'],
  ])('where the link %s leads out of the folder', async (link, told) => {
    const outside = mkdtempSync(join(tmpdir(), 'cofferdam-outside-'));
    mkdirSync(dirname(join(folder, link)), { recursive: true });
    symlinkSync(outside, join(folder, link));
    const { code, out, err } = await there('init', ...(link === 'deploy' ? ['deploy/policies'] : []));
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`error: ${told} is a link out of this folder, so nothing was written`);
    expect(filesIn()).toEqual([link]);
    expect(readdirSync(outside)).toEqual([]);
    rmSync(outside, { recursive: true });
  });

  it('where a link leads to a folder that is not there', async () => {
    symlinkSync(join(folder, 'nowhere'), join(folder, '.github'));
    const { code, err } = await there('init');
    expect([code, filesIn()]).toEqual([2, ['.github']]);
    expect(err).toContain('.github is a link that leads nowhere, so nothing was written');
  });

  it('but beside a link within the folder', async () => {
    mkdirSync(join(folder, 'ci'));
    symlinkSync('ci', join(folder, '.github'));
    expect((await there('init')).code).toBe(0);
    expect(filesIn()).toContain('ci/workflows/cofferdam.yml');
  });

  it('a second time', async () => {
    await there('init');
    const before = filesIn().map(textOf);
    expect((await there('init')).code).toBe(2);
    expect((await there('init', 'other')).code).toBe(2);
    expect(filesIn().map(textOf)).toEqual(before);
  });

  it('where a folder cannot be made', async () => {
    await writeFiles(folder, { '.github': 'a file\n' });
    const { code, err } = await there('init');
    expect(code).toBe(2);
    expect(err).toMatch(
      /^error: cannot write \.github\/workflows\/cofferdam\.yml: (something is there already|a part of the path is a file)\n/m,
    );
  });
});

describe('in a folder of a repository that has settings', () => {
  const told = async (at: string): Promise<string> => {
    process.chdir(join(folder, at));
    const { code, err } = await cofferdam(['init', '--ci', 'none']);
    process.chdir(HOME);
    expect(code).toBe(0);
    return err.replaceAll(/\n +/g, ' ');
  };

  it('says where they are, and that the new ones are taken in their place', async () => {
    await writeFiles(folder, { '.git/HEAD': '', '.cofferdam.yaml': 'failOn: sandbox\n', 'apps/shop/a': '' });
    expect(await told('apps/shop')).toContain(
      'There is ../../.cofferdam.yaml above: in this folder and below it, the new .cofferdam.yaml is taken in its place, and nothing that stands there',
    );
    process.chdir(join(folder, 'apps/shop'));
    const { err } = await cofferdam(['review', '.']);
    expect(err).toContain('From .cofferdam.yaml: policies = policies.');
  });

  it.each([
    ['in no repository, where none above is read', { '.cofferdam.yaml': 'failOn: sandbox\n', 'apps/a': '' }],
    ['where none is above', { '.git/HEAD': '', 'apps/a': '' }],
    ['of another repository', { '.cofferdam.yaml': 'failOn: sandbox\n', 'apps/.git/HEAD': '' }],
  ])('says nothing of it %s', async (_, files) => {
    await writeFiles(folder, files);
    expect(await told('apps')).not.toContain('above');
  });
});

describe('a folder that cannot be written into settings and scripts is refused', () => {
  it.each([
    '..',
    '../policies',
    '/tmp/policies',
    '.',
    '',
    '-x y',
    'a b',
    'a;b',
    'a/../..',
    "a'",
    'a\nb',
    `${'a'.repeat(201)}`,
  ])('%j', async given => {
    const { code, err } = await there('init', '--', given);
    expect(code).toBe(2);
    expect(err).toContain('expected a folder below this one');
    expect(filesIn()).toEqual([]);
  });

  it.each(['.github', '.github/workflows/', '.gitlab', '.git/policies', 'a/node_modules'])(
    'one of other programs: %j',
    async given => {
      const { code, err } = await there('init', given);
      expect([code, filesIn()]).toEqual([2, []]);
      expect(err).toContain('is a folder of other programs');
    },
  );

  it('takes a folder of its own within one of other programs', async () => {
    const { code } = await there('init', '.github/cofferdam');
    expect(code).toBe(0);
  });

  it('one that is called like a built-in policy, which it would stand for in settings', async () => {
    const { code, err } = await there('init', 'strict');
    expect([code, filesIn()]).toEqual([2, []]);
    expect(err).toContain('strict is the name of a built-in policy');
  });
});
