import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = '#!/usr/bin/env node\nconsole.log(process.argv.slice(2).join());\n';

let folder: string;
/** The checkout as far as building goes, with a program that compiles in no time. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-'));
  for (const file of ['package.json', '.npmrc', 'tsconfig.json', 'tsconfig.build.json'])
    cpSync(join(ROOT, file), join(folder, file));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src/main.ts'), MAIN);
  mkdirSync(join(folder, 'node_modules'));
  for (const types of ['@types', 'undici-types'])
    symlinkSync(join(ROOT, 'node_modules', types), join(folder, 'node_modules', types));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (program: string, ...argv: readonly string[]): string =>
  execFileSync(program, argv, {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
      npm_config_cache: join(folder, 'cache'),
    },
  });

it('can be run by npx after each build: npm makes the program executable only where it links it', () => {
  for (const time of ['first', 'second']) {
    run('npm', 'run', '--silent', 'build');
    expect(run('npx', '--no-install', 'cofferdam', 'version', time)).toBe(`version,${time}\n`);
  }
}, 120_000);
