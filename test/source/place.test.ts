import { expect, it } from 'vitest';
import type { Problem } from '../../src/source/document.ts';
import { byPlace } from '../../src/source/place.ts';

const problem = (file: string, line?: number, column?: number): Problem => ({
  severity: 'error',
  position: { file, ...(line !== undefined && { line }), ...(column !== undefined && { column }) },
  path: '',
  message: '',
});

it('orders problems by file as given, then by line, then by column', () => {
  const ordered = [
    problem('b'),
    problem('b', 2, 9),
    problem('b', 10, 1),
    problem('a', 1, 3),
    problem('a', 1, 20),
    problem('Pod/x/y'),
    problem('0'),
  ];
  const [first, second, third, fourth, fifth, ...others] = ordered as [
    Problem,
    Problem,
    Problem,
    Problem,
    Problem,
  ];
  expect(byPlace([fifth, third, ...others, second, fourth, first], ['b', 'a'])).toEqual(ordered);
});
