import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cofferdam } from './stranger.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-export-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('writes for gVisor where no runtime is named, each runtime once, in the order given', async () => {
  const classes = async (...argv: string[]): Promise<string[]> => {
    const { out } = await cofferdam(['export', 'runtimeclasses', ...argv]);
    return [...out.matchAll(/^ {2}name: (.*)$/gm)].map(([, name]) => name ?? '');
  };
  expect(await classes()).toEqual(['gvisor']);
  expect(await classes('--runtime', 'kata-qemu', '--runtime', 'gvisor', '--runtime', 'kata-qemu')).toEqual([
    'kata-qemu',
    'gvisor',
  ]);
});

it('writes a file, and over it only what it holds already', async () => {
  const file = join(folder, 'gvisor.toml');
  const argv = ['export', 'containerd', '--output-file', file];
  expect(await cofferdam(argv)).toEqual({ code: 0, out: '', err: '' });
  const { out } = await cofferdam(['export', 'containerd', '--output-file', '-']);
  expect(await readFile(file, 'utf8')).toBe(out);
  expect((await cofferdam(argv)).code).toBe(0);

  await writeFile(file, 'version = 3\n');
  expect(await cofferdam(argv)).toEqual({
    code: 2,
    out: '',
    err: `error: ${file} holds something else\nMerge the two by hand, or overwrite the file with --force.\n`,
  });
  expect(await readFile(file, 'utf8')).toBe('version = 3\n');
  expect((await cofferdam([...argv, '--force'])).code).toBe(0);
  expect(await readFile(file, 'utf8')).toBe(out);
});

it('takes no -o, which elsewhere is a format: it would write a file named yaml', async () => {
  const { code, err } = await cofferdam(['export', 'runsc', '-o', 'yaml']);
  expect(code).toBe(2);
  expect(err).toMatch(/^error: unknown option '-o'\n/);
});

it('says why a file cannot be written', async () => {
  const file = join(folder, 'no', 'runsc.toml');
  expect(await cofferdam(['export', 'runsc', '--output-file', file])).toEqual({
    code: 2,
    out: '',
    err: `error: cannot write ${file}: there is no such folder\nCheck that its folder exists and can be written to.\n`,
  });
});

it.each([
  [
    ['crio', '--runtime', 'kata-fc'],
    `error: option '--runtime <name>' argument 'kata-fc' is invalid. It needs containerd's devmapper snapshotter.\nRun "cofferdam export crio --help" for usage.\n`,
  ],
  [
    ['docker', '--runtime', 'kata'],
    `error: option '--runtime <name>' argument 'kata' is invalid. Allowed choices are gvisor, kata-qemu-runtime-rs, kata-clh-runtime-rs, kata-dragonball, kata-qemu, kata-clh.\nRun "cofferdam export docker --help" for usage.\n`,
  ],
  [
    ['containerd', '--containerd-version', '1'],
    `error: option '--containerd-version <number>' argument '1' is invalid. Allowed choices are 2, 3.\nRun "cofferdam export containerd --help" for usage.\n`,
  ],
  [
    ['dokcer'],
    `error: unknown command 'dokcer'\n(Did you mean docker?)\nRun "cofferdam export --help" for usage.\n`,
  ],
])('refuses, with one line and a hint: export %j', async (argv, err) => {
  expect(await cofferdam(['export', ...argv])).toEqual({ code: 2, out: '', err });
});
