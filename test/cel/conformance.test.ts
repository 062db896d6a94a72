import { expect, it } from 'vitest';
import { asInRules } from './cel-js.ts';
import { scoreOf, sections } from './suite.ts';

/**
 * What passes of the sections that rules can reach, with what they are evaluated with, and how many values are wrong: bytes
 * beyond ASCII, which rules may not write; what cel-go itself answers otherwise, a key that is there twice, an offset beyond
 * a text; an optional of null. A release of the library that does worse changes what policies mean.
 */
const RECORDED: readonly (readonly [section: string, pass: number, wrong: number])[] = [
  ['basic', 40, 1],
  ['comparisons', 315, 2],
  ['conversions', 103, 0],
  ['fields', 44, 3],
  ['fp_math', 30, 0],
  ['integer_math', 64, 0],
  ['lists', 39, 0],
  ['logic', 25, 0],
  ['macros', 43, 0],
  ['optionals', 22, 2],
  ['parse', 167, 0],
  ['plumbing', 5, 0],
  ['string', 51, 0],
  ['string_ext', 101, 2],
  ['timestamps', 69, 0],
];

const all = sections();

it.each(RECORDED)('passes no less of the CEL conformance data than recorded: %s', (name, pass, wrong) => {
  const section = all.find(candidate => candidate.name === name);
  const score = section && scoreOf(asInRules, section);
  expect(score?.pass, score?.failures.join('\n')).toBeGreaterThanOrEqual(pass);
  expect(score?.wrong, score?.failures.join('\n')).toBeLessThanOrEqual(wrong);
});
