import { expect, it } from 'vitest';
import { celJs } from './cel-js.ts';
import { scoreOf, sections } from './suite.ts';

/**
 * What `@marcbachmann/cel-js` 8.0.0 passes of the sections that rules can reach, and how many wrong values it gives.
 * A release of the library that does worse changes what policies mean; one that does better may raise these.
 */
const RECORDED: readonly (readonly [section: string, pass: number, wrong: number])[] = [
  ['basic', 40, 1],
  ['comparisons', 309, 8],
  ['conversions', 98, 5],
  ['fields', 43, 4],
  ['fp_math', 30, 0],
  ['integer_math', 62, 2],
  ['lists', 34, 4],
  ['logic', 25, 0],
  ['macros', 42, 0],
  ['optionals', 22, 2],
  ['parse', 167, 0],
  ['plumbing', 5, 0],
  ['string', 51, 0],
  ['string_ext', 98, 5],
  ['timestamps', 56, 13],
];

const all = sections();

it.each(RECORDED)('passes no less of the CEL conformance data than recorded: %s', (name, pass, wrong) => {
  const section = all.find(candidate => candidate.name === name);
  const score = section && scoreOf(celJs, section);
  expect(score?.pass, score?.failures.join('\n')).toBeGreaterThanOrEqual(pass);
  expect(score?.wrong, score?.failures.join('\n')).toBeLessThanOrEqual(wrong);
});
