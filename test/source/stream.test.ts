import { describe, expect, it } from 'vitest';
import { endOfJson } from '../../src/source/yaml/json.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';

const read = (text: string) => readDocuments(text, 's.json');
const values = (text: string) => read(text).documents.map(({ value }) => value);
const complaints = (text: string) =>
  read(text).problems.map(({ position, message }) => `${position.line}: ${message}`);

describe('JSON documents one after the other', () => {
  it.each([
    ['on lines', '{"a": 1}\n{"a": 2}\n'],
    ['spread over lines', '{\n"a": 1\n}\n{\n"a": 2\n}'],
    ['with nothing between them', '{"a":1}{"a":2}'],
    ['with Windows line ends and blank lines', '\r\n{"a":1}\r\n\r\n\t{"a":2}\r\n'],
    ['with --- between them', '{"a":1}\n---\n{"a":2}'],
    ['with --- on the line of the first', '{"a":1} \n--- # next\n{"a":2}'],
    ['the second as YAML', '{"a":1}\na: 2\n'],
    ['the second with a comma too many, which YAML takes', '{"a":1}\n{"a":2,}\n'],
  ])('%s', (_, text) => {
    expect(complaints(text)).toEqual([]);
    expect(values(text)).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('keep their lines and columns', () => {
    const { documents } = read('{"a":\n {"b": [1,\n  2]}} {"c": 1}');
    expect(documents.map(({ position }) => position)).toEqual([
      { file: 's.json', line: 1, column: 1 },
      { file: 's.json', line: 3, column: 8 },
    ]);
    const [first] = documents;
    expect([['a'], ['a', 'b', 1], ['a', 'x'], []].map(path => first?.positionOf(path))).toEqual([
      { file: 's.json', line: 1, column: 2 },
      { file: 's.json', line: 3, column: 3 },
      { file: 's.json', line: 1, column: 2 },
      { file: 's.json', line: 1, column: 1 },
    ]);
  });

  it('pass over null, as kubectl does', () => {
    expect(values('{"a":1}\nnull\n{"a":2}')).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('each lose themselves alone', () => {
    const text = '{"a":1}\n{"b":1,\n"b":2}\n{"c":1e999}\n{"d":4}';
    expect(complaints(text)).toEqual([
      '3: the key b is set twice',
      '4: 1e999 is larger than any number that kubectl reads',
    ]);
    expect(values(text)).toEqual([{ a: 1 }, { d: 4 }]);
  });

  it.each([
    [
      '--- behind the second',
      '{"a":1}\n{"a":2}\n---\n{"a":3}',
      '3: not valid JSON: found --- in a stream of JSON objects',
    ],
    [
      'an end too early',
      '{"a":1}\n{"a":2}\n{"a":',
      '3: not valid JSON: found its end in a stream of JSON objects',
    ],
    ['text', '{"a":1}\n{"a":2}\n  [x]', '3: not valid JSON: found "x" in a stream of JSON objects'],
  ])('are no YAML any more, as for kubectl: %s', (_, text, complaint) => {
    expect(complaints(text)).toEqual([complaint]);
    expect(values(text)).toEqual([{ a: 1 }, { a: 2 }]);
  });
});

it('text that only looks like JSON at first is YAML', () => {
  expect(values('{a: b}\n')).toEqual([{ a: 'b' }]);
  expect(values('{\'a\': 1, }\n---\n{"b": yes}')).toEqual([{ a: 1 }, { b: true }]);
});

it('keys of JSON that mean something to JavaScript are keys', () => {
  const [value] = values('{"__proto__": {"x": 1}, "constructor": 2, "2": 1, "1": 2}');
  expect(JSON.stringify(value)).toBe('{"1":2,"2":1,"__proto__":{"x":1},"constructor":2}');
  const [document] = read('{"2": 1,\n"1":\n{"x": 2}}').documents;
  expect([document?.positionOf(['2']).line, document?.positionOf(['1', 'x']).line]).toEqual([1, 3]);
});

describe('the end of a JSON value', () => {
  const VALID = [
    ...[
      '{}',
      '[]',
      '{"a":[{},[],""]}',
      '[1,-0,0.5,1e5,-1.25E-7,true,false,null]',
      '"\\u00e9\\n\\"\\\\"',
      '0',
      '[ [ ] ]',
    ],
    ...[' {"a" : 1 , "b":[ 1 , 2 ] }', '"é😀\u2028\u007f"', '[[[[[[1]]]]]]', '{"a":{"b":{"c":{}}}}'],
  ];
  it.each(VALID)('is found as JSON.parse finds it: %s', text => {
    JSON.parse(text);
    expect(endOfJson(text, 0)).toEqual({ end: text.length });
    expect(endOfJson(`${text} x`, 0)).toEqual({ end: text.length });
    expect(values(`{"v": ${text}}`)).toEqual([{ v: JSON.parse(text) }]);
  });

  it.each(VALID)('is not found where a character is missing or too many: %s', text => {
    for (let i = 0; i < text.length; i++) {
      for (const broken of [text.slice(0, i) + text.slice(i + 1), `${text.slice(0, i)},${text.slice(i)}`]) {
        const found = endOfJson(broken, 0);
        expect([broken, 'end' in found && found.end === broken.length]).toEqual([broken, isJson(broken)]);
      }
    }
  });

  it.each([
    '01',
    '+1',
    '.5',
    '1.',
    '"\\x"',
    '"\t"',
    "'a'",
    'nul',
    'NaN',
    '{a:1}',
    '[1,]',
    '{"a":1,}',
    '{"a"}',
    '',
    '"',
  ])('is none in %s', text => {
    const found = endOfJson(text, 0);
    expect('end' in found && found.end === text.length).toBe(false);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return text.trimEnd() === text;
  } catch {
    return false;
  }
}
