import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bindCel, compileCel } from '../../src/policy/cel.ts';
import { blocks, examples } from './examples.ts';
import { VARIABLES } from './rules.ts';

const [pod] = blocks('yaml').map(text => parse(text) as unknown);
const bindings = bindCel({ object: pod, namespaceObject: null });

function answerOf(expression: string): string {
  const program = compileCel(expression, VARIABLES);
  if ('problem' in program || program.foreign !== undefined) return 'refused';
  const result = program.evaluate(bindings);
  return typeof result === 'boolean' ? String(result) : 'error';
}

describe('docs/cel.md', () => {
  it('has examples of each answer', () => {
    expect(new Set(examples.map(([, answer]) => answer))).toEqual(
      new Set(['true', 'false', 'error', 'refused']),
    );
  });

  it.each(examples)('%s is %s', (expression, answer) => {
    expect(answerOf(expression)).toBe(answer);
  });
});
