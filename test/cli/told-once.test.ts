import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/report/review/index.ts';
import { podText } from '../support/manifests.ts';
import { writeFiles } from '../support/write-files.ts';
import { validate } from './review-schema.ts';
import { cofferdam } from './stranger.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
});
afterEach(() => rm(folder, { recursive: true }));

const pod = (name: string, spec: string): string => podText(name, { spec });
const MISSPELT = 'runtimeClassName: gvisr';
const write = (count: number): Promise<void> =>
  writeFiles(
    folder,
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`${String(i).padStart(4, '0')}.yaml`, pod(`p${i}`, MISSPELT)]),
    ),
  );
const review = async (...argv: readonly string[]) => {
  const { out, err, code } = await cofferdam(['review', folder, ...argv]);
  return { out: out.replaceAll(`${folder}/`, ''), err: err.replaceAll(`${folder}/`, ''), code };
};

const MESSAGE = 'found RuntimeClass "gvisr"';
const MORE = 'The same in 49 more places: 0001.yaml:4, 0002.yaml:4, 0003.yaml:4 and 46 more.';

describe('one mistake in many files', () => {
  it('is told once, with how many there are and the first of them, where a terminal is', async () => {
    await write(50);
    const { code, out, err } = await review();
    expect(code).toBe(2);
    expect(err.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(
        /^0000\.yaml:4: error: Pod\/p0: spec\.runtimeClassName: found RuntimeClass "gvisr"/,
      ),
      `  ${MORE}`,
    ]);
    expect(err.split(MESSAGE)).toHaveLength(2);
    expect(out).toContain('50 problems: not everything was judged.');
  });

  const others = Object.keys(FORMATS).filter(format => !['table', 'json'].includes(format));

  it.each(others)('%s has it once', async format => {
    await write(50);
    const { out } = await review('-o', format);
    // Each format writes quotes in its own way.
    const shown = out.replaceAll('&quot;', '"').replaceAll('\\"', '"');
    expect(shown.split(MESSAGE)).toHaveLength(2);
    expect(shown).toContain(MORE);
  });

  it('json has it once, with all places', async () => {
    await write(50);
    const document = JSON.parse((await review('-o', 'json')).out);
    expect(validate(document) || validate.errors).toBe(true);
    expect(document.problems).toHaveLength(1);
    expect(document.problems[0]).toMatchObject({ source: '0000.yaml', line: 4 });
    expect(document.problems[0].also).toEqual(
      Array.from({ length: 49 }, (_, i) => ({ source: `${String(i + 1).padStart(4, '0')}.yaml`, line: 4 })),
    );
  });

  it('is told for each of three, whose places are worth more than a line', async () => {
    await write(3);
    expect((await review()).err.split(MESSAGE)).toHaveLength(4);
  });

  it('is told apart from another in the same files', async () => {
    await write(4);
    await writeFiles(folder, {
      'a.yaml': pod('b', 'hostPID: text'),
      'b.yaml': pod('c', 'runtimeClassName: kta'),
    });
    const { err } = await review();
    expect(err.match(/: error: /g)).toHaveLength(3);
    expect(err).toContain('spec.hostPID');
    expect(err).toContain('"kta"');
  });

  it('leaves each of the files out of a baseline that is renewed', async () => {
    const known = join(folder, '..', `${folder.split('/').at(-1)}.json`);
    await writeFiles(
      folder,
      Object.fromEntries([0, 1, 2, 3, 4].map(i => [`${i}.yaml`, pod(`p${i}`, 'hostPID: true')])),
    );
    await review('--write-baseline', known);
    const before = await readFile(known, 'utf8');
    await writeFiles(
      folder,
      Object.fromEntries([0, 1, 2, 3].map(i => [`${i}.yaml`, pod(`p${i}`, MISSPELT)])),
    );
    const { out } = await review('--baseline', known, '-o', 'json');
    // They were not judged, so what is known of them is not gone.
    expect(JSON.parse(out).baseline).toMatchObject({ known: 1, gone: [] });
    expect(await readFile(known, 'utf8')).toBe(before);
    await rm(known);
  });
});

describe('two outputs to one file', () => {
  const at = (name: string): string => join(folder, name);

  it.each([
    ['of one format', ['-o', 'json=A', '-o', 'json=A'], 'A is named by "-o json" twice'],
    ['of two formats', ['-o', 'json=A', '-o', 'sarif=A'], 'A is named by "-o json" and "-o sarif"'],
    ['spelt otherwise', ['-o', 'json=A', '-o', 'sarif=./A'], './A is named by "-o json" and "-o sarif"'],
    ['and a baseline', ['-o', 'json=A', '--baseline', 'A'], 'A is named by "-o json" and "--baseline"'],
    [
      'and a new one',
      ['-o', 'json=A', '--write-baseline', 'A'],
      'A is named by "-o json" and "--write-baseline"',
    ],
  ])('%s are an error, and neither is written', async (_, argv, message) => {
    await write(1);
    const name = `out-${process.pid}-${_.length}.json`;
    const given = argv.map(word => word.replace('A', name));
    const { code, out, err } = await cofferdam(['review', at('0000.yaml'), ...given]);
    expect([code, out, err]).toEqual([
      2,
      '',
      `error: ${message.replace('A', name)}\nGive each a file of its own.\n`,
    ]);
    await expect(readFile(name)).rejects.toThrow('ENOENT');
  });

  it('are none where each has its own, whatever their formats, or where nothing is kept', async () => {
    await writeFiles(folder, { 'a.yaml': pod('a', '') });
    const argv = ['-o', `json=${at('1.json')}`, '-o', `json=${at('2.json')}`];
    const devices = ['-o', 'sarif=/dev/null', '-o', 'junit=/dev/null'];
    expect((await cofferdam(['review', at('a.yaml'), ...argv, ...devices])).code).toBe(0);
    expect(await readFile(at('1.json'), 'utf8')).toBe(await readFile(at('2.json'), 'utf8'));
  });

  it('may be the baseline that is read and renewed', async () => {
    await writeFiles(folder, { 'a.yaml': pod('a', 'hostPID: true') });
    const known = at('known.json');
    await cofferdam(['review', at('a.yaml'), '--write-baseline', known]);
    expect(
      (await cofferdam(['review', at('a.yaml'), '--baseline', known, '--write-baseline', known])).code,
    ).toBe(0);
  });
});
