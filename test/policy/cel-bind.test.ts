import { describe, expect, it } from 'vitest';
import { bindCel } from '../../src/policy/cel/bind.ts';

const bound = (value: unknown): unknown => bindCel({ value }).values.get('value');

describe('a value of JSON', () => {
  it.each<[name: string, value: unknown, expected: unknown]>([
    ['a whole number', 5, 5n],
    ['a number with a fraction', 1.5, 1.5],
    ['the largest int, which JSON rounds up', 2 ** 63, 2n ** 63n - 1n],
    ['the least int', -(2 ** 63), -(2n ** 63n)],
    ['a number beyond all ints', 2 ** 64, 2 ** 64],
    ['a text', 'a', 'a'],
    ['a truth', true, true],
    ['nothing', undefined, null],
    ['a list', [1, undefined, null], [1n, null, null]],
    ['an object', { a: 1, b: null, c: undefined }, new Map<string, unknown>([['a', 1n]]).set('b', null)],
    ['an object with a key of another meaning', { constructor: 'a' }, new Map([['constructor', 'a']])],
  ])('%s', (_, value, expected) => {
    expect(bound(value)).toEqual(expected);
  });

  it.each<[name: string, around: (inner: unknown) => unknown]>([
    ['lists', inner => [inner]],
    ['objects', inner => ({ a: inner })],
  ])('is nested in %s as deep as it may be, and no deeper', (_, around) => {
    const nested = (depth: number) => Array.from({ length: depth }).reduce(around, 1);
    expect(() => bound(nested(100))).not.toThrow();
    expect(() => bound(nested(101))).toThrow('the object is nested too deeply');
  });
});

it('its sizes are the largest of each kind, and how many values there are', () => {
  const { maxItems, maxString, total } = bindCel({
    a: { b: ['four', 'x'], cc: [] },
    d: { e: 1, f: 2, g: 'abc' },
  });
  expect([maxItems, maxString, total]).toEqual([3, 4, 9]);
  expect(bindCel({ a: { 'a long key': 'short' } }).maxString).toBe(10);
  expect(bindCel({ a: [1, 2, 3, 4] }).maxItems).toBe(4);
});
