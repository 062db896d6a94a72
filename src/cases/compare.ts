import type { Decision } from '../decision/decision.ts';
import { relevantSignals } from '../report/told/relevant.ts';
import { rulesCounted } from '../report/words/rules.ts';
import type { Difference, Expected } from './case.ts';

/** The parts of a decision that a case is compared with. */
function foundIn(decision: Decision): Readonly<Record<keyof Expected, string>> {
  const { verdict, runtimeClass, required, governing, exemptions } = decision;
  return {
    verdict,
    runtimeClass: wordOf(runtimeClass),
    required,
    score: String(governing.score),
    signals: listOf(relevantSignals(decision)),
    rules: listOf(rulesCounted(decision).map(({ name }) => name)),
    exemptions: listOf(exemptions.map(({ name }) => name)),
  };
}

/** What was decided otherwise than a case expects; the order in lists does not matter. */
export function differencesOf(expected: Expected, decision: Decision): readonly Difference[] {
  const found = foundIn(decision);
  return FIELDS.flatMap(field => {
    const value = expected[field];
    // A case that names no class expects none.
    if (value === undefined && field !== 'runtimeClass') return [];
    const wanted = Array.isArray(value) ? listOf(value) : wordOf(value);
    return wanted === found[field] ? [] : [{ field, expected: wanted, found: found[field] }];
  });
}

const FIELDS: readonly (keyof Expected)[] = [
  'verdict',
  'runtimeClass',
  'required',
  'score',
  'signals',
  'rules',
  'exemptions',
];

const wordOf = (value: unknown): string => (value === undefined ? 'none' : String(value));
const listOf = (words: readonly string[]): string => [...new Set(words)].sort().join(', ') || 'none';
