import { describe, expect, it } from 'vitest';
import { clean, count, list, quote, sentence } from '../../src/source/text.ts';

describe('clean', () => {
  it.each([
    ['a colour code', 'a\u001b[31mb', 'a\\u001b[31mb'],
    ['a line break', 'a\r\nb', 'a\\u000d\\u000ab'],
    ['a C1 control', 'a\u009b31mb', 'a\\u009b31mb'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
    ['a right-to-left override', 'a\u202eb', 'a\\u202eb'],
    ['a zero-width space', 'a\u200bb', 'a\\u200bb'],
    ['half a surrogate pair', 'a\ud800b', 'a\\ud800b'],
    ['a tag character beyond the basic plane', 'a\u{e0041}b', 'a\\ue0041b'],
  ])('spells out %s', (_, text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  it('keeps letters of every script and emoji', () => {
    expect(clean('größe 名前 🚢')).toBe('größe 名前 🚢');
  });

  it('cuts what is longer than the limit, and says so', () => {
    expect(clean('abcdef', 5)).toBe('abcd…');
    expect(clean('abcde', 5)).toBe('abcde');
  });

  it('found by fuzzing: cuts between characters, and leaves no half of one', () => {
    for (const limit of [5, 6, 7, 8]) {
      const text = clean('🦀'.repeat(10), limit);
      expect(text.isWellFormed()).toBe(true);
      expect(text).toMatch(/^🦀+…$/u);
    }
  });
});

it.each([
  [0, '0 findings'],
  [1, '1 finding'],
  [2, '2 findings'],
])('counts %i', (n, expected) => {
  expect(count(n, 'finding')).toBe(expected);
});

it.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
])('lists %j', (items, expected) => {
  expect(list(items)).toBe(expected);
});

it('quotes what it cleans', () => {
  expect(quote('a\nb')).toBe('"a\\u000ab"');
});

it.each([
  ['remove hostPID', 'Remove hostPID.'],
  ['Remove it.', 'Remove it.'],
  ['镜像要用摘要指定。', '镜像要用摘要指定。'],
])('makes a sentence of %s', (phrase, expected) => {
  expect(sentence(phrase)).toBe(expected);
});
