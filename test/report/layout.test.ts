import { describe, expect, it } from 'vitest';
import { columns, fill, hang, wrap } from '../../src/report/layout/wrap.ts';

describe('columns', () => {
  it.each([
    ['web', 3],
    ['größe', 5],
    ['名前', 4],
    ['🚢', 2],
    ['e\u0301', 1],
    ['', 0],
    ['\u001b[1mweb\u001b[22m', 3],
  ])('of %j are %i', (text, expected) => {
    expect(columns(text)).toBe(expected);
  });
});

it('fills by columns, never by a negative number', () => {
  expect(fill('名前', 6)).toBe('  ');
  expect(fill('longer', 3)).toBe('');
});

describe('wrap', () => {
  it('breaks at blanks', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  });

  it('never breaks a word: a path that is cut cannot be copied', () => {
    expect(wrap('see spec.template.spec.hostPID now', 10)).toEqual([
      'see',
      'spec.template.spec.hostPID',
      'now',
    ]);
  });
});

it('hangs the other lines below the first', () => {
  expect(hang('Fix: ', 'one two three four five', 25)).toEqual(['Fix: one two three four', '     five']);
});
