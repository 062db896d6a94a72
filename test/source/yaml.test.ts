import { describe, expect, it } from 'vitest';
import { readDocuments } from '../../src/source/yaml/yaml.ts';

const read = (text: string) => readDocuments(text, 'a.yaml');
const value = (text: string): unknown => {
  const { documents, problems } = read(text);
  expect(problems).toEqual([]);
  return documents[0]?.value;
};
describe('documents', () => {
  it('come in order, with the line of their first key', () => {
    const { documents } = read('# head\n---\n\na: 1\n---\n---\n# nothing\n---\nnull\n---\nb: 2\n...\n');
    expect(documents.map(document => [document.value, document.position])).toEqual([
      [{ a: 1 }, { file: 'a.yaml', line: 4, column: 1 }],
      [{ b: 2 }, { file: 'a.yaml', line: 11, column: 1 }],
    ]);
  });

  it.each([
    ['nothing', ''],
    ['blanks and comments', '\n# a\n\n'],
    ['empty documents', '---\n---\n~\n'],
  ])('are none in %s', (_, text) => {
    expect(read(text)).toEqual({ documents: [], problems: [] });
  });

  it('may be JSON, with tabs and escapes', () => {
    expect(value('\t{\n\t"a":\t[1, true, null],\n\t"b": "\\ud83d\\ude00\\/"\n}')).toEqual({
      a: [1, true, null],
      b: '😀/',
    });
  });

  it('may start with a byte order mark and end lines as Windows does', () => {
    expect(value('\ufeffa: 1\r\nb: 2\r\n')).toEqual({ a: 1, b: 2 });
  });

  it('keep the others when one is broken', () => {
    const { documents, problems } = read('a: 1\n---\nb: [\n---\nc: 1\n');
    expect(documents.map(document => document.value)).toEqual([{ a: 1 }, { c: 1 }]);
    expect(problems).toHaveLength(1);
  });
});

describe('positions', () => {
  const { documents } = read(
    ['a:', '  - b: 1', '    c.d: 2', '  - x', 'e: &e', '  f: 3', 'g:', '  <<: *e', '  h: 4'].join('\n'),
  );
  it.each([
    [[], 1],
    [['a'], 1],
    [['a', 0, 'b'], 2],
    [['a', 0, 'c.d'], 3],
    [['a', 1], 4],
    [['a', 7], 1],
    [['a', 0, 'z', 'y'], 2],
    [['e', 'f', 'deeper'], 6],
    [['g', 'f'], 6],
    [['g', 'h'], 9],
    [['__proto__'], 1],
  ])('of %j is line %i', (path, line) => {
    expect(documents[0]?.positionOf(path)).toMatchObject({ file: 'a.yaml', line });
  });

  it('have a column', () => {
    expect(read('a: {b: 1, c: 2}\n').documents[0]?.positionOf(['a', 'c']).column).toBe(11);
  });
});

describe('what was written', () => {
  const [document] = read('a: [on, 0x10, {y: NO}]\nb: true\nc: text\nd: "on"\ne: 1.50\n').documents;

  it.each([
    [['a', 0], 'on'],
    [['a', 1], '0x10'],
    [['a', 2, 'true'], 'NO'],
    [['e'], '1.50'],
    [['b'], undefined],
    [['c'], undefined],
    [['d'], undefined],
    [['a', 9, 'b'], undefined],
    [[], undefined],
  ])('at %j is %s', (path, text) => {
    expect(document?.writtenAt?.(path)).toBe(text);
  });
});

describe('what kubectl makes of it (sigs.k8s.io/yaml)', () => {
  it.each([
    ['yes', true],
    ['On', true],
    ['y', true],
    ['NO', false],
    ['off', false],
    ['tRue', 'tRue'],
    ['"yes"', 'yes'],
    ['Null', null],
    ['~', null],
    ['', null],
    ['0755', 493],
    ['0o17', 15],
    ['0x1F', 31],
    ['-0b11', -3],
    ['1_000', 1000],
    ['09', 9],
    ['0xFFFFFFFFFFFFFFFF', 2 ** 64],
    ['0x10000000000000000', '0x10000000000000000'],
    ['+0xFFFFFFFFFFFFFFFF', '+0xFFFFFFFFFFFFFFFF'],
    ['-0x8000000000000000', -(2 ** 63)],
    ['-0x8000000000000001', '-0x8000000000000001'],
    ['01777777777777777777777', 2 ** 64],
    ['02000000000000000000000', 2e21],
    ['18446744073709551616', 2 ** 64],
    ['-0', 0],
    ['1e3', 1000],
    ['+.5', 0.5],
    ['.5_0', 0.5],
    ['1.', 1],
    ['1e999', '1e999'],
    ['.', '.'],
    ['-', '-'],
    ['1:30', '1:30'],
    ['1.2.3', '1.2.3'],
    ['2027-03-01', '2027-03-01'],
    ['10Gi', '10Gi'],
    ['!!str 5', '5'],
  ])('%s is %j', (text, expected) => {
    // In a list, a lone hyphen would be another list.
    expect(value(`a: [${text === '-' ? '"-"' : text || 'null'}]`)).toEqual({ a: [expected] });
  });

  it('makes strings of keys', () => {
    expect(value('1: a\nyes: b\n0x10: c\n1.5: d')).toEqual({ '1': 'a', true: 'b', '16': 'c', '1.5': 'd' });
  });

  it('lets a merge key overwrite what stands above it, and be overwritten by what stands below', () => {
    const text =
      'a: &a {x: 1, z: 1}\nb: &b {x: 2}\nc: {x: 0, <<: *a}\nd: {<<: *a, x: 3}\ne: {<<: [*b, *a]}\n';
    expect(value(text)).toMatchObject({ c: { x: 1, z: 1 }, d: { x: 3, z: 1 }, e: { x: 2, z: 1 } });
  });

  it('merges only a key that is plain', () => {
    expect(value('a: &a {x: 1}\nb: {"<<": *a}\nc: {!!str <<: *a}\nd: {! <<: *a}\n')).toEqual({
      a: { x: 1 },
      b: { '<<': { x: 1 } },
      c: { '<<': { x: 1 } },
      d: { x: 1 },
    });
  });

  it('follows an alias to the value of an entry whose key has the same anchor', () => {
    expect(value('? &a false\n: &a true\nhostPID: *a\n')).toEqual({ false: true, hostPID: true });
  });

  it('keeps hostile keys as plain entries', () => {
    const read = value('__proto__: {polluted: 1}\nconstructor: 2\n') as object;
    expect(Object.entries(read)).toEqual([
      ['__proto__', { polluted: 1 }],
      ['constructor', 2],
    ]);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });
});

describe('what go-yaml takes, though YAML does not', () => {
  it.each([
    [
      'a text in quotes whose lines are not indented',
      'a:\n  b: "one\ntwo"\n  c: 1\n',
      { a: { b: 'one two', c: 1 } },
    ],
    ['the same in single quotes', "a:\n  - 'one\n\ntwo'\n  - c\n", { a: ['one\ntwo', 'c'] }],
    [
      'a list of one text, as many scripts are written',
      'a:\n  b: ["\n  x &&\n y\n  "]\n  c: 1\n',
      { a: { b: [' x && y '], c: 1 } },
    ],
    [
      'brackets that are not indented',
      'a:\n  b: {\nc: 1,\nd: [\n1\n]\n}\n  e: 2\n',
      { a: { b: { c: 1, d: [1] }, e: 2 } },
    ],
    ['plain text in them', 'a:\n  b: [x, y\nz]\n  c: 1\n', { a: { b: ['x', 'y z'], c: 1 } }],
    ['a comment between brackets at the start of a line', 'a: {b: c\n# d\n}\n', { a: { b: 'c' } }],
    ['a comment right behind a quote and a bracket', 'a: {b: "c"#d\n}#e\n', { a: { b: 'c' } }],
  ])('%s', (_, text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  it('a separator ends the document there, as for kubectl', () => {
    for (const open of ['"x', "'x", '[x', '{x: y']) {
      const { documents, problems } = read(`a:\n  b: ${open}\n--- # next\nc: 1\n`);
      expect(problems).toHaveLength(1);
      expect(
        documents.map(document => document.value).filter(one => JSON.stringify(one) !== '{"c":1}'),
      ).toEqual([]);
    }
  });

  it('a # within text is text', () => {
    expect(value('a: {b: c#d}\ne: "f"\n')).toEqual({ a: { b: 'c#d' }, e: 'f' });
  });
});
