import { Optional } from '@marcbachmann/cel-js';
import { UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { leaveToChance } from '../../src/policy/cel/chance.ts';
import { isPresent, select, selectIfPresent } from '../../src/policy/cel/lookup.ts';
import { isFound, MOST_STEPS, matching, patternSteps, stepsOf } from '../../src/policy/cel/pattern.ts';
import { join, TEXT_METHODS } from '../../src/policy/cel/texts.ts';
import { equals } from '../../src/policy/cel/values.ts';

/** The answer of a function, or its message where it fails. */
function answer(ask: () => unknown): unknown {
  try {
    return ask();
  } catch (error) {
    return (error as Error).message;
  }
}

/** Two characters of two units each in UTF-16, between letters. */
const PAIRS = 'a\u{1f600}b\u{1f601}';

describe('a method of texts', () => {
  it.each<[name: string, text: string, args: readonly unknown[], expected: unknown]>([
    ['contains', 'abc', ['b'], true],
    ['contains', 'abc', ['d'], false],
    ['contains', 'abc', [1n], undefined],
    ['startsWith', 'abc', ['ab'], true],
    ['startsWith', 'abc', ['b'], false],
    ['endsWith', 'abc', ['bc'], true],
    ['endsWith', 'abc', ['b'], false],
    ['indexOf', 'abcb', ['b'], 1n],
    ['indexOf', 'abcb', ['b', 2n], 3n],
    ['indexOf', 'abc', ['d'], -1n],
    ['indexOf', 'abc', ['', 3n], 3n],
    ['indexOf', 'abc', ['', 4n], 3n],
    ['indexOf', 'abc', ['a', 4n], -1n],
    ['indexOf', 'abc', ['a', -1n], 'index out of range: -1'],
    ['indexOf', PAIRS, ['b'], 2n],
    ['indexOf', PAIRS, ['\u{1f601}', 2n], 3n],
    ['indexOf', PAIRS, ['a', 5n], -1n],
    ['indexOf', 'abc', ['a', 'b'], undefined],
    ['indexOf', 'abc', ['a', 1n, 1n], undefined],
    ['lastIndexOf', 'abcb', ['b'], 3n],
    ['lastIndexOf', 'abcb', ['b', 2n], 1n],
    ['lastIndexOf', 'abc', ['d'], -1n],
    ['lastIndexOf', 'abca', ['a', 0n], 0n],
    ['lastIndexOf', 'abc', ['c', 3n], -1n],
    ['lastIndexOf', 'abc', ['c', 9n], -1n],
    ['lastIndexOf', 'abc', ['', 2n], 2n],
    ['lastIndexOf', 'abc', ['', 9n], 3n],
    ['lastIndexOf', 'abc', ['a', -1n], 'index out of range: -1'],
    ['lastIndexOf', PAIRS, ['\u{1f601}'], 3n],
    ['substring', 'abc', [1n], 'bc'],
    ['substring', 'abc', [1n, 2n], 'b'],
    ['substring', 'abc', [3n], ''],
    ['substring', 'abc', [1n, 1n], ''],
    ['substring', 'abc', [4n], 'index out of range: 4'],
    ['substring', 'abc', [-1n], 'index out of range: -1'],
    ['substring', 'abc', [2n, 1n], 'index out of range: 1'],
    ['substring', 'abc', [0n, 4n], 'index out of range: 4'],
    ['substring', PAIRS, [1n, 3n], '\u{1f600}b'],
    ['substring', PAIRS, [4n], ''],
    // The last character of one unit.
    ['substring', '\uffff\u{1f600}', [1n], '\u{1f600}'],
    ['substring', PAIRS, [5n], 'index out of range: 5'],
    ['split', 'a,b,c', [','], ['a', 'b', 'c']],
    ['split', 'a,b,c', [',', 2n], ['a', 'b,c']],
    ['split', 'a,b,c', [',', 1n], ['a,b,c']],
    ['split', 'a,b,c', [',', 3n], ['a', 'b', 'c']],
    ['split', 'a,b,c', [',', 9n], ['a', 'b', 'c']],
    ['split', 'a,b,c', [',', 0n], []],
    ['split', 'a,b,c', [',', -1n], ['a', 'b', 'c']],
    ['split', PAIRS, [''], ['a', '\u{1f600}', 'b', '\u{1f601}']],
    ['split', 'abc', ['', 2n], ['a', 'bc']],
    ['lowerAscii', '@AZ[`az{ÄĀ', [], '@az[`az{ÄĀ'],
    ['upperAscii', '@AZ[`az{äš', [], '@AZ[`AZ{äš'],
  ])('%s of %s with %s', (name, text, args, expected) => {
    expect(answer(() => TEXT_METHODS.get(name)?.(text, ...args))).toEqual(expected);
  });

  it('trims what Unicode has as white space, at both ends, and nothing else', () => {
    const white = [
      0x9, 0xa, 0xb, 0xc, 0xd, 0x20, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
    ].concat(Array.from({ length: 11 }, (_, i) => 0x2000 + i));
    const isTrimmed = (unit: number): boolean => {
      const letter = String.fromCharCode(unit);
      return TEXT_METHODS.get('trim')?.(`${letter}a${letter}b${letter}`) === `a${letter}b`;
    };
    const units = Array.from({ length: 0x10000 }, (_, unit) => unit);
    expect(units.filter(isTrimmed)).toEqual(white.toSorted((a, b) => a - b));
    expect(TEXT_METHODS.get('trim')?.('  ')).toBe('');
  });

  it('joins texts alone', () => {
    expect([join(['a', 'b']), join(['a', 'b'], '-'), join([])]).toEqual(['ab', 'a-b', '']);
    expect(answer(() => join(['a', 1n]))).toBe('join() is for texts');
  });
});

describe('what stands at a key', () => {
  const map = new Map<unknown, unknown>([
    ['a', 1n],
    ['none', null],
  ]);
  const list = ['x', 'y'];

  it.each<[of: unknown, key: unknown, expected: unknown]>([
    [map, 'a', 1n],
    [map, 'b', 'No such key: b'],
    [map, null, 'this cannot be a key: no text or number'],
    [new Map([[1n, 'one']]), 1, 'one'],
    [new Map([[true, 'yes']]), true, 'yes'],
    [list, 1n, 'y'],
    [list, new UnsignedInt(1n), 'y'],
    [list, 1, 'y'],
    [list, 2n, 'No such key: 2'],
    [list, -1n, 'No such key: -1'],
    [list, 0.5, 'this cannot be an index: 0.5'],
    [list, 2 ** 63, `this cannot be an index: ${2 ** 63}`],
    [list, new UnsignedInt(2n ** 63n), `this cannot be an index: ${2n ** 63n}`],
    [list, 'a', 'this cannot be an index: a'],
    [{ a: 1n }, 'a', 1n],
    [{ a: 1n }, 'toString', 'No such key: toString'],
    [{ 1: 'one' }, 1n, 'No such key: 1'],
    [null, 'a', 'No such key: a'],
    ['text', 'length', 'No such key: length'],
  ])('of %s, %s: %s', (of, key, expected) => {
    expect(answer(() => select(of, key))).toEqual(expected);
  });

  it('is an optional where it is asked of one, or by ?', () => {
    expect(select(Optional.of(map), 'a')).toEqual(Optional.of(1n));
    expect((select(Optional.of(map), 'b') as Optional).hasValue()).toBe(false);
    expect((select(Optional.none(), 'a') as Optional).hasValue()).toBe(false);
    expect(selectIfPresent(map, 'a').value()).toBe(1n);
    expect(selectIfPresent(map, 'b').hasValue()).toBe(false);
  });

  it('is there where it is null', () => {
    expect([isPresent(map, 'none'), isPresent(map, 'a'), isPresent(map, 'b')]).toEqual([true, true, false]);
  });
});

describe('a list whose order is left to chance', () => {
  const unordered = (...items: unknown[]): readonly unknown[] => {
    leaveToChance(items);
    return items;
  };

  it('is not looked into, compared or joined', () => {
    const list = unordered('a', 'b');
    for (const ask of [
      () => select(list, 0n),
      () => equals(list, ['a', 'b']),
      () => equals(['a', 'b'], list),
      () => join(list),
    ])
      expect(answer(ask)).toBe('the keys of a map have no order');
  });

  it('has an order where it is of one, and none beyond its end', () => {
    expect(answer(() => join(unordered('a')))).toBe('a');
    expect(answer(() => select(unordered('a', 'b'), 2n))).toBe('No such key: 2');
    expect(answer(() => select(unordered('a', 'b'), -1n))).toBe('No such key: -1');
    expect(equals(unordered('a', 'b'), ['a'])).toBe(false);
  });
});

describe('a pattern', () => {
  it('has as many steps as it may, and not one more', () => {
    // The text itself, its start and its end.
    expect(patternSteps('a'.repeat(MOST_STEPS - 2))).toBe(MOST_STEPS);
    expect(patternSteps('a'.repeat(MOST_STEPS - 1))).toEqual({
      problem: 'a pattern repeats too much: more than 1000 steps',
      isTooLong: true,
    });
  });

  it.each([
    'a',
    'ab',
    '(a)',
    '(a){3}',
    'a*',
    'a{2,4}',
    'a{2,}',
    '((a)b)c',
    '(a*){3}',
    '\\Qab*\\E',
    'a|b',
    '[ab]',
  ])('is counted as at least what it is compiled to, and twice that at most: %s', pattern => {
    const size = RE2JS.compile(pattern).programSize();
    expect(stepsOf(pattern)).toBeGreaterThanOrEqual(size);
    expect(stepsOf(pattern)).toBeLessThanOrEqual(2 * size);
  });

  it.each([
    ['a', 1],
    ['ab', 2],
    ['[ab]', 1],
    ['[[:alpha:]]', 1],
    ['a|b', 3],
    ['(a)', 3],
    ['((a)b)c', 7],
    // It takes as many steps as it may be repeated, and one more for each time that it need not be.
    ['a*', 2],
    ['a{3}', 4],
    ['a{2,4}', 7],
    ['a{2,}', 5],
    ['(ab){2}', 12],
    ['(a*){3}', 16],
    // A class of Unicode has many ranges.
    ['\\pL', 21],
    ['[\\p{Greek}\\PL]', 41],
    ['\\Qab*\\E', 7],
    ['\\Qa\\b{2}\\E', 10],
    ['\\Qab', 4],
    // Each of these is one that is repeated, and not the end of it alone.
    ['[]a]{2}', 3],
    ['[^]a]{2}', 3],
    ['[a\\]b]{2}', 3],
    ['[[:^alpha:]]{2}', 3],
    ['\\d{2}', 3],
    ['\\x{41}{2}', 3],
    ['\\pL{2}', 63],
    ['\\p{Greek}{2}', 63],
  ])('%s has %s steps beside its start and its end', (pattern, steps) => {
    expect(stepsOf(pattern)).toBe(steps + 2);
  });

  it('repeats what is in its brackets, and nothing before them', () => {
    expect(stepsOf('aaaa(b){3}')).toBe(4 + stepsOf('(b){3}'));
    expect(stepsOf('(aaaab){3}')).toBeGreaterThan(stepsOf('aaaa(b){3}'));
    expect(stepsOf('a((b)c)')).toBe(1 + stepsOf('((b)c)'));
  });

  it('that is none says why', () => {
    expect(patternSteps('(')).toEqual({ problem: expect.stringContaining('missing') });
  });

  it('is looked for as long as there is time for it, to the last character', () => {
    matching.left = 3 * 5;
    expect(isFound('c', 3, 'aaaac')).toBe(true);
    expect(isFound('c', 3, 'c')).toBeUndefined();
    matching.left = 3;
    expect(isFound('c', 3, 'a')).toBe(false);
  });
});
