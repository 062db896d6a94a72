import { chmod, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeFiles } from '../support/write-files.ts';
import { validate } from './review-schema.ts';
import { cofferdam } from './stranger.ts';

/** A repository is reviewed from its root, as in CI. */
let before: string;
let folder: string;
beforeEach(async () => {
  before = process.cwd();
  folder = await realpath(await mkdtemp(join(tmpdir(), 'cofferdam-')));
  process.chdir(folder);
});
afterEach(async () => {
  process.chdir(before);
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const pod = (name: string, spec = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n  ${spec}\n  containers: [{name: a, image: "a:1"}]\n`;
const made = (source: string, text: string): string => `---\n# Source: ${source}\n${text}`;
/** What Helm 3 prints, hooks and charts within the chart after the others. */
const RENDERED = [
  made('shop/templates/web.yaml', pod('web')),
  made('shop/charts/db/templates/sub/db.yaml', pod('db', 'hostPID: true')),
  made('shop/templates/jobs.yaml', pod('first', 'hostNetwork: true')),
  made('shop/templates/jobs.yaml', pod('second', 'hostIPC: true')),
].join('');
/** Above the last object: it is none of the template's. */
const LINE = RENDERED.slice(0, RENDERED.indexOf('hostIPC')).split('\n').length;

const chartAt = (path: string, name = 'shop'): Promise<void> =>
  writeFiles(folder, {
    [`${path}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    [`${path}/templates/web.yaml`]: 'kind: {{ .Values.kind }}\n',
  });
/** Whoever has Helm may have any version of it: what it prints is what is reviewed. */
async function helm(text: string): Promise<void> {
  await writeFiles(folder, { 'bin/helm': `#!/bin/sh\ncat <<'E'\n${text}E\n` });
  await chmod(join(folder, 'bin/helm'), 0o755);
  vi.stubEnv('PATH', `${join(folder, 'bin')}:/usr/bin:/bin`);
}

interface Place {
  readonly source: string;
  readonly line: number | null;
  readonly rendered?: object;
}
async function json(...argv: readonly string[]): Promise<{
  readonly results: readonly (Place & { readonly name: string; readonly findings: readonly Place[] })[];
  readonly problems: readonly (Place & { readonly message: string })[];
}> {
  const { out } = await cofferdam(['review', '-o', 'json', ...argv]);
  const read = JSON.parse(out);
  expect(validate(read) || validate.errors).toBe(true);
  return read;
}
const piped = async (text: string): Promise<readonly string[]> => {
  const { out } = await cofferdam(['review', '-', '-o', 'json'], { stdin: text });
  const { results } = JSON.parse(out) as { readonly results: readonly (Place & { readonly name: string })[] };
  return results.map(({ name, source, line }) => `${name} ${source}${line === null ? '' : `:${line}`}`);
};

describe('a chart that is rendered', () => {
  beforeEach(async () => {
    await chartAt('deploy/shop');
    await helm(RENDERED);
  });

  it.each(['deploy/shop', './deploy/shop/', 'deploy', 'deploy/shop/Chart.yaml'])(
    'is named by its files, below the folder that was given: %s',
    async path => {
      const { results } = await json(path, '--helm');
      expect(results.map(({ name, source, line }) => [name, source, line])).toEqual([
        ['web', 'deploy/shop/templates/web.yaml', null],
        ['db', 'deploy/shop/charts/db/templates/sub/db.yaml', null],
        ['first', 'deploy/shop/templates/jobs.yaml', null],
        ['second', 'deploy/shop/templates/jobs.yaml', null],
      ]);
    },
  );

  it('says where in what was made something stands, to programs alone', async () => {
    const { results } = await json('deploy', '--helm');
    expect(results[3]?.findings[0]).toMatchObject({
      line: null,
      column: null,
      rendered: { source: 'deploy/shop (helm template)', line: LINE },
    });
  });

  it('has no line of the rendered text in any format', async () => {
    const out = async (format: string) => (await cofferdam(['review', 'deploy', '--helm', '-o', format])).out;
    expect(await out('table')).toContain(
      '\n  deploy/shop/templates/jobs.yaml  hostIPC  spec.hostIPC = true\n',
    );
    expect(await out('markdown')).toContain('- `deploy/shop/templates/jobs.yaml` [`hostIPC`](https://');
    expect(await out('github')).toMatch(/^::error file=deploy\/shop\/templates\/jobs\.yaml,title=/m);
    expect(await out('junit')).toMatch(
      /<testcase classname="deploy\/shop\/templates\/jobs\.yaml" name="Pod\/default\/second" file="deploy\/shop\/templates\/jobs\.yaml">/,
    );
    const issues = JSON.parse(await out('gitlab')) as { readonly location: object }[];
    expect(issues[2]?.location).toEqual({ path: 'deploy/shop/templates/jobs.yaml', lines: { begin: 1 } });
    const [run] = JSON.parse(await out('sarif')).runs;
    expect(run.results[2].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'deploy/shop/templates/jobs.yaml' },
      region: { startLine: 1, startColumn: 1 },
    });
  });

  it('is explained as it was judged', async () => {
    const { out } = await cofferdam(['review', 'deploy', '--helm']);
    expect(out).toContain('\n  cofferdam explain deploy/shop --helm --name Pod/db\n');
    const explained = await cofferdam(['explain', 'deploy/shop', '--helm', '--name', 'Pod/db']);
    expect(explained.out).toContain('(deploy/shop/charts/db/templates/sub/db.yaml)');
  });

  it('is one file to a baseline, whatever its templates make', async () => {
    await cofferdam(['review', 'deploy', '--helm', '--write-baseline', 'known.json']);
    expect((await cofferdam(['review', 'deploy', '--helm', '--baseline', 'known.json'])).code).toBe(0);
    // The chart was not rendered, so nothing is known to be gone.
    await writeFiles(folder, { 'other.yaml': pod('other') });
    const part = await cofferdam(['review', 'other.yaml', '--baseline', 'known.json', '-o', 'json']);
    expect(JSON.parse(part.out).baseline.gone).toEqual([]);
    // Another template makes the object, and one that made another makes none.
    await helm(
      made('shop/templates/other.yaml', pod('first', 'hostNetwork: true')) +
        made('shop/charts/db/templates/sub/db.yaml', pod('db', 'hostPID: true')),
    );
    const less = await cofferdam(['review', 'deploy', '--helm', '--baseline', 'known.json', '-o', 'json']);
    const { results, baseline } = JSON.parse(less.out);
    expect([less.code, results, baseline.gone.map((one: { object: string }) => one.object)]).toEqual([
      0,
      [],
      ['Pod/default/second'],
    ]);
    expect(await readFile('known.json', 'utf8')).toContain('"file": "deploy/shop (helm template)"');
  });

  it('says of what is no YAML in which line of it, as the template has none', async () => {
    await helm(`${made('shop/templates/web.yaml', pod('web'))}---\n# Source: shop/templates/b.yaml\na: [\n`);
    const { problems } = await json('deploy', '--helm');
    expect(problems).toMatchObject([
      {
        source: 'deploy/shop/templates/b.yaml',
        line: null,
        message: expect.stringMatching(/^not valid YAML: .*, in line 12 of what helm template writes$/),
      },
    ]);
  });

  it('of what Helm names nothing of, has the lines of what was made', async () => {
    await helm(`---\n${pod('web', 'hostPID: true')}`);
    const { results } = await json('deploy', '--helm');
    expect(results).toMatchObject([{ source: 'deploy/shop (helm template)', line: 2 }]);
  });
});

describe('what helm template wrote on standard input', () => {
  it.each([
    ['deploy', 'shop', 'shop/templates/web.yaml'],
    ['charts/shop', 'shop', 'charts/shop/templates/web.yaml'],
    ['shop', 'shop', 'shop/templates/web.yaml'],
    ['.', 'shop', 'templates/web.yaml'],
    ['.', 'other', 'shop/templates/web.yaml'],
    ['charts/shop', 'other', 'shop/templates/web.yaml'],
  ])(
    'is named by the files of the chart, which lies in %s and is called %s: %s',
    async (at, name, expected) => {
      await chartAt(at, name);
      expect((await piped(RENDERED))[0]).toBe(`web ${expected}`);
    },
  );

  it('is explained from there', async () => {
    const { out } = await cofferdam(['review', '-'], { stdin: RENDERED });
    expect(out).toContain('\n  cofferdam explain - --name Pod/db\n');
  });

  it('may be of several charts, with something else between them', async () => {
    await chartAt('charts/shop');
    const text = `${RENDERED}---\n${pod('else')}${made('till/crds/pods.yaml', `${pod('a')}`)}`;
    expect((await piped(text)).slice(3)).toEqual([
      'second charts/shop/templates/jobs.yaml',
      `else -:${text.slice(0, text.indexOf('name: else')).split('\n').length - 2}`,
      'a till/crds/pods.yaml',
    ]);
  });

  it.each([
    '../shop/templates/a.yaml',
    'shop/templates/../../a.yaml',
    'shop/templates//a.yaml',
    '/templates/a.yaml',
    'shop/values.yaml',
    'shop/templates/',
    'https://example.org/templates/a.yaml',
  ])('is itself where its comment names no file of a chart: %s', async source => {
    expect(await piped(made(source, pod('a')))).toEqual(['a -:3']);
  });

  it('is itself where the comment is no line of its own above a document', async () => {
    const text = pod('a').replace('\n', '\n# Source: shop/templates/a.yaml\n');
    expect(await piped(text)).toEqual(['a -:1']);
  });
});

it('a file that somebody rendered and keeps is that file', async () => {
  await chartAt('shop');
  await writeFiles(folder, { 'rendered.yaml': RENDERED });
  const { results } = await json('rendered.yaml');
  expect(results[0]).toMatchObject({ source: 'rendered.yaml', line: 3 });
});
