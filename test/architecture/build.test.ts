import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cofferdam } from '../cli/stranger.ts';
import { NODE_FLAGS } from '../support/node-flags.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const COPIED = ['package.json', '.npmrc', 'rolldown.config.ts'];
const LINKED = ['scripts', 'src', 'policies', 'node_modules'];
/** Files that an earlier build, or a run of it, has left. */
const LEFT = ['dist/main.js', 'dist/bundle/gone.js', 'dist/bundle/compile-cache/kept'];

/** The checkout as far as building goes, built once, as packing begins with it. */
let folder: string;
/** The files of dist that would be packed: path and mode. */
let packed: readonly string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cofferdam-'));
  for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path));
  for (const path of LINKED) symlinkSync(join(ROOT, path), join(folder, path));
  for (const path of LEFT) write(path, 'export {};\n');
  const [{ files }] = JSON.parse(run('npm', 'pack', '--dry-run', '--json'));
  packed = (files as { path: string; mode: number }[])
    .filter(({ path }) => path.startsWith('dist/'))
    .map(({ path, mode }) => `${path} ${(mode & 0o777).toString(8)}`);
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const run = (program: string, ...argv: readonly string[]): string =>
  execFileSync(program, argv, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...process.env,
      // Vitest sets it where coverage is counted, of what runs in it.
      NODE_DISABLE_COMPILE_CACHE: undefined,
      PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
      npm_config_cache: join(folder, 'cache'),
    },
  });

const built = (...path: readonly string[]): string => join(folder, 'dist/bundle', ...path);

it('packs the program, and nothing that an earlier build or a run of it left', () => {
  expect(packed).toContain('dist/bundle/main.js 755');
  expect(packed).toContain('dist/bundle/LICENSES.txt 644');
  const chunks = packed.filter(line => !/^dist\/bundle\/[\w-]+-[\w-]{8}\.js 644$/.test(line));
  expect(chunks).toHaveLength(2);
});

it('can be run by npx after each build: npm makes the program executable only where it links it', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const byNpx = (): string => run('npx', '--no-install', 'cofferdam', '--version');
  expect(byNpx()).toBe(`${version}\n`);
  run('node', 'scripts/bundle/build.ts');
  expect(byNpx()).toBe(`${version}\n`);
  expect(run(built('main.js'), '--version')).toBe(`${version}\n`);
}, 240_000);

it('keeps what Node has compiled beside the program, and there alone', () => {
  const kept = built('compile-cache');
  run(built('main.js'), '--version');
  expect(readdirSync(kept)).not.toEqual([]);
  rmSync(kept, { recursive: true });
  run(built('main.js'), '--version');
  expect(existsSync(kept)).toBe(false);
}, 120_000);

it('has no compiler of schemas: what they say was compiled as it was built', () => {
  const compiler = join(ROOT, 'node_modules/ajv/dist/compile');
  const MARK = 'strict mode: ';
  expect(readFileSync(join(compiler, 'util.js'), 'utf8')).toContain(MARK);
  const files = readdirSync(built()).filter(file => file.endsWith('.js'));
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter(file => readFileSync(built(file), 'utf8').includes(MARK))).toEqual([]);
});

it('says the same as the sources, of which the bundle has some worked out beforehand', async () => {
  const samples = join(ROOT, 'policies/samples');
  const settings = write('settings.yaml', 'failOn: nevr\nstrict: 1\ncluste: a\n');
  const baseline = write('baseline.json', '{"version": 1, "objects": [{"object": "Pod/a", "file": 1}]}');
  const lines = {
    '"verdict": "reject"': [join(ROOT, 'test/golden/inputs'), '--policy', 'strict', '-o', 'json'],
    'nevr is not one of reject, sandbox, never': ['--config', settings],
    'objects[0].verdict: verdict is missing': ['--baseline', baseline],
  };
  for (const [told, line] of Object.entries(lines)) {
    const argv = ['review', samples, ...line];
    const { out, err } = await cofferdam(argv);
    const { stdout, stderr } = spawnSync(process.execPath, [built('main.js'), ...argv], {
      encoding: 'utf8',
    });
    expect(stderr).toBe(err);
    expect(stdout).toBe(out);
    expect(out + err).toContain(told);
  }
}, 120_000);

it('is started by npm with the flags of Node that the image has', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  expect(NODE_FLAGS).not.toEqual([]);
  expect(scripts.start).toContain(`node ${NODE_FLAGS.join(' ')} dist/bundle/main.js serve`);
});
