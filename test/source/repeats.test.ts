import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitList } from '../../src/source/list.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';

const read = (text: string) => readDocuments(text, 'a.yaml', 'manifests');

/** The documents, what is told of their keys, and what is wrong. */
function told(text: string) {
  const { documents, problems } = read(text);
  return {
    values: documents.map(({ value }) => value),
    repeats: documents
      .flatMap(({ repeats }) => repeats?.() ?? [])
      .map(({ position, message }) => [position.line, message]),
    problems: problems.map(({ message }) => message),
  };
}

const says = (key: string, other: string): string =>
  `the key ${key} is set twice: this value counts, the last, as for kubectl, not the one ${other}`;

describe('bypass 19: a key that is set twice in a manifest', () => {
  // Each was sent by kubectl 1.37.2 like this.
  it.each([
    ['of a block', 'a: {b: 1}\nc: 2\na: {d: 3}\n', { a: { d: 3 }, c: 2 }, [[3, says('a', 'in line 1')]]],
    ['in other quotes', 'a: 1\n"a": 2\n', { a: 2 }, [[2, says('a', 'in line 1')]]],
    ['in one line', '{a: 1, a: 2}', { a: 2 }, [[1, says('a', 'before it')]]],
    ['thrice', 'a: 1\na: 2\na: 3\n', { a: 3 }, [[3, says('a', 'in line 1')]]],
    ['the last of which is null', 'a: 1\na:\n', { a: null }, [[2, says('a', 'in line 1')]]],
    ['that is a word', 'yes: 1\ntrue: 2\n', { true: 2 }, [[2, says('true', 'in line 1')]]],
    ['that is a number', '8: 1\n8: 2\n', { 8: 2 }, [[2, says('8', 'in line 1')]]],
    [
      'and stands in an anchor',
      'a: &x {b: 1}\na: 2\nc: *x\n',
      { a: 2, c: { b: 1 } },
      [[2, says('a', 'in line 1')]],
    ],
    ['around a merge', 'a: 1\n<<: {a: 2}\na: 3\n', { a: 3 }, [[3, says('a', 'in line 2')]]],
    ['above a merge', 'a: 1\na: 2\n<<:\n  a: 3\n', { a: 3 }, [[4, says('a', 'in line 1')]]],
    ['in JSON', '{"a": {"b": 1},\n"a": {"c": 2}}', { a: { c: 2 } }, [[2, says('a', 'in line 1')]]],
    ['in JSON, by an escape', '{"a": 1,\n"\\u0061": 2}', { a: 2 }, [[2, says('a', 'in line 1')]]],
  ])('%s has its last value', (_, text, value, repeats) => {
    expect(told(text)).toEqual({ values: [value], repeats, problems: [] });
  });

  it.each(['__proto__: {b: 1}\n__proto__: {c: 2}\n', '{"__proto__": {"b": 1},\n"__proto__": {"c": 2}}'])(
    'has it whatever it is called: %s',
    text => {
      const { values, repeats } = told(text);
      expect(JSON.stringify(values)).toBe('[{"__proto__":{"c":2}}]');
      expect(repeats).toEqual([[2, says('__proto__', 'in line 1')]]);
    },
  );

  it.each([
    ['a number and text', '1: a\n"1": b\n', '1'],
    ['text and a number', '"1": a\n1: b\n', '1'],
    ['two numbers', '1: a\n1.0: b\n', '1'],
    ['a word and text', 'yes: a\n"true": b\n', 'true'],
    ['numbers that stand elsewhere', 'x: &x 1\n*x : a\n*x : b\n', '1'],
  ])('is an error where it is two to YAML, and one to JSON: %s', (_, text, key) => {
    expect(told(text)).toEqual({
      values: [],
      repeats: [],
      problems: [
        `the key ${key} is set twice, as what YAML takes for two keys: kubectl sends either value, by chance`,
      ],
    });
  });

  it('is not what merges and what they are merged into have in common', () => {
    expect(told('a: {<<: {b: 1}, b: 2}\nc: {b: 1, <<: {b: 2}}\n').repeats).toEqual([]);
  });

  it('forgets how the value was written that does not count', () => {
    const [first] = read('a: on\na: true\nb: on\nb: no\nc: on\n<<: {c: true}\n').documents;
    expect(['a', 'b', 'c'].map(key => first?.writtenAt?.([key]))).toEqual([undefined, 'no', undefined]);
  });

  it('is told of once for all items of a list, in each of them', () => {
    const [list] = read('kind: List\nitems: [{a: 1, a: 2}, {b: 1}]\n').documents;
    const items = list ? splitList(list) : [];
    expect(items).toHaveLength(2);
    for (const { repeats } of items) expect(repeats).toBe(list?.repeats);
  });

  it('is told of twenty times in one document, and then by number', () => {
    const keys = Array.from({ length: 30 }, (_, i) => `"k${i}": 1, "k${i}": 2`);
    for (const text of [`{${keys}}`, `---\n{${keys}}`]) {
      const { repeats } = told(text);
      expect(repeats).toHaveLength(21);
      expect(repeats.at(-1)?.[1]).toBe('and 10 more keys of this document are set twice');
    }
  });

  it('counts among the values that a file may have', () => {
    const { values, problems } = told(`{${'"a":1,'.repeat(2_500_000)}"a":1}`);
    expect(values).toEqual([]);
    expect(problems).toEqual(['more than 2500000 values in this file; what follows was not read']);
  });

  it('is an error in what is in force itself', () => {
    for (const text of ['a: 1\na: 2', '{"a": 1, "a": 2}', '1: a\n"1": b'])
      expect(readDocuments(text, 'a.yaml').problems).toMatchObject([{ severity: 'error' }]);
  });
});

type Node = string | readonly Node[] | readonly Entry[];
interface Entry {
  readonly key: string;
  readonly value: Node;
}

const KEYS = ['a', 'b', '0', '__proto__', 'constructor'];
const { node } = fc.letrec<{ node: Node }>(tie => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    fc.constantFrom('1', 'true', 'null', '"x"'),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.array(fc.record({ key: fc.constantFrom(...KEYS), value: tie('node') }), { maxLength: 6 }),
  ),
}));

const isMapping = (node: readonly unknown[]): node is readonly Entry[] =>
  node.length > 0 && node.every(one => typeof one === 'object' && one !== null && 'key' in one);

/** The node as JSON, a line each entry. @param lost what becomes of an entry that another takes the place of */
function text(node: Node, lost: (entry: string) => string): string {
  if (typeof node === 'string') return node;
  if (!isMapping(node)) return `[${(node as readonly Node[]).map(one => text(one, lost)).join(',\n')}]`;
  const entries = node.map(({ key, value }, i) => {
    const entry = `"${key}": ${text(value, lost)}${i < node.length - 1 ? ',\n' : ''}`;
    return node.findLastIndex(one => one.key === key) === i ? entry : lost(entry);
  });
  return `{${entries.join('')}}`;
}

/** A blank text of the same length, with as many lines. */
const blank = (entry: string): string => entry.replace(/[^\n]/g, ' ');

function* pathsIn(
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<readonly (string | number)[]> {
  yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value))
    yield* pathsIn((value as Record<string, unknown>)[key], [
      ...path,
      Array.isArray(value) ? Number(key) : key,
    ]);
}

describe.each([
  ['JSON', ''],
  ['YAML', '---\n'],
])('in %s', (_, start) => {
  it('a document is the same, at the same places, as one without what was set before', () => {
    fc.assert(
      fc.property(node, drawn => {
        const of = (lost: (entry: string) => string) => read(`${start}{"top": ${text(drawn, lost)}}`);
        const [whole, without] = [of(entry => entry), of(blank)];
        expect([...whole.problems, ...without.problems]).toEqual([]);
        const [one, other] = [whole.documents[0], without.documents[0]];
        expect(one?.value).toEqual(other?.value);
        expect(other?.repeats).toBeUndefined();
        expect(one?.repeats !== undefined).toBe(hasLost(drawn));
        for (const path of pathsIn(other?.value))
          expect(one?.positionOf(path)).toEqual(other?.positionOf(path));
      }),
      { numRuns: 300 },
    );
  });
});

const hasLost = (node: Node): boolean => {
  let found = false;
  text(node, entry => {
    found = true;
    return entry;
  });
  return found;
};
