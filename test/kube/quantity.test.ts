import { expect, it } from 'vitest';
import { canonicalQuantity, quantity } from '../../src/kube/quantity.ts';

// apimachinery, pkg/api/resource/suffix.go
it.each<[string, number]>([
  ['n', 1e-9],
  ['u', 1e-6],
  ['m', 1e-3],
  ['', 1],
  ['k', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
  ['P', 1e15],
  ['E', 1e18],
  ['Ki', 2 ** 10],
  ['Mi', 2 ** 20],
  ['Gi', 2 ** 30],
  ['Ti', 2 ** 40],
  ['Pi', 2 ** 50],
  ['Ei', 2 ** 60],
  ['e3', 1e3],
  ['e10', 1e10],
  ['E-2', 1e-2],
])('the suffix %j means %d', (suffix, factor) => {
  expect(quantity(`3${suffix}`)).toBe(3 * factor);
  expect(quantity(`-1.5${suffix}`)).toBe(-1.5 * factor);
});

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
  ['x5', Number.POSITIVE_INFINITY],
  ['5Mi!', Number.POSITIVE_INFINITY],
  ['+5', 5],
])('the quantity %s is %d', (text, expected) => {
  expect(quantity(text)).toBeCloseTo(expected, 9);
});

// apimachinery, pkg/api/resource/quantity.go: CanonicalizeBytes
it.each<[unknown, unknown]>([
  [1, '1'],
  [0.5, '500m'],
  ['0', '0'],
  ['.5', '500m'],
  ['1000m', '1'],
  ['1500m', '1500m'],
  ['2000', '2k'],
  ['100000M', '100G'],
  ['1024Mi', '1Gi'],
  ['1000Ki', '1000Ki'],
  ['0.5Ki', '512'],
  ['0.1Gi', '107374182400m'],
  ['1e3', '1e3'],
  ['1.5e3', '1500'],
  ['-1500m', '-1500m'],
  ['0.0000000001', '1n'],
  ['a lot', 'a lot'],
  ['1'.repeat(400), '1'.repeat(400)],
  [null, null],
])('an API server writes %j as %j', (value, expected) => {
  expect(canonicalQuantity(value)).toBe(expected);
});
