import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindCel } from '../../src/policy/cel/bind.ts';
import { compileCel } from '../../src/policy/cel.ts';
import { drawnRule } from '../arbitraries/rules.ts';
import { compileCel as compileAsGuard, kubernetesCel } from '../guard/support/kubernetes-cel.ts';
import { VARIABLES } from './rules.ts';
import { DEVIATIONS, SEMANTICS } from './semantics.ts';
import { semanticsPod } from './semantics-pod.ts';

const pod = semanticsPod('semantics', 'shop', '');
const bindings = bindCel({ object: pod, namespaceObject: null });

/** The answer of the engine. */
function answerOf(expression: string): boolean | 'error' | 'refused' {
  const program = compileCel(expression, VARIABLES);
  if ('problem' in program || program.foreign !== undefined) return 'refused';
  const result = program.evaluate({ ...bindings });
  return typeof result === 'boolean' ? result : 'error';
}

/** The answer of the evaluator with which the tests of the guard evaluate expressions. */
function answerOfGuard(expression: string): unknown {
  const program = compileAsGuard(kubernetesCel(), expression);
  try {
    const result = program(Object.fromEntries(bindings.values));
    return typeof result === 'boolean' ? result : 'error';
  } catch {
    return 'error';
  }
}

describe('what cel-go answers', () => {
  it.each(SEMANTICS)('%s is %s', (expression, answer) => {
    expect([answerOf(expression), answerOfGuard(expression)]).toEqual([answer, answer]);
  });

  it('is of each kind', () => {
    expect(new Set(SEMANTICS.map(([, answer]) => answer))).toEqual(new Set([true, false, 'error']));
  });
});

it.each(DEVIATIONS)('%s is %s, where cel-go says otherwise', (expression, answer) => {
  expect(answerOf(expression)).toBe(answer);
});

it('reads whole numbers of 64 bits as ints, near what was written', () => {
  const document = JSON.parse(
    '{"a": 9007199254740993, "b": 9223372036854775807, "c": -9223372036854775808}',
  ) as object;
  const { values } = bindCel({ document });
  expect([...(values.get('document') as ReadonlyMap<string, unknown>).values()]).toEqual([
    9007199254740992n,
    9223372036854775807n,
    -9223372036854775808n,
  ]);
});

describe('the order of what a comprehension makes of a map', () => {
  it.each([
    'object.metadata.map(k, k)[0] != ""',
    'object.metadata.map(k, k)[?0].hasValue()',
    'object.metadata.map(k, k).join() != ""',
    'object.metadata.map(k, k) == object.metadata.map(k, k)',
    'object.metadata.filter(k, k != "name").map(k, k)[1] != ""',
    '(object.metadata.map(k, k) + ["x"])[0] != ""',
    '[object.metadata.map(k, k)] == [object.metadata.map(k, k)]',
  ])('cannot be told: %s', expression => {
    expect(answerOf(expression)).toBe('error');
  });

  it.each([
    'object.metadata.filter(k, k == "name")[0] == "name"',
    'object.spec.containers.map(c, c.name)[0] == "one"',
  ])('is known of one key, and of a list: %s', expression => {
    expect(answerOf(expression)).toBe(true);
  });
});

it('draws rules that load, and that answer and fail', () => {
  const drawn = fc.sample(drawnRule, { numRuns: 500, seed: 20_261_129 }).map(answerOf);
  const count = (answer: unknown): number => drawn.filter(one => one === answer).length;
  expect(count('refused')).toBe(0);
  for (const answer of [true, false, 'error']) expect(count(answer)).toBeGreaterThan(50);
});
