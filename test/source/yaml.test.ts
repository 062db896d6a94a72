import { describe, expect, it } from 'vitest';
import { readDocuments } from '../../src/source/yaml.ts';

const read = (text: string) => readDocuments(text, 'a.yaml');
const value = (text: string): unknown => {
  const { documents, problems } = read(text);
  expect(problems).toEqual([]);
  return documents[0]?.value;
};
/** Line and message of each problem. */
const complaints = (text: string) =>
  read(text).problems.map(problem => `${problem.position.line}: ${problem.message}`);

describe('documents', () => {
  it('come in order, with the line of their first key', () => {
    const { documents } = read('# head\n---\n\na: 1\n---\n---\n# nothing\n---\nnull\n---\nb: 2\n...\n');
    expect(documents.map(document => [document.value, document.position])).toEqual([
      [{ a: 1 }, { file: 'a.yaml', line: 4 }],
      [{ b: 2 }, { file: 'a.yaml', line: 11 }],
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
    expect(documents[0]?.positionOf(path)).toEqual({ file: 'a.yaml', line });
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
    ['-0', 0],
    ['1e3', 1000],
    ['+.5', 0.5],
    ['.5_0', '.5_0'],
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
    expect(value(text)).toMatchObject({ c: { x: 1, z: 1 }, d: { x: 3, y: 1 }, e: { x: 2, y: 1 } });
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

describe('problems', () => {
  it('say where, what and what to do', () => {
    expect(read('a: 1\nb:\n  - c: 2\n    c: 3\n').problems).toEqual([
      {
        severity: 'error',
        position: { file: 'a.yaml', line: 4 },
        path: '',
        message: 'the key c is set twice',
        fix: 'Keep one; the other would be lost silently.',
      },
    ]);
  });

  it.each([
    ['bypass 19: a duplicate key', 'a: 1\na: 1', '2: the key a is set twice'],
    ['bypass 19: a duplicate key in other quotes', 'a: 1\n"a": 1', '2: the key a is set twice'],
    ['bypass 19: a duplicate key in JSON', '{"a": 1,\n "a": 2}', '2: the key a is set twice'],
    ['bypass 19: a duplicate key by type', 'yes: 1\ntrue: 1', '2: the key true is set twice'],
    [
      'an unclosed list',
      'a: [1, 2\nb: 3',
      '2: not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a tab', 'a:\n\t- b', '2: not valid YAML: tabs are not allowed as indentation'],
    ['a binary', 'a: 1\nb: !!binary xx', '2: a YAML tag, which Kubernetes manifests do not use'],
    ['a tag of its own', 'a: !include b', '1: a YAML tag, which Kubernetes manifests do not use'],
    ['an unknown anchor', 'a: *b', '1: no anchor b above this alias'],
    ['a list in itself', 'a: &a\n  - *a', '2: the anchor a holds itself'],
    ['a key that is a list', '? [a]\n: 1', '1: a key that is no string'],
    ['a key that is null', 'null: 1', '1: a key that is no string'],
    ['a merge of a text', 'a: 1\n<<: b', '2: a merge key (<<) whose value is no map'],
    ['infinity', 'a: .inf', '1: .inf is no number that JSON can hold'],
  ])('%s', (_, text, complaint) => {
    expect(complaints(text)).toEqual([complaint]);
  });
});

describe('bypass 18: a flood', () => {
  const deep = '1: nested more than 200 levels deep';
  it.each([
    ['lists', '['.repeat(100_000), deep],
    ['maps', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, deep],
    ['indents', `${'- '.repeat(10_000)}a`, deep],
    ['levels just above the limit', `${'['.repeat(202)}${']'.repeat(202)}`, deep],
  ])('of %s is refused', (_, text, complaint) => {
    expect(complaints(text)).toEqual([complaint]);
  });

  it('of levels below the limit is read', () => {
    expect(complaints(`${'['.repeat(199)}${']'.repeat(199)}`)).toEqual([]);
  });

  it('of aliases is refused', () => {
    const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
    for (let i = 1; i < 9; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join()}]`,
      );
    expect(complaints(lines.join('\n'))).toEqual(['6: more than 400000 values once aliases are written out']);
  });

  it('of text is refused unread', () => {
    expect(read('a'.repeat(64 * 1024 * 1024 + 1)).problems).toEqual([
      {
        severity: 'error',
        position: { file: 'a.yaml' },
        path: '',
        message: 'larger than 64 MiB',
        fix: 'Split the file.',
      },
    ]);
  });

  it('of keys takes time in proportion', () => {
    const keys = (count: number) => Array.from({ length: count }, (_, i) => `k${i}: 1`).join('\n');
    const time = (text: string) => {
      const start = performance.now();
      read(text);
      return performance.now() - start;
    };
    time(keys(4000));
    // Quadratic would be 64 times.
    expect(time(keys(32_000)) / time(keys(4000))).toBeLessThan(30);
  });
});
