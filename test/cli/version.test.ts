import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { VERSION_FORMATS } from '../../src/cli/version/version.ts';
import { cofferdam } from './stranger.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

describe('cofferdam version', () => {
  /** Of a checkout; a copy without .git knows none. */
  const commit = existsSync('.git')
    ? execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
    : null;
  const about = {
    version: pkg.version,
    commit,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };

  it('prints what a report of a bug begins with', async () => {
    expect(await cofferdam(['version'])).toEqual({
      code: 0,
      out: VERSION_FORMATS.text?.(about, NO_STYLE),
      err: '',
    });
    expect(VERSION_FORMATS.text?.({ ...about, commit: null }, NO_STYLE)).toMatch(
      /^cofferdam \d+\.\d+\.\d+\ncommit {4}unknown\nnode {6}24\.\d+\.\d+\nplatform {2}\w+-\w+\n$/,
    );
  });

  it('prints it for programs', async () => {
    const { code, out } = await cofferdam(['version', '-o', 'json']);
    expect({ code, about: JSON.parse(out) }).toEqual({ code: 0, about });
  });

  it('takes no other format', async () => {
    expect(await cofferdam(['version', '-o', 'yaml'])).toMatchObject({
      code: 2,
      err: 'error: unknown output format "yaml"\nFormats: text, json.\n',
    });
  });
});

const NO_STYLE = { color: false, width: 80 };

describe('what starts', () => {
  /** Tells each module that is loaded, on standard error. */
  const TELL = `data:text/javascript,${encodeURIComponent(
    `import { registerHooks } from 'node:module';
     registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) });`,
  )}`;
  const loadedBy = (...argv: string[]): readonly string[] =>
    spawnSync(process.execPath, ['--import', TELL, MAIN, ...argv], { encoding: 'utf8' })
      .stderr.split('\n')
      .filter(url => url.startsWith('file:'));
  const packagesIn = (urls: readonly string[]): readonly string[] => [
    ...new Set(urls.flatMap(url => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? [])),
  ];

  it.each([['--version'], ['version']])('of cofferdam %s is no more than reads a command line', word => {
    const loaded = loadedBy(word);
    expect(packagesIn(loaded)).toEqual(['commander']);
    expect(loaded.filter(url => /\/src\/(policy|decision|input|cluster|kube)\//.test(url))).toEqual([]);
    expect(loaded.length).toBeGreaterThan(5);
  });
});

describe('kubectl cofferdam', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cofferdam-kubectl-'));
    // npm links it by a name that ends in no .ts; what runs that is a script, as the source is not executable.
    mkdirSync(join(folder, 'js'));
    mkdirSync(join(folder, 'bin'));
    symlinkSync(MAIN, join(folder, 'js/kubectl-cofferdam'));
    const script = join(folder, 'bin/kubectl-cofferdam');
    writeFileSync(script, `#!/bin/sh\nexec '${process.execPath}' '${folder}/js/kubectl-cofferdam' "$@"\n`);
    chmodSync(script, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const env = () => ({ ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}` });
  const plugin = (program: string, ...argv: string[]) =>
    spawnSync(program, argv, { env: env(), encoding: 'utf8', input: '' });
  /** kubectl finds it on PATH; it is asked itself where there is one. */
  const ways: readonly (readonly string[])[] = [
    ['kubectl-cofferdam'],
    ...(spawnSync('kubectl', ['version', '--client']).status === 0 ? [['kubectl', 'cofferdam']] : []),
  ];

  it('is a program of the package', () => {
    expect(pkg.bin['kubectl-cofferdam']).toBe(pkg.bin.cofferdam);
  });

  it.each(ways)('is called so in usage: by %s %s', (program, ...before) => {
    const { status, stdout } = plugin(program as string, ...before.filter(Boolean), 'version', '--help');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: kubectl cofferdam version \[options\]\n/);
    const wrong = plugin(program as string, ...before.filter(Boolean), 'version', '--ouput', 'x');
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('Run "kubectl cofferdam version --help" for usage.\n');
  });

  it.each(ways)('answers as cofferdam does: by %s %s', (program, ...before) => {
    const { status, stdout } = plugin(program as string, ...before.filter(Boolean), '--version');
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${pkg.version}\n` });
  });
});
