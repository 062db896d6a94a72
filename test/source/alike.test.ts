import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placesIn, toldOnce } from '../../src/source/alike.ts';
import type { Problem } from '../../src/source/document.ts';

const problem: fc.Arbitrary<Problem> = fc.record({
  severity: fc.constantFrom('error', 'warning'),
  position: fc.constant({ file: 'a' }),
  object: fc.constantFrom('Pod/a', 'Pod/b'),
  path: fc.constantFrom('', 'spec'),
  message: fc.constantFrom('one', 'another'),
});

const placeOf = ({ file, line }: Problem['position']): string => `${file}:${line}`;

it('loses no place, tells nothing of which there are four or more twice, and keeps the order', () => {
  fc.assert(
    fc.property(fc.array(problem, { maxLength: 40 }), some => {
      const problems = some.map((one, i) => ({ ...one, position: { file: 'a', line: i + 1 } }));
      const told = toldOnce(problems);
      expect(placesIn(told)).toBe(problems.length);
      const places = told.flatMap(({ position, also = [] }) => [position, ...also]).map(placeOf);
      expect(places.sort()).toEqual(problems.map(({ position }) => placeOf(position)).sort());
      const words = told.map(({ severity, path, message }) => `${severity} ${path} ${message}`);
      for (const one of words) expect(words.filter(other => other === one).length).toBeLessThan(4);
      for (const { also } of told) expect(also?.length ?? 3).toBeGreaterThanOrEqual(3);
      const lines = told.map(({ position }) => position.line);
      expect(lines).toEqual(lines.toSorted((x = 0, y = 0) => x - y));
      expect(toldOnce(told)).toEqual(told);
    }),
  );
});

it('tells of what differs in what is to be done', () => {
  const at = (line: number, fix: string): Problem => ({
    severity: 'warning',
    position: { file: 'a', line },
    path: '',
    message: 'a chart',
    fix,
  });
  const problems = [1, 2, 3, 4].map(line => at(line, `render ${line}`));
  expect(toldOnce(problems)).toEqual(problems);
});
