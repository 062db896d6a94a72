import { expect, it } from 'vitest';
import { evaluatePolicies } from './support/admission-policies.ts';
import type { Outcome } from './support/cel-case.ts';
import { CASES, caseRequest, type NamedCase } from './support/cel-cases.ts';

type Told = { readonly is: Outcome; readonly says?: string };

function outcomeOf(one: NamedCase): Told {
  let verdict: ReturnType<typeof evaluatePolicies>;
  try {
    verdict = evaluatePolicies(...caseRequest(one));
  } catch {
    return { is: 'refused' };
  }
  const { allowed, denials, evaluated } = verdict;
  const [{ message = '' } = {}] = denials;
  if (!allowed)
    return message.includes(' resulted in error: ') ? { is: 'error' } : { is: 'fails', says: message };
  return { is: evaluated.length > 0 ? 'holds' : 'unmatched' };
}

it.each(CASES)('$title', one => {
  const told = outcomeOf(one);
  expect(told.is).toBe(one.is);
  if (one.says !== undefined) expect(told.says).toBe(one.says);
});
