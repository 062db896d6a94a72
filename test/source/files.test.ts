import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FileSystem, readSources } from '../../src/source/files/files.ts';

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
const manifests = (path: string, fs: FileSystem = {}) =>
  readSources([path], stream(), { of: 'manifests', fs });

describe('readSources', () => {
  it('reads a folder by name, with its folders, and passes over what is hidden, no manifest, or a link to what is read', async () => {
    const { documents, problems } = await read(at('tree'));
    expect(problems).toEqual([]);
    expect(documents.map(document => [document.position.file, document.value])).toEqual([
      [at('tree', 'a.yml'), { a: 1 }],
      [at('tree', 'a.yml'), { a: 2 }],
      [at('tree', 'b', 'z.json'), { b: 1 }],
      [at('tree', 'c.yaml'), { c: 1 }],
    ]);
  });

  it('reads a file whatever its name, and paths in the order given', async () => {
    const { documents } = await read(at('tree', 'notes.txt'), at('tree', 'c.yaml'));
    expect(documents.map(document => document.value)).toEqual([{ not: 'read' }, { c: 1 }]);
  });

  it.each([
    ['a file twice', ['tree/c.yaml', 'tree/./c.yaml'], ['tree/c.yaml']],
    ['a file by a link', ['tree/d.yaml', 'tree/c.yaml'], ['tree/d.yaml']],
    ['a file and its folder', ['tree/b/z.json', 'tree/b'], ['tree/b/z.json']],
    ['a folder and a file in it', ['tree/b', 'tree/b/z.json'], ['tree/b/z.json']],
    ['a folder twice', ['tree/b', 'tree/b/'], ['tree/b/z.json']],
    ['a folder and the one around it', ['tree/..data', 'tree/b', 'tree'], 4],
  ])('reads manifests once where several paths lead to them: %s', async (_, paths, files) => {
    const { documents } = await readSources(
      paths.map(path => `${folder}/${path}`),
      stream(),
      { of: 'manifests' },
    );
    const read = [...new Set(documents.map(({ position }) => relative(folder, position.file)))];
    expect(typeof files === 'number' ? read.length : read).toEqual(files);
    const values = documents.map(({ value }) => JSON.stringify(value));
    expect(new Set(values).size).toBe(values.length);
  });

  it('says of a file that is named what is wrong with it, also where its folder is named before', async () => {
    await writeFile(at('prose.yaml'), 'neither key: here');
    const of = 'manifests';
    const { documents } = await readSources([folder, at('prose.yaml')], stream(), { of });
    expect(documents.map(({ position }) => position.file)).toContain(at('prose.yaml'));
    await rm(at('prose.yaml'));
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
    const { problems } = await readSources(['x'], stream(), {
      fs: { stat: fail, readFile: fail, readdir: fail },
    });
    expect(problems.map(problem => problem.message)).toEqual([message]);
  });
});

describe('a tree of manifests', () => {
  let tree = '';
  const inTree = (...names: string[]) => join(tree, ...names);
  const files = async (path: string) =>
    (await manifests(path)).documents.map(({ position }) => relative(tree, position.file));

  beforeAll(async () => {
    tree = await mkdtemp(join(tmpdir(), 'cofferdam-'));
    const folders = ['.deploy/.inner', '.git', 'sub/.git', 'node_modules/x', 'apps', '..2026_11', 'away'];
    for (const name of folders) await mkdir(inTree(name), { recursive: true });
    for (const name of [...folders, '.deploy', 'sub']) await writeFile(inTree(name, 'a.yaml'), 'a: 1');
    await writeFile(inTree('.hidden.yaml'), 'a: 1');
    await writeFile(inTree('.yml'), 'a: 1');
    await symlink('..2026_11', inTree('..data'));
    await symlink('..data/a.yaml', inTree('mounted.yaml'));
    await symlink('node_modules/x/a.yaml', inTree('passed-over.yaml'));
    await symlink(inTree('apps'), inTree('apps', 'itself'));
  });
  afterAll(() => rm(tree, { recursive: true }));

  it('is read with what is hidden, but for .git and node_modules, and each file once', async () => {
    expect(await files(tree)).toEqual([
      '..2026_11/a.yaml',
      '.deploy/.inner/a.yaml',
      '.deploy/a.yaml',
      '.hidden.yaml',
      '.yml',
      'apps/a.yaml',
      'away/a.yaml',
      // The link to a file that is passed over by its own name.
      'passed-over.yaml',
      'sub/a.yaml',
    ]);
  });

  it('counts the links to folders that lie elsewhere, under whatever name', async () => {
    const linked = async (path: string) => (await manifests(path)).linked;
    await mkdir(inTree('links', 'own'), { recursive: true });
    await writeFile(inTree('links', 'own', 'a.yaml'), 'a: 1');
    await symlink('own', inTree('links', 'by-its-own-name'));
    await symlink('nowhere', inTree('links', 'dangling'));
    await symlink('../apps', inTree('links', 'node_modules'));
    expect(await linked(inTree('links'))).toBe(0);

    await symlink('../apps', inTree('links', 'shared'));
    await symlink('../apps', inTree('links', 'shared.yaml'));
    await symlink('..', inTree('links', 'own', 'above'));
    await symlink('../..', inTree('links', 'own', 'further-above'));
    expect(await linked(inTree('links'))).toBe(3);
    expect(await linked(tree)).toBe(0);
    await symlink('links', inTree('links-by-a-link'));
    expect(await linked(inTree('links-by-a-link'))).toBe(3);
    await rm(inTree('links'), { recursive: true });
    await rm(inTree('links-by-a-link'));
  });

  it('is named as it was given, with and without a slash', async () => {
    const given = relative('.', inTree('apps'));
    for (const path of [given, `${given}/`, `./${given}`])
      expect((await manifests(path)).files).toEqual([join(given, 'a.yaml')]);
  });

  it('tells of what it counts once, where it does not look like a manifest', async () => {
    const folder = inTree('mixed');
    await mkdir(folder);
    await writeFile(join(folder, 'playbook.yaml'), '- hosts: all\n  tasks: {{ x }}\n');
    await writeFile(join(folder, 'cut-short.json'), '{"a": ');
    await writeFile(join(folder, 'image.json'), Buffer.from([0xff, 0xd8, 0xff]));
    await writeFile(join(folder, 'twice.yaml'), 'apiVersion: v1\nkind: Pod\n1: a\n"1": b\n');
    await writeFile(join(folder, 'infinite.json'), '{"kind": "Pod", "apiVersion": "v1", "a": 1e999}');
    const { unrelated, problems } = await manifests(folder);
    expect(unrelated).toBe(3);
    expect(problems.map(({ position, message }) => [relative(folder, position.file), message])).toEqual([
      ['infinite.json', '1e999 is larger than any number that kubectl reads'],
      ['twice.yaml', expect.stringContaining('the key 1 is set twice')],
    ]);
  });

  it('is settings where nothing else is said: hidden names are passed over, and what is broken is told', async () => {
    const { documents } = await read(tree);
    expect(
      documents.map(({ position }) => relative(tree, position.file)).filter(file => file.startsWith('.')),
    ).toEqual([]);
    expect((await read(inTree('mixed'))).problems).toHaveLength(5);
  });

  it('loses a folder that cannot be read alone, by its name', async () => {
    const fs: FileSystem = {
      readdir: async (path, options) => {
        if (String(path) === inTree('.deploy')) throw Object.assign(new Error(), { code: 'EACCES' });
        return readdir(path, options);
      },
    };
    const { documents, problems } = await manifests(tree, fs);
    expect(problems.filter(({ position }) => !position.file.includes('mixed'))).toEqual([
      {
        severity: 'error',
        position: { file: inTree('.deploy') },
        path: '',
        message: 'permission denied',
        fix: 'Run it as somebody who may read it.',
      },
    ]);
    expect(documents.length).toBeGreaterThan(5);
  });
});

describe('odd names', () => {
  let odd = '';
  const inOdd = (...names: string[]) => join(odd, ...names);
  const told = async () =>
    (await manifests(odd)).problems.map(({ severity, position, message, fix }) => [
      severity,
      relative(odd, position.file),
      message,
      fix,
    ]);
  beforeEach(async () => {
    odd = await mkdtemp(join(tmpdir(), 'cofferdam-'));
  });
  afterEach(() => rm(odd, { recursive: true }));

  it('links that lead nowhere say where to', async () => {
    await symlink('gone.yaml', inOdd('a.yaml'));
    await symlink('b.yaml', inOdd('b.yaml'));
    expect(await told()).toEqual([
      ['error', 'a.yaml', 'a link to gone.yaml, which is not there', 'Mend the link, or remove it.'],
      ['error', 'b.yaml', 'a link that leads back to itself', 'Mend the link, or remove it.'],
    ]);
  });

  it('a file that went away while the folder was read is no dangling link', async () => {
    await writeFile(inOdd('a.yaml'), 'a: 1');
    const fs: FileSystem = { readFile: () => Promise.reject(Object.assign(new Error(), { code: 'ENOENT' })) };
    const { problems } = await manifests(odd, fs);
    expect(problems.map(({ message }) => message)).toEqual(['no such file or folder']);
  });

  it('pipes and sockets say what they are, and are not waited for', async () => {
    execFileSync('mkfifo', [inOdd('p.yaml')]);
    const server = createServer().listen(inOdd('s.json'));
    await once(server, 'listening');
    try {
      expect(await told()).toEqual([
        [
          'warning',
          'p.yaml',
          'a pipe, which a walk through a folder does not wait for',
          'Name it to have it read.',
        ],
        ['warning', 's.json', 'a socket, expected a file', 'Name it to have it read.'],
      ]);
    } finally {
      server.close();
    }
  });

  it('links to them, and patterns that are one, are not waited for either', async () => {
    execFileSync('mkfifo', [inOdd('pipe'), inOdd('.cofferdamignore')]);
    await symlink('pipe', inOdd('l.yaml'));
    expect(await told()).toEqual([
      [
        'error',
        '.cofferdamignore',
        'a pipe, socket or device, expected a file',
        'Make it a file, or use --no-ignore.',
      ],
      [
        'warning',
        'l.yaml',
        'a link to a pipe, a socket or a device, expected one to a file',
        'Name it to have it read.',
      ],
    ]);
  });

  it('folders with the name of a file are folders', async () => {
    await mkdir(inOdd('dir.yaml'));
    await writeFile(inOdd('dir.yaml', 'a.yaml'), 'a: 1');
    expect((await manifests(odd)).files).toEqual([inOdd('dir.yaml', 'a.yaml')]);
  });

  it.each([
    ['a line break', Buffer.from('a\nb.yaml'), 'a\nb.yaml'],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0xe9, 0x2e, 0x79, 0x6d, 0x6c]), 'a\\xe9.yml'],
    ['a character of its own width', Buffer.from('größe.json'), 'größe.json'],
    ['an option', Buffer.from('-f.yaml'), '-f.yaml'],
  ])('names with %s are read', async (_, name, shown) => {
    await writeFile(Buffer.concat([Buffer.from(`${odd}/`), name]), '{"a": 1}');
    const { documents, problems } = await manifests(odd);
    expect(problems).toEqual([]);
    expect(documents.map(({ position }) => position.file)).toEqual([inOdd(shown)]);
  });

  it('a file on the way says so', async () => {
    await writeFile(inOdd('a.yaml'), 'a: 1');
    const { problems } = await read(inOdd('a.yaml', 'b.yaml'));
    expect(problems.map(({ message }) => message)).toEqual([
      'no such file or folder: a part of the path is a file',
    ]);
  });
});

describe('what is too large', () => {
  const larger = 64 * 1024 * 1024 + 1;
  const told = ({ problems }: { problems: readonly { message: string }[] }) =>
    problems.map(({ message }) => message);

  it('is not read where its size is known', async () => {
    const fs: FileSystem = {
      stat: async () => ({ isDirectory: () => false, isFile: () => true, size: larger }),
      readFile: () => Promise.reject(new Error('it was read')),
    };
    expect(told(await readSources(['x'], stream(), { fs }))).toEqual(['larger than 64 MiB']);
  });

  it('is not read to its end where it has none', async () => {
    expect(told(await readSources(['/dev/zero'], stream()))).toEqual(['larger than 64 MiB']);
    async function* endless() {
      for (;;) yield Buffer.alloc(1024 * 1024);
    }
    expect(told(await readSources(['-'], endless()))).toEqual(['larger than 64 MiB']);
  });

  it('is one thing, and what is beside it another', async () => {
    const { documents } = await readSources(['/dev/zero', at('tree', 'c.yaml')], stream());
    expect(documents.map(({ value }) => value)).toEqual([{ c: 1 }]);
  });
});

describe('encodings', () => {
  const text = 'a: é€😀\n';
  const le = Buffer.from(`\ufeff${text}`, 'utf16le');
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, as Windows PowerShell writes it', le],
    ['UTF-16, big end first', Buffer.from(le).swap16()],
  ])('%s is read, as kubectl reads it', async (_, bytes) => {
    const { documents, problems } = await readSources(['-'], stream(bytes));
    expect(problems).toEqual([]);
    expect(documents.map(({ value }) => value)).toEqual([{ a: 'é€😀' }]);
  });

  it('half a character of UTF-16 is told', async () => {
    const { problems } = await readSources(['-'], stream(le.subarray(0, le.length - 1)));
    expect(problems.map(({ message }) => message)).toEqual(['not UTF-8 text']);
  });
});
