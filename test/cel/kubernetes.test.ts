import { describe, expect, it } from 'vitest';
import { compileCel } from '../../src/policy/cel.ts';
import { OURS, REFUSED, TAKEN, UNLIKE } from './kubernetes.ts';
import { VARIABLES } from './rules.ts';

/** Why an expression is refused, by whichever of the two; undefined where it is taken. */
function refusal(expression: string): string | undefined {
  const program = compileCel(expression, VARIABLES);
  return 'problem' in program ? program.problem : (program.tooLong ?? program.foreign)?.problem;
}

describe('what an API server compiles', () => {
  it.each(TAKEN)('%s is taken', expression => {
    expect(refusal(expression)).toBeUndefined();
  });
});

describe('what an API server does not compile', () => {
  it.each(REFUSED)('%s is refused', (expression, message) => {
    expect(refusal(expression)).toContain(message);
  });
});

describe('what an API server would answer otherwise', () => {
  it.each(UNLIKE)('%s is refused', (expression, message) => {
    expect(refusal(expression)).toContain(message);
  });
});

describe('what is refused besides', () => {
  it.each(OURS)('%s', expression => {
    expect(compileCel(expression, VARIABLES)).toHaveProperty('problem');
  });
});
