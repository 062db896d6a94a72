import { describe, expect, it } from 'vitest';
import { readDocuments } from '../../src/source/yaml/yaml.ts';
import { processorTime } from '../support/processor-time.ts';

const read = (text: string) => readDocuments(text, 'a.yaml');
/** Line and message of each problem. */
const complaints = (text: string) =>
  read(text).problems.map(problem => `${problem.position.line}: ${problem.message}`);

describe('a comment that kubectl ends earlier cannot hide a field', () => {
  it.each([
    ['U+2028', '\u2028', 'U+2028'],
    ['U+2029', '\u2029', 'U+2029'],
    ['U+0085', '\u0085', 'U+0085'],
    ['a carriage return alone', '\r', 'a carriage return (U+000D) alone'],
    ['a carriage return before a Windows line end', '\r\r\n', 'a carriage return (U+000D) alone'],
  ])('at %s', (_, character, found) => {
    expect(complaints(`spec:\n  # note${character}  hostPID: true\n  a: b\n`)).toEqual([
      `2: ${found} in column 9: kubectl ends the line there`,
    ]);
  });

  it('and the problem says how to keep the character', () => {
    expect(read('a: "x\u2028y"').problems[0]?.fix).toBe(
      'Remove it, or write it as \\u2028 in double quotes.',
    );
    expect(read('a: "x\\u2028y"').documents[0]?.value).toEqual({ a: 'x\u2028y' });
  });

  it('where no document of ours is', () => {
    expect(complaints('# note\u2028kind: Pod')).toEqual([
      '1: U+2028 in column 7: kubectl ends the line there',
    ]);
    expect(complaints('a: 1\n...\n# note\u2028kind: Pod')).toHaveLength(1);
  });
});

it.each(['\0', '\v', '\f', '\u001b', '\u007f', '\u0080', '\u009f', '\uffff'])(
  'the control character %j, at which kubectl gives up, is refused',
  character => {
    expect(complaints(`a: x${character}`)).toEqual([
      expect.stringMatching(/^1: U\+[0-9A-F]{4} in column 5: kubectl refuses it$/),
    ]);
  },
);

it('one document with such a character leaves the others', () => {
  const { documents, problems } = read('a: 1\n---\n# \u2028\nb: 1\n---\nc: \u0085\n---\nd: 1\n');
  expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { d: 1 }]);
  expect(problems.map(({ position }) => position.line)).toEqual([3, 6]);
});

it.each([
  ['a separator with a comment at once behind it', '---#x:', '2: --- without a space behind it in column 1'],
  [
    'a separator with a no-break space behind it',
    '---\u00a0#x:',
    '2: --- without a space behind it in column 1',
  ],
  ['a separator that is none', '---x:', '2: --- without a space behind it in column 1'],
])('%s cannot hide a document as a value', (_, separator, complaint) => {
  const text = `kind: ConfigMap\n${separator}\n  kind: Pod\n`;
  expect(complaints(text)).toEqual([`${complaint}: kubectl may take it for the start of a document`]);
});

it('separators as people write them are none of this', () => {
  expect(complaints('---\na: 1\n--- \nb: 1\n--- # note\nc: ---x\n---\r\nd: -----BEGIN\n---')).toEqual([]);
});

it('a byte order mark after a separator cannot rename a key', () => {
  expect(complaints('a: 1\n---\n\ufeffspec: 1\nkind: Rollout\n')).toEqual([
    '3: U+FEFF in column 1: kubectl passes over it',
  ]);
});

it('white space before a brace cannot make plain text of what kubectl takes for JSON', () => {
  const text = '\n \u00a0{"a": x,\n "kind":"Pod"}\nkind: ConfigMap\n';
  expect(complaints(text)).toEqual(['2: U+00A0 in column 2: kubectl passes over it']);
});

describe('JSON may hold within its strings what YAML may not', () => {
  const odd = '\u2028\u2029\u0085\u007f\u009f\uffff\ufeff';

  it('in the first document, which kubectl reads as JSON', () => {
    const { documents, problems } = read(` {"a":\t"${odd}"}\r\n---\nb: 1\n`);
    expect(problems).toEqual([]);
    expect(documents.map(({ value }) => value)).toEqual([{ a: odd }, { b: 1 }]);
  });

  it('and carriage returns alone between its values', () => {
    expect(read('{"a":\r1}').documents.map(({ value }) => value)).toEqual([{ a: 1 }]);
  });

  it.each([
    ['outside of its strings', '{"a":\u20281}'],
    ['in a later document, which kubectl reads as YAML', '{"a":1}\n---\n{"a":"\u2028"}'],
    ['below a separator', '---\n{"a":"\u2028"}'],
    ['where it is no JSON', '{"a":"\u2028",}'],
    ['behind more white space than kubectl looks through', `${' '.repeat(4096)}{"a":"\u2028"}`],
    ['as a control character', '{"a":"\f"}'],
  ])('but not %s', (_, text) => {
    expect(complaints(text)).toHaveLength(1);
  });
});

it('a flood of such characters takes time in proportion', () => {
  const took = processorTime(() => {
    expect(complaints('\u00a0\u2028'.repeat(500_000))).toHaveLength(1);
    expect(complaints(`${'a: 1\n---\n'.repeat(2000)}\u0085`)).toHaveLength(1);
  });
  expect(took).toBeLessThan(5000);
});
