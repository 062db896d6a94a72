import { Optional } from '@marcbachmann/cel-js';
import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { describe, expect, it } from 'vitest';
import { add, divide, multiply, negate, remainder, subtract } from '../../src/policy/cel/arithmetic.ts';
import { CONVERSIONS } from '../../src/policy/cel/convert.ts';
import { equals, isIn, order, ordered, valueAt } from '../../src/policy/cel/values.ts';

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;
const uint = (value: bigint) => new UnsignedInt(value);
const seconds = (value: number) => new Duration(BigInt(value), 0);
const at = (value: number) => new Date(value * 1000);
const bytes = Buffer.from('a');

describe('sums, differences and products', () => {
  it.each<[name: string, result: unknown, expected: unknown]>([
    ['of ints', [add(2n, 3n), subtract(2n, 3n), multiply(2n, 3n)], [5n, -1n, 6n]],
    ['of doubles', [add(0.5, 1), subtract(0.5, 1), multiply(0.5, 4)], [1.5, -0.5, 2]],
    ['of uints', [add(uint(2n), uint(3n)), multiply(uint(2n), uint(3n))], [uint(5n), uint(6n)]],
    ['of texts and lists', [add('a', 'b'), add([1n], [2n])], ['ab', [1n, 2n]]],
    ['of bytes', add(bytes, bytes), Buffer.from('aa')],
    [
      'of durations',
      [add(seconds(2), seconds(3)), subtract(seconds(2), seconds(3))],
      [seconds(5), seconds(-1)],
    ],
    [
      'of times',
      [add(at(2), seconds(3)), add(seconds(3), at(2)), subtract(at(5), seconds(3))],
      [at(5), at(5), at(2)],
    ],
    ['between times', subtract(at(5), at(2)), seconds(3)],
    [
      'quotients',
      [divide(7n, -2n), divide(7, 2), remainder(7n, -2n), remainder(7n, -1n)],
      [-3n, 3.5, 1n, 0n],
    ],
    ['of the least int', [remainder(LEAST, 2n), subtract(LEAST, 0n), negate(MOST)], [0n, LEAST, LEAST + 1n]],
    ['negated', [negate(1n), negate(1.5), negate(seconds(2))], [-1n, -1.5, seconds(-2)]],
  ])('%s', (_, result, expected) => {
    expect(result).toEqual(expected);
  });

  it.each<[message: string, calculate: () => unknown]>([
    ['integer overflow', () => add(MOST, 1n)],
    ['integer overflow', () => negate(LEAST)],
    ['integer overflow', () => divide(LEAST, -1n)],
    ['integer overflow', () => remainder(LEAST, -1n)],
    ['unsigned integer overflow', () => subtract(uint(1n), uint(2n))],
    ['unsigned integer overflow', () => add(uint(2n ** 64n - 1n), uint(1n))],
    ['division by zero', () => divide(1n, 0n)],
    ['division by zero', () => remainder(1n, 0n)],
    ['no such overload: + of int and string', () => add(1n, 'a')],
    ['no such overload: + of string and int', () => add('a', 1n)],
    ['no such overload: + of int and double', () => add(1n, 1)],
    ['no such overload: + of double and int', () => add(1, 1n)],
    ['no such overload: + of int and uint', () => add(1n, uint(1n))],
    ['no such overload: + of list and string', () => add([], 'a')],
    ['no such overload: + of string and list', () => add('a', [])],
    ['no such overload: + of bytes and string', () => add(bytes, 'a')],
    ['no such overload: + of string and bytes', () => add('a', bytes)],
    ['no such overload: + of timestamp and timestamp', () => add(at(1), at(1))],
    ['no such overload: + of timestamp and int', () => add(at(1), 1n)],
    ['no such overload: + of int and timestamp', () => add(1n, at(1))],
    ['no such overload: + of duration and int', () => add(seconds(1), 1n)],
    ['no such overload: + of int and duration', () => add(1n, seconds(1))],
    ['no such overload: - of string and string', () => subtract('a', 'b')],
    ['no such overload: - of duration and timestamp', () => subtract(seconds(1), at(1))],
    ['no such overload: - of timestamp and int', () => subtract(at(1), 1n)],
    ['no such overload: - of int and timestamp', () => subtract(1n, at(1))],
    ['no such overload: - of int and duration', () => subtract(1n, seconds(1))],
    ['no such overload: - of duration and int', () => subtract(seconds(1), 1n)],
    ['no such overload: - of string', () => negate('a')],
    ['no such overload: - of timestamp', () => negate(at(1))],
    ['no such overload: * of string and int', () => multiply('a', 2n)],
    ['no such overload: / of int and double', () => divide(1n, 2)],
    ['no such overload: % of double and double', () => remainder(5, 2)],
    ['no such overload: < of null and bool', () => ordered('<', () => true)(null, true)],
    ['no such overload: in of map and optional', () => isIn(new Map(), Optional.none())],
    ['NaN has no order', () => ordered('<', () => true)(Number.NaN, 1)],
  ])('%s', (message, calculate) => {
    expect(calculate).toThrow(expect.objectContaining({ message }));
  });
});

describe('the order', () => {
  it('of long texts is by the first place where they differ, wherever that is', () => {
    for (const length of [1, 63, 64, 65, 66, 130, 300]) {
      for (let place = 0; place < length; place++) {
        const text = 'b'.repeat(length);
        const differing = (letter: string) => text.slice(0, place) + letter + text.slice(place + 1);
        // The text after the difference does not matter.
        expect([order(`${differing('a')}z`, `${text}a`), order(`${differing('c')}a`, `${text}z`)]).toEqual([
          -1, 1,
        ]);
      }
      expect(order('b'.repeat(length), 'b'.repeat(length))).toBe(0);
      expect(order('b'.repeat(length), 'b'.repeat(length + 1))).toBe(-1);
    }
  });

  it('of texts is that of their characters, not of halves of these', () => {
    const ascending = ['\ud7ff', '\ue000', '\uffff', '\u{10000}'];
    expect(ascending.map(one => ascending.map(other => order(one, other)))).toEqual([
      [0, -1, -1, -1],
      [1, 0, -1, -1],
      [1, 1, 0, -1],
      [1, 1, 1, 0],
    ]);
  });

  it.each<[name: string, less: unknown, more: unknown]>([
    ['ints', 1n, 2n],
    ['an int and a double', 1n, 1.5],
    ['uints', uint(1n), 2n],
    ['false and true', false, true],
    ['times', at(1), at(2)],
    ['durations', seconds(-1), seconds(1)],
    ['bytes', Buffer.from('a'), Buffer.from('b')],
  ])('of %s', (_, less, more) => {
    expect([order(less, more), order(more, less), order(less, less)]).toEqual([-1, 1, 0]);
  });

  it.each<[name: string, one: unknown, other: unknown]>([
    ['a text and a number', 'a', 1n],
    ['a time and a duration', at(1), seconds(1)],
    ['a truth and a number', true, 1n],
    ['bytes and a text', bytes, 'a'],
    ['lists', [1n], [1n]],
  ])('is none of %s', (_, one, other) => {
    expect([order(one, other), order(other, one)]).toEqual([undefined, undefined]);
  });
});

it('an order is asked whether it is the wanted one', () => {
  const isLess = ordered('<', found => found < 0);
  expect([isLess(1n, 2n), isLess(2n, 1n), isLess('a', 'b')]).toEqual([true, false, true]);
});

it.each<[expected: boolean, one: unknown, other: unknown]>([
  [true, 1n, [0n, 1]],
  [false, 2n, [0n, 1n]],
  [true, 'a', new Map([['a', null]])],
  [false, 'b', new Map([['a', null]])],
  [false, 1n, new Map([['a', null]])],
  [true, 2n, new Map([[1n, null]]).set(2n, null)],
  [false, 3n, new Map([[1n, null]])],
])('in is %s: %s in %s', (expected, item, of) => {
  expect(isIn(item, of)).toBe(expected);
});

it('the value at a number is that of this number', () => {
  const map = new Map([
    [1n, 'one'],
    [2n, 'two'],
  ]);
  expect([valueAt(map, 2), valueAt(map, uint(1n))]).toEqual(['two', 'one']);
});

it.each<[expected: boolean, one: unknown, other: unknown]>([
  [true, 1n, uint(1n)],
  // The two are the same as doubles.
  [true, 2 ** 53, 2n ** 53n + 1n],
  [true, 2n ** 53n + 1n, 2 ** 53],
  [false, 2n ** 53n, 2n ** 53n + 1n],
  [false, Number.NaN, Number.NaN],
  [false, Number.NaN, 1n],
  [false, 1n, Number.NaN],
  [false, 1n, '1'],
  [false, [1n, 2n], [1n, 3n]],
  [false, new Map(), new Map([['a', 1n]])],
  [false, new Map([['a', 1n]]), new Map([['a', 2n]])],
  [false, new Map([['a', 1n]]).set('b', 1n), new Map([['a', 1n]]).set('b', 2n)],
  [false, Optional.of(1n), Optional.of(2n)],
  [true, null, null],
  [false, null, 'a'],
  [true, [1n, 'a'], [1, 'a']],
  [false, [1n], [1n, 2n]],
  [false, [1n], new Map()],
  [true, new Map([['a', 1n]]), new Map([['a', 1]])],
  [false, new Map([['a', 1n]]), new Map([['b', 1n]])],
  [false, new Map([['a', 1n]]), new Map()],
  [false, new Map(), []],
  [true, Optional.of(1n), Optional.of(1)],
  [false, Optional.of(1n), Optional.none()],
  [false, Optional.none(), Optional.of(1n)],
  [true, Optional.none(), Optional.none()],
  [false, Optional.of(1n), 1n],
  [true, at(1), at(1)],
  [false, at(1), seconds(1)],
  [false, null, new Map()],
  [false, new Map(), null],
  [false, '1', 1n],
])('equal is %s: %s and %s', (expected, one, other) => {
  expect(equals(one, other)).toBe(expected);
});

describe('what is read as a double', () => {
  it.each([
    ['-inf', Number.NEGATIVE_INFINITY],
    ['+Infinity', Number.POSITIVE_INFINITY],
    ['-0x1p1', -2],
    ['0x1.8p0', 1.5],
    ['0x.8p0', 0.5],
    ['0x0p9', 0],
    // The bits beyond the 64th decide between two doubles.
    ['0x1.000000000000080000001p0', 1 + 2 ** -52],
    ['0x1.000000000000080000000p0', 1],
  ])('%s', (text, expected) => {
    expect(CONVERSIONS.get('double')?.(text)).toBe(expected);
  });

  it('is written as it is read', () => {
    const written = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, -0].map(value =>
      CONVERSIONS.get('string')?.(value),
    );
    expect(written).toEqual(['-Inf', '+Inf', 'NaN', '-0']);
  });
});
