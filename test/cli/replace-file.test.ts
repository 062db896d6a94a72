import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { replaceFile } from '../../src/cli/explain/write.ts';

const refusal = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
const NEW = Buffer.from('new');

let file: string;
beforeEach(async () => {
  file = join(await fs.mkdtemp(join(tmpdir(), 'cofferdam-')), 'web.yaml');
  await fs.writeFile(file, 'old', { mode: 0o640 });
});
afterEach(() => fs.rm(dirname(file), { recursive: true }));

it('keeps whose a file is, and who may read it', async () => {
  const { uid, gid, mode } = await fs.stat(file);
  const owners: [number, number][] = [];
  const chown: typeof fs.chown = async (path, ...owner) => {
    owners.push(owner);
    await fs.chown(path, ...owner);
  };
  await replaceFile(file, NEW, { ...fs, chown });
  expect(await fs.readFile(file, 'utf8')).toBe('new');
  expect(owners).toEqual([[uid, gid]]);
  expect((await fs.stat(file)).mode).toBe(mode);
});

it('leaves a file alone that may not be written to, in a folder that may', async () => {
  const access = () => refusal('EACCES');
  await expect(replaceFile(file, NEW, { ...fs, access })).rejects.toThrow(
    `cannot write ${file}: permission denied`,
  );
  expect(await fs.readFile(file, 'utf8')).toBe('old');
});

it('writes over a file of somebody else, which would be ours if it were replaced', async () => {
  const { ino } = await fs.stat(file);
  await replaceFile(file, NEW, { ...fs, chown: () => refusal('EPERM') });
  expect(await fs.readFile(file, 'utf8')).toBe('new');
  expect((await fs.stat(file)).ino).toBe(ino);
});

it.each(['writeFile', 'chmod', 'rename'] as const)('leaves nothing beside it where %s fails', async name => {
  await expect(replaceFile(file, NEW, { ...fs, [name]: () => refusal('ENOSPC') })).rejects.toThrow(
    'there is no room left',
  );
  expect(await fs.readdir(dirname(file))).toEqual(['web.yaml']);
  expect(await fs.readFile(file, 'utf8')).toBe('old');
});
