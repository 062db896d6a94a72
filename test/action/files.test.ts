import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { ciPage } from '../../scripts/pages/ci.ts';
import { type Action, readYaml, type Workflow } from './play.ts';
import { program } from './repository.ts';

/** Checks the files that other programs read in this repository by their own schemas and by what must never stand in them. */

/** GitLab's own, as schemastore keeps it. */
const GITLAB = 'gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci';

const schemaOf = (name: string): object =>
  JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve(`schemastore/schemas/json/${name}.json`), 'utf8'),
  );

it.each([
  ['action.yml', 'github-action'],
  ['docs/ci/github.yml', 'github-workflow'],
  ['docs/ci/gitlab.yml', GITLAB],
  ['.pre-commit-hooks.yaml', 'pre-commit-hooks'],
  ['docs/ci/pre-commit.yaml', 'pre-commit-config'],
])('%s is what the schema %s asks for', (file, schema) => {
  const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false });
  // One refers to the other.
  if (schema === 'pre-commit-config') ajv.addSchema(schemaOf('pre-commit-hooks'));
  const validate = ajv.compile(schemaOf(schema));
  expect(validate(readYaml(file)), JSON.stringify(validate.errors)).toBe(true);
  // A schema that takes anything shows nothing.
  expect(validate('nothing')).toBe(false);
});

const action = readYaml<Action>('action.yml');
const workflow = readYaml<Workflow>('docs/ci/github.yml');
const steps = [...action.runs.steps, ...Object.values(workflow.jobs).flatMap(job => job.steps)];

describe('nobody who opens a pull request', () => {
  it('has a word in a script: none has an expression in it', () => {
    const scripts = steps.flatMap(({ run }) => run ?? []);
    expect(scripts.length).toBeGreaterThan(2);
    expect(scripts.filter(script => script.includes('${{'))).toEqual([]);
  });

  it('comes near the token: only the step that writes the comment has it, and reads nothing of the repository', () => {
    const having = action.runs.steps.filter(step => JSON.stringify(step).includes('token'));
    expect(having.map(({ name, run }) => [name, run])).toEqual([
      ['Comment', '"$NODE" "$GITHUB_ACTION_PATH/scripts/action/comment.ts" "$FILE"'],
    ]);
  });

  it('gets a token that may write: the workflow runs for pull_request, and pull_request_target is nowhere', () => {
    expect(Object.keys(workflow.on)).toEqual(['pull_request', 'push']);
    for (const file of ['action.yml', 'docs/ci/github.yml', 'docs/ci/README.md'])
      expect(readFileSync(file, 'utf8')).not.toMatch(/^\s*pull_request_target/m);
  });
});

it('the workflow may do nothing but what a job says that it needs', () => {
  expect(workflow.permissions).toEqual({});
  expect(Object.values(workflow.jobs).map(({ permissions }) => permissions)).toEqual([
    { contents: 'read', 'pull-requests': 'write', 'security-events': 'write' },
  ]);
});

it('the checkout has the base, which the action compares with, and leaves no credentials behind', () => {
  const [checkout] = Object.values(workflow.jobs).flatMap(job => job.steps);
  expect(checkout?.with).toEqual({ 'fetch-depth': 2, 'persist-credentials': false });
});

it('actions of others are pinned to a commit, with its version beside it', () => {
  const used = ['action.yml', 'docs/ci/github.yml'].flatMap(file => [
    ...readFileSync(file, 'utf8').matchAll(/uses: (.*)/g),
  ]);
  expect(used.length).toBe(3);
  for (const [, name = ''] of used.filter(([line]) => !line.includes('example/cofferdam')))
    expect(name).toMatch(/^(actions|github)\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

it('every input of the action is told of in its page, with its default', () => {
  const page = readFileSync('docs/ci/README.md', 'utf8');
  for (const [name, { default: text }] of Object.entries(action.inputs))
    expect(page, name).toMatch(
      new RegExp(`^\\| \`${name}\` \\|${text && !text.includes('$') ? `.*\`${text}\`` : ''}`, 'm'),
    );
});

describe('the hook of pre-commit', () => {
  interface Hook {
    readonly entry: string;
    readonly files: string;
    readonly language_version: string;
    readonly pass_filenames: boolean;
  }
  const [hook] = readYaml<readonly [Hook]>('.pre-commit-hooks.yaml');

  it('runs a program of this package, on the Node of the image', () => {
    expect(Object.keys(manifest.bin)).toContain(hook.entry.split(' ')[0]);
    expect(readFileSync('Dockerfile', 'utf8')).toContain(`=node:${hook.language_version}-`);
    expect(readYaml<{ cofferdam: { image: string } }>('docs/ci/gitlab.yml').cofferdam.image).toBe(
      `node:${hook.language_version}-trixie`,
    );
  });

  // npm installs a package of git globally without what building it takes: https://github.com/npm/cli/issues/8440
  it.each([
    ['where nothing is installed', [], ['ci --no-global --ignore-scripts', 'run build']],
    ['where it is', ['node_modules'], ['run build']],
  ])('is built %s', (_, folders, asked) => {
    const folder = mkdtempSync(join(tmpdir(), 'cofferdam-prepare-'));
    try {
      for (const name of ['bin', ...folders]) mkdirSync(join(folder, name));
      program(join(folder, 'bin/npm'), `echo "$*" >>'${folder}/asked'\n`);
      symlinkSync(process.execPath, join(folder, 'bin/node'));
      const env = { PATH: `${folder}/bin:/usr/bin:/bin` };
      execFileSync('sh', ['-c', manifest.scripts.prepare], { cwd: folder, env });
      expect(readFileSync(join(folder, 'asked'), 'utf8').trimEnd().split('\n')).toEqual(asked);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['deploy/web.yaml', true],
    ['web.yml', true],
    ['list.json', true],
    ['sub/.cofferdamignore', true],
    ['README.md', false],
    ['web.yaml.md', false],
    ['my.cofferdamignore', false],
  ])('%s starts it: %s', (file, starts) => {
    // This is what Python's re.search does.
    expect(new RegExp(hook.files).test(file)).toBe(starts);
  });
});

it('the page shows what the files print, as it stands in test/golden/ci', () => {
  const page = readFileSync('docs/ci/README.md', 'utf8');
  const shown = [...page.matchAll(/<!-- golden: (\S+) -->/g)];
  expect(shown.map(([, file]) => file)).toEqual([
    'github-comment.md',
    'github-log.txt',
    'gitlab-log.txt',
    'pre-commit.txt',
  ]);
  expect(page).toBe(ciPage());
});
