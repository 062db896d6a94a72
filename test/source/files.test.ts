import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSources } from '../../src/source/files.ts';

let folder = '';
const at = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
  await mkdir(at('tree', 'b'), { recursive: true });
  await mkdir(at('tree', '..data'));
  await mkdir(at('empty'));
  await writeFile(at('tree', 'c.yaml'), 'c: 1');
  await writeFile(at('tree', 'a.yml'), 'a: 1\n---\na: 2');
  await writeFile(at('tree', 'b', 'z.json'), '{"b": 1}');
  await writeFile(at('tree', 'notes.txt'), 'not: read');
  await writeFile(at('tree', '..data', 'c.yaml'), 'twice: 1');
  await writeFile(at('latin'), Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
  await symlink(at('tree', 'c.yaml'), at('tree', 'd.yaml'));
  await symlink(at('tree'), at('tree', 'loop'));
});
afterAll(() => rm(folder, { recursive: true }));

async function* stream(...chunks: (string | Uint8Array)[]) {
  yield* chunks;
}
const read = (...paths: string[]) => readSources(paths, stream());

describe('readSources', () => {
  it('reads a folder by name, with its folders, and passes over what is hidden or no manifest', async () => {
    const { documents, problems } = await read(at('tree'));
    expect(problems).toEqual([]);
    expect(documents.map(document => [document.position.file, document.value])).toEqual([
      [at('tree', 'a.yml'), { a: 1 }],
      [at('tree', 'a.yml'), { a: 2 }],
      [at('tree', 'b', 'z.json'), { b: 1 }],
      [at('tree', 'c.yaml'), { c: 1 }],
      [at('tree', 'd.yaml'), { c: 1 }],
    ]);
  });

  it('reads a file whatever its name, and paths in the order given', async () => {
    const { documents } = await read(at('tree', 'notes.txt'), at('tree', 'c.yaml'));
    expect(documents.map(document => document.value)).toEqual([{ not: 'read' }, { c: 1 }]);
  });

  it('reads standard input, also where a character is split between chunks', async () => {
    const [first, second] = [Uint8Array.from([0x61, 0x3a, 0x20, 0xc3]), Uint8Array.from([0xa9])];
    const { documents } = await readSources(['-'], stream(first, second));
    expect(documents.map(document => [document.position, document.value])).toEqual([
      [{ file: '-', line: 1, column: 1 }, { a: 'é' }],
    ]);
  });

  it.each([
    ['a missing file', 'nowhere.yaml', 'no such file or folder', 'Check the path.'],
    [
      'a folder without manifests',
      'empty',
      'no file ends in .yaml, .yml, .json',
      'Name a folder that holds such files.',
    ],
    ['another encoding', 'latin', 'not UTF-8 text', 'Save the file as UTF-8.'],
  ])('tells of %s and reads the rest', async (_, name, message, fix) => {
    const { documents, problems } = await read(at(name), at('tree', 'c.yaml'));
    expect(problems).toEqual([{ severity: 'error', position: { file: at(name) }, path: '', message, fix }]);
    expect(documents.map(document => document.value)).toEqual([{ c: 1 }]);
  });

  it.each([
    ['EACCES', 'permission denied'],
    ['EIO', 'cannot be read: EIO'],
  ])('puts %s in words', async (code, message) => {
    const fail = () => Promise.reject(Object.assign(new Error(), { code }));
    const { problems } = await readSources(['x'], stream(), { stat: fail, readFile: fail, readdir: fail });
    expect(problems.map(problem => problem.message)).toEqual([message]);
  });
});
