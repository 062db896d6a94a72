import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { Alias, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { MAX_ENTRIES } from '../../src/source/limits.ts';
import { toPlain } from '../../src/source/yaml/convert.ts';
import { parseYaml } from '../../src/source/yaml/parse.ts';
import { Places } from '../../src/source/yaml/places.ts';
import { Repeats } from '../../src/source/yaml/repeats.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';
import { timesControl } from '../support/processor-time.ts';

const read = (text: string) => readDocuments(text, 'a.yaml');
/** Line and message of each problem. */
const complaints = (text: string) =>
  read(text).problems.map(problem => `${problem.position.line}: ${problem.message}`);

describe('problems', () => {
  it('say where, what and what to do', () => {
    expect(read('a: 1\nb:\n  - c: 2\n    c: 3\n').problems).toEqual([
      {
        severity: 'error',
        position: { file: 'a.yaml', line: 4, column: 5 },
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
    [
      'a document below dots alone',
      'a: 1\n...\nb: 2',
      '3: a document below "..." alone, which kubectl passes over',
    ],
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
    ['keys in keys', `${'{'.repeat(300)}a${': 1}'.repeat(300)}`, deep],
    ['indents', `${'- '.repeat(10_000)}a`, deep],
    ['levels just above the limit', `${'['.repeat(202)}${']'.repeat(202)}`, deep],
  ])('of %s is refused', (_, text, complaint) => {
    expect(complaints(text)).toEqual([complaint]);
  });

  it.each([
    ['lists', '['.repeat(1000)],
    ['maps that are closed', `${'{a: '.repeat(1000)}1${'}'.repeat(1000)}`],
    ['lists below a key', `a:\n  ${'- '.repeat(1000)}b`],
  ])('of levels of %s leaves the documents around it, where kubectl separates them', (_, flood) => {
    const { documents, problems } = read(`a: 1\n---\n${flood}\n---\nb: 2\n--- # next\nc: 3\n`);
    expect(documents.map(({ value, position }) => [value, position.line])).toEqual([
      [{ a: 1 }, 1],
      [{ b: 2 }, flood.includes('\n') ? 6 : 5],
      [{ c: 3 }, flood.includes('\n') ? 8 : 7],
    ]);
    expect(problems.map(({ message }) => message)).toEqual(['nested more than 200 levels deep']);
  });

  it('of words is given up before there is a tree of it, and the way out is said', () => {
    const { documents, problems } = read(`${'- a\n'.repeat(600_000)}---\nb: 1\n`);
    expect(documents.map(({ value }) => value)).toEqual([{ b: 1 }]);
    expect(problems).toMatchObject([
      {
        message: 'more than 1500000 words and signs in one document',
        fix: 'Make several documents of it, with --- between them, or give it as JSON (kubectl get -o json).',
      },
    ]);
  });

  it('of aliases is given up sooner, as their nodes are larger', () => {
    expect(complaints(`a: &a b\nc: [${'*a,'.repeat(380_000)}]`)).toEqual([
      '2: more than 1500000 words and signs in one document',
    ]);
  });

  it.each([
    ['closed', '"'],
    ['open', ''],
  ])('of one text in double quotes, %s, is given up before it is put together sign by sign', (_, end) => {
    const { documents, problems } = read(`a: 1\nb: "${'c'.repeat(9_000_000)}${end}\n---\nb: 1\n`);
    expect(documents.map(({ value }) => value)).toEqual([{ b: 1 }]);
    expect(problems).toMatchObject([
      { position: { line: 2 }, message: 'a text in quotes of more than 8 MiB' },
    ]);
  });

  it.each([
    ['pairs of single quotes', `'${"''".repeat(4_500_000)}'`, 'a text in quotes of more than 8 MiB'],
    ['the lines of a block', `|\n${'  c\n'.repeat(500_001)}`, 'a text of more than 500000 lines'],
    ['blank lines of a block', `|\n${'\n'.repeat(500_001)}  c\n`, 'a text of more than 500000 lines'],
    ['the lines of plain text', `c\n${'  c\n'.repeat(500_001)}`, 'a text of more than 500000 lines'],
  ])('of %s is given up before they are taken apart', (_, text, message) => {
    const { documents, problems } = read(`a: 1\nb: ${text}\n---\nb: 1\n`);
    expect(documents.map(({ value }) => value)).toEqual([{ b: 1 }]);
    expect(problems).toMatchObject([{ position: { line: text.startsWith('|') ? 3 : 2 }, message }]);
  });

  it.each([
    ['plain', ''],
    ['with a tag', '!!str '],
  ])('of texts in double quotes, %s, takes no more than the texts', (_, tag) => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const text = `- ${tag}"${'c'.repeat(1000)}"\n`.repeat(2000);
    const before = held();
    const { documents } = read(text);
    expect(held() - before).toBeLessThan(5 * text.length);
    expect(documents).toHaveLength(1);
  });

  it('of signs behind the end of a document is one problem', () => {
    expect(complaints(`${'[]'.repeat(1000)}\n---\nb: 1`)).toEqual([
      expect.stringContaining('1: not valid YAML: unexpected'),
    ]);
  });

  it('of problems is told in part, and counted', () => {
    const { problems } = read('{a\n---\n'.repeat(1500));
    expect(problems).toHaveLength(1001);
    expect(problems.at(-1)?.message).toBe('and 500 more problems in this file');
  });

  it.each([
    ['empty', '---\n'],
    ['broken', '---\n{a\n'],
  ])('of documents that are %s is read as far as one of others', (_, unit) => {
    const { documents } = read(`${unit.repeat(49_999)}---\na: 1\n---\na: 2\n`);
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }]);
  });

  it('of documents that are empty is told where it was left', () => {
    expect(complaints('---\n'.repeat(50_002))).toEqual([
      '50001: more than 50000 documents in this file; what follows was not read',
    ]);
  });

  it.each([
    ['signs at its start', ']'.repeat(20), '1: not valid YAML'],
    ['signs below a document', `a: 1\n---\n${']'.repeat(20)}`, '3: not valid YAML'],
  ])('of %s is a problem, too', (_, text, complaint) => {
    expect(complaints(`${text}\n---\nb: 1`).at(-1)).toBe(complaint);
  });

  it.each([
    ['comments right behind quotes, which kubectl takes', '- "a"#\n'.repeat(20), '- "a" b'],
    ['unknown versions', `${'%YAML 3.0\n'.repeat(20)}---\n`, '- !a b'],
  ])('of %s hides no fault', (_, flood, fault) => {
    expect(complaints(`${flood}- a`)).toEqual([]);
    expect(complaints(flood + fault)).toHaveLength(1);
  });

  it('of errors in one document keeps those that may be told', () => {
    const [document] = [...parseYaml(`a: [${'-,'.repeat(20_000)}`)];
    expect(document).toMatchObject({ document: { errors: { length: 11 } } });
    expect(complaints(`a: [${'-,'.repeat(20)}`)).toEqual([
      '1: not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
    ]);
  });

  it('of errors in one document keeps no stack of each', () => {
    const { stackTraceLimit } = Error;
    read(`[${','.repeat(1000)}`);
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
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

  const anchored = <T extends Scalar | YAMLSeq>(node: T): T => Object.assign(node, { anchor: 'a' });
  const withAlias = (list: Node): Node => {
    const map = new YAMLMap<Node, Node>();
    const values = { a: anchored(new Scalar('1')), b: new Alias('a'), c: list };
    map.items = Object.entries(values).map(([key, value]) => new Pair<Node, Node>(new Scalar(key), value));
    return map;
  };

  it.each<[string, (list: YAMLSeq) => Node]>([
    ['no anchor', list => list],
    ['an anchor that nobody repeats', anchored],
    ['an alias that is not why', withAlias],
  ])('of values, with %s, is not put down to aliases', (_, treeOf) => {
    const list = new YAMLSeq();
    // Parsed, it takes three seconds.
    list.items = Array(400_001).fill(new Scalar('1'));
    expect(() => toPlain(treeOf(list), new Places(MAX_ENTRIES), new Repeats('settings'))).toThrow(
      expect.objectContaining({
        message: 'more than 400000 values in one document',
        fix: expect.stringContaining('Make several documents of it'),
      }),
    );
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
    const [many, few] = [keys(16_000), keys(2000)];
    // Quadratic would be 64 times.
    const times = timesControl(
      () => read(many),
      () => read(few),
      30,
    );
    expect(times).toBeLessThan(30);
  });
});
