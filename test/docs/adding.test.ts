import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, copyTo, PARTS, TESTS, WRITTEN } from './adding.ts';
import { ROOT } from './pages.ts';

/*
What CONTRIBUTING.md has somebody add works as it stands there: all of it is applied to one copy.
*/

/** The time on a machine that is busy with much else. */
const LONG_MS = 900_000;

it('is a signal, a profile, a format, a check and a command', () => {
  const added = PARTS.filter(({ isChange }) => !isChange).map(({ path }) => path);
  for (const place of [
    /^src\/signals\/[\w-]+\.ts$/,
    /^policies\/profiles\/[\w-]+\.yaml$/,
    /^src\/report\/review\/[\w-]+\.ts$/,
    /^src\/doctor\/checks\/[\w-]+\.ts$/,
    /^src\/cli\/([\w-]+)\/\1\.ts$/,
  ])
    expect(added.filter(path => place.test(path))).toHaveLength(1);
});

describe('applied to a copy', () => {
  let folder: string;
  let before: ReadonlyMap<string, string>;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cofferdam-'));
    copyTo(folder);
    for (const part of PARTS) apply(part, folder);
    before = filesNow();
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }), 60_000);

  /** Whatever a command could write into, by path. */
  const filesNow = (): ReadonlyMap<string, string> =>
    new Map(
      ['charts', 'docs', 'policies', 'src', 'test/golden']
        .flatMap(top =>
          readdirSync(join(folder, top), { recursive: true, withFileTypes: true, encoding: 'utf8' }),
        )
        .filter(entry => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
        .map(file => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]),
    );

  /** How a command ends there, with all that it says where it fails. */
  function run(program: string, ...argv: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(program, argv, {
      cwd: folder,
      encoding: 'utf8',
      // The environment is a shell's: it has nothing of the run of tests that this is in.
      env: {
        HOME: process.env.HOME,
        PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
      },
    });
    return status === 0 ? 'fine' : `${program} exits with ${status}\n${stdout}${stderr}`;
  }

  it(
    'passes the tests that it names, those of the lists among them',
    () => {
      expect(run('npm', 'run', '--silent', 'docs')).toBe('fine');
      // One worker loads everything once.
      const flags = ['-u', '--maxWorkers=1', `--testTimeout=${LONG_MS}`];
      expect(run('vitest', 'run', ...flags, ...new Set(TESTS))).toBe('fine');
    },
    LONG_MS,
  );

  it('is then written into the pages and outputs that it names, and no others', () => {
    const changed = [...filesNow()].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
    expect(changed.toSorted()).toEqual([...new Set(WRITTEN)].sort());
  });

  it(
    'is of the right types, and looks like all else',
    () => {
      const paths = [...new Set(PARTS.map(({ path }) => path))];
      const files = paths.filter(path => path.endsWith('.ts'));
      // What they import is looked at too, and nothing else: a third of the time that all takes.
      const config = { extends: './tsconfig.json', include: [], files };
      writeFileSync(join(folder, 'tsconfig.adding.json'), JSON.stringify(config));
      expect(run('tsc', '-p', 'tsconfig.adding.json')).toBe('fine');
      expect(run('biome', 'check', ...paths)).toBe('fine');
    },
    LONG_MS,
  );
});
