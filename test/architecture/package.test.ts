import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-package-'));
  for (const name of ['package.json', '.npmrc', 'tsconfig.json', 'tsconfig.build.json'])
    cpSync(name, join(folder, name));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), 'export {};\n');
}

/** What would be packed of dist, after the build that packing begins with. */
function packedOfDist(): { path: string; mode: number }[] {
  const json = execFileSync('npm', ['pack', '--dry-run', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [packed] = JSON.parse(json) as { files: { path: string; mode: number }[] }[];
  return (packed?.files ?? []).filter(({ path }) => path.startsWith('dist/'));
}

it('packs what has a source, and nothing that an earlier build left', () => {
  for (const path of ['src/main.ts', 'src/cli/run.ts', 'dist/cli/gone.js', 'dist/bundle/main.js'])
    write(path);
  expect(
    packedOfDist()
      .map(({ path, mode }) => `${path} ${(mode & 0o777).toString(8)}`)
      .sort(),
  ).toEqual(['dist/cli/run.js 644', 'dist/main.js 755']);
});
