import { expect, it } from 'vitest';
import { policiesSentence } from '../../src/report/diff/policies.ts';

it.each<[readonly string[], readonly string[], string]>([
  [['balanced'], ['balanced', 'ours'], 'Before: balanced. After: balanced and ours.'],
  [['balanced', 'ours'], ['ours'], 'Before: balanced and ours. After: ours.'],
  [['balanced'], [], 'Before: balanced. After: no policy.'],
  [['a', 'b', 'c', 'd', 'e'], ['a\u001b'], 'Before: a, b, c and 2 more. After: a\\u001b.'],
  [['balanced', 'ours'], ['balanced', 'ours'], ''],
])('of %j and %j, the policies on both sides are told where they differ by name', (before, after, words) => {
  expect(policiesSentence({ policies: { before, after } })).toBe(words);
});
