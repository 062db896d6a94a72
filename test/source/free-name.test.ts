import { expect, it } from 'vitest';
import { freeName, freeNames } from '../../src/source/free-name.ts';

it.each([
  ['Shop/Web', [], 'shop-web'],
  ['shop-web', ['shop-web', 'shop-web-2'], 'shop-web-3'],
  ['…', [], 'draft'],
])('makes a name of %j that none of %j has', (text, taken, name) => {
  expect(freeName(text, taken)).toBe(name);
});

it('gives each of many a name of its own, whatever they are called', () => {
  const free = freeNames(['a-2']);
  expect(['a', 'a', 'a', 'a-3', 'a'].map(free)).toEqual(['a', 'a-3', 'a-4', 'a-3-2', 'a-5']);
});
