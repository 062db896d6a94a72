import { expect, it } from 'vitest';
import { quantity } from '../../src/decision/candidates.ts';

it.each<[string | undefined, number]>([
  [undefined, 0],
  ['0', 0],
  ['250m', 0.25],
  ['1', 1],
  ['1.5', 1.5],
  ['130Mi', 130 * 2 ** 20],
  ['2Gi', 2 ** 31],
  ['1k', 1000],
  ['1e3', 1000],
  ['12E', 12e18],
  ['a lot', Number.POSITIVE_INFINITY],
  ['', Number.POSITIVE_INFINITY],
  ['5Xi', Number.POSITIVE_INFINITY],
])('the quantity %s is %d', (text, expected) => {
  expect(quantity(text)).toBeCloseTo(expected, 9);
});
