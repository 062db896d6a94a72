import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, it } from 'vitest';
import { costOf, type Shape } from '../../src/policy/cel/cost.ts';
import { measure } from '../../src/policy/cel/measure.ts';
import { BUDGET, bindCel, compileCel } from '../../src/policy/cel.ts';

/*
What an expression can cost. On the data assumed here a step of a comprehension is taken 10 times, a search costs 640 /
64 steps, a pattern 1 + 640 / 4, a comparison of anything 100.
*/
const DATA = { values: new Map(), maxItems: 10, maxString: 640, total: 100, left: 0 };
const environment = new Environment({ enableOptionalTypes: true, unlistedVariablesAreDyn: true });

const shapeOf = (expression: string): Shape =>
  measure(environment.parse(expression).ast, new Set(['object', 'namespaceObject']));
const cost = (expression: string): number => costOf(shapeOf(expression), DATA);

describe('what an expression can cost', () => {
  it.each([
    ['true', 1],
    ['object.a', 2],
    ['object.?a', 2],
    ['!object.a', 3],
    ['object.l[0]', 4],
    ['object.a ? object.b : object.c', 7],
    ['[1, 2, 3]', 4],
    ["{'a': 1, 'b': 2}", 5],
    ['object.l.custom(x, x.b)', 6],
    ['exists(object.l, x)', 4],
    ['exists(x, object.l)', 4],
  ])('is a step for each part: %s', (expression, steps) => {
    expect(cost(expression)).toBe(steps);
  });

  it.each([
    ['object.l.all(x, x > 1) && object.b', 6 + 10 * 4],
    ['object.l.exists(x, x.a)', 3 + 10 * 3],
    ['object.l.exists_one(x, x.a)', 3 + 10 * 3],
    ['object.l.filter(x, x)', 3 + 10 * 2],
    ['object.l.map(x, x)', 3 + 10 * 2],
    ["{'a': object.l.exists(x, x == 1)}", 5 + 10 * 4],
    ['[object.l.exists(x, x)]', 4 + 10 * 2],
    ['!object.l.exists(x, x)', 4 + 10 * 2],
    ['object.l.exists(x, x).b', 4 + 10 * 2],
    ['f(object.l.exists(x, x))', 4 + 10 * 2],
    ['object.l.exists(x, x).f()', 4 + 10 * 2],
    ['object.l.exists(x, object.m.exists(y, y))', 3 + 10 * 4 + 100 * 2],
    ['object.l.filter(x, x).exists(y, y)', 3 + 1 + 10 * (2 + 2)],
  ])('has the body of a comprehension once for each item: %s', (expression, steps) => {
    expect(cost(expression)).toBe(steps);
  });

  it.each([
    ["object.a.contains('x')", 4 + 10],
    ["object.a.startsWith('x')", 4 + 10],
    ["object.a.endsWith('x')", 4 + 10],
    ["object.a.indexOf('x')", 4 + 10],
    ["object.a.lastIndexOf('x')", 4 + 10],
    ['object.a.substring(1)', 4 + 10],
    ['object.a.trim()', 3 + 10],
    ['object.a.lowerAscii()', 3 + 10],
    ['object.a.upperAscii()', 3 + 10],
    ['object.a.join()', 3 + 10],
    ['size(object.a)', 3 + 10],
    ['string(object.a)', 3 + 10],
    ['int(object.a)', 3 + 10],
    ['double(object.a)', 3 + 10],
    ['uint(object.a)', 3 + 10],
    ['bytes(object.a)', 3 + 10],
    ['timestamp(object.a)', 3 + 10],
    ['object.a < object.b', 5 + 10],
    ['object.a <= object.b', 5 + 10],
    ['object.a > object.b', 5 + 10],
    ['object.a >= object.b', 5 + 10],
    ["object.a.matches('x')", 4 + 161],
    ["matches(object.a, 'x')", 4 + 161],
    ["object.l.exists(x, x.matches('a'))", 3 + 10 * (4 + 161)],
    ["object.l.exists(x, x.contains('a'))", 3 + 10 * (4 + 10)],
  ])('has a text read once by what searches it: %s', (expression, steps) => {
    expect(cost(expression)).toBe(steps);
  });

  it('has as many items as a text has characters, and one more, where one is split', () => {
    expect(cost("object.l.map(x, x.a.split(','))")).toBe(3 + 641 * (5 + 10));
  });

  it.each([
    ['(object.a + object.b).exists(x, x)', 6 + 20 * 2],
    ['(object.a + object.b + object.c).exists(x, x)', 9 + 30 * 2],
    ['[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].exists(x, x)', 14 + 12 * 2],
    ["{'a': 1}.exists(x, x)", 4 + 10 * 2],
    [`{${Array.from({ length: 12 }, (_, i) => `'${i}': 1`)}}.exists(x, x)`, 26 + 12 * 2],
    // The next step of a loop may double what the loop makes.
    ['object.l.exists(x, x + x)', 2 + 1 + 20 * 4],
    ['object.l.exists(x, x + x + x)', 2 + 1 + 40 * 6],
    ["object.l.exists(x, (x + x).contains('a'))", 2 + 1 + 20 * (6 + 20)],
    ["object.l.exists(x, (x + x).matches('a'))", 2 + 1 + 20 * (6 + 321)],
    ['object.l.exists(x, x + x == object.a)', 3 + 20 * (7 + 200)],
  ])('has as many items as a sum or a literal makes: %s', (expression, steps) => {
    expect(cost(expression)).toBe(steps);
  });
});

describe('what comparing can cost', () => {
  it.each([
    ['object.a == object.b', 5 + 100],
    ['object.a != object.b', 5 + 100],
    ['object.l[0] == object.m[0]', 9 + 100],
    ['object.a in object.b', 5 + 100],
    ["'x' in object.b", 4 + 100],
    ["'x' in {'x': 1}", 5 + 100],
    ['string(object.a) == string(object.b)', 7 + 20 + 100],
    ['object.l.filter(i, i) == object.b', 6 + 100 + 10 * 2],
    ['object.a + object.b == object.c + object.d', 11 + 200],
  ])('is all that there is, once for each part of the smaller side: %s', (expression, steps) => {
    expect(cost(expression)).toBe(steps);
  });

  it.each([
    ["object.a == 'x'", 4],
    ["'x' == object.a", 4],
    ['object.a == -object.b', 6],
    ['!object.a == object.b', 6],
    ['(object.a && object.b) == object.c', 8],
    ['(object.a || object.b) == object.c', 8],
    ['(object.a < 1) == object.c', 7],
    ['(object.a <= 1) == object.c', 7],
    ['(object.a > 1) == object.c', 7],
    ['(object.a >= 1) == object.c', 7],
    ["(object.a in ['x']) == object.c", 8],
    ["(object.a == 'x') == object.c", 7],
    ["(object.a != 'x') == object.c", 7],
    ['size(object.a) == object.b', 6 + 10],
    ['object.b == object.a.size()', 6 + 10],
    ["object.a.contains('x') == object.b", 7 + 10],
    ["object.a.startsWith('x') == object.b", 7 + 10],
    ["object.a.endsWith('x') == object.b", 7 + 10],
    ["object.a.matches('x') == object.b", 7 + 161],
    ['object.l.exists(x, x) == object.b', 6 + 10 * 2],
    ['object.l.exists_one(x, x) == object.b', 6 + 10 * 2],
    ['object.l.all(x, x) == object.b', 6 + 10 * 2],
    ["object.a in ['x', 'y']", 6],
    ["'x' in [object.a, object.b]", 7],
    ["object.a == ['x', 'y']", 6],
    ["object.a < 'x'", 4],
    ['1 >= object.a', 4],
    ['-object.a < object.b', 6],
    ['object.l.exists(x, x > 1)', 3 + 10 * 4],
  ])('is a step where one side is a number, a boolean or a text: %s', (expression, steps) => {
    expect(cost(expression)).toBe(steps);
  });

  it.each([
    ["object.a in ['x', object.b]", 7 + 100],
    ['object.a in [object.b, object.c]', 8 + 200],
    ['object.l.exists(x, x in [object.b])', 3 + 10 * (5 + 1 + 100)],
    ['[object.a, object.b] == [object.c, object.d]', 11 + 200],
    ["[object.a, 'x'] == object.b", 7 + 100],
    ['object.l.filter(i, i) == [object.a, object.b]', 9 + 100 + 10 * 2],
    ['[object.a, object.b] == object.l.filter(i, i)', 9 + 100 + 10 * 2],
    ["{'a': object.a, 'b': object.b} == {'a': object.c, 'b': object.d}", 15 + 200],
    ['(object.a ? object.b : object.c) == [object.a, object.b]', 13 + 200],
    ['object.?a.orValue([]) == [object.b, object.c]', 10 + 100],
    ['f(object.a, object.b) == [object.b, object.c, object.d]', 13 + 200],
    ['[object.a, object.b].exists(x, x == [x, x, x])', 6 + 10 * (7 + 200)],
    ['object.l.exists(x, object.?a.orValue(x) == [object.b, object.c])', 3 + 10 * (11 + 200)],
  ])('counts what literals hold more than once: %s', (expression, steps) => {
    expect(cost(expression)).toBe(steps);
  });

  it.each([
    ['object.l.map(i, object.a) == object.b', 6 + 100 + 10 * 3],
    ['object.b == object.l.map(i, object.a)', 6 + 100 + 10 * 3],
    ['object.l.map(i, object.a) == [object.b, object.c, object.d]', 11 + 300 + 10 * 3],
    ['[object.b, object.c, object.d] == object.l.map(i, object.a)', 11 + 300 + 10 * 3],
    ['object.l.map(i, object.a) == object.l.map(i, object.b)', 7 + 10 * (6 + 100)],
    ['object.l.map(i, [i, i]) == object.l.map(i, [object.b, i, i])', 7 + 10 * (4 + 6 + 200)],
    ['[object.a, object.b].map(i, i) == object.l.map(i, [i, i, i])', 10 + 10 * (2 + 5 + 200)],
    ['object.l.map(i, i, [i, i]) == object.l.map(i, i, [i, i, i])', 7 + 10 * (5 + 6 + 200)],
    ['object.l.map(i, 1) == object.l.map(i, 2)', 7 + 10 * (4 + 100)],
    ['[object.l.map(i, object.a)] == [object.l.map(i, object.b)]', 9 + 10 * (6 + 100)],
    [
      'object.l.map(i, object.m.map(j, j)) == object.m.map(i, object.l)',
      7 + 10 * (4 + 2) + 100 * 2 + 10 * (1 + 100),
    ],
    ['object.b in object.a.map(i, i)', 6 + 10 * (2 + 100)],
    ["'x' in object.a.map(i, i)", 5 + 10 * (2 + 1)],
    ['object.l.map(i, i).exists(j, j == object.b)', 4 + 10 * (2 + 5 + 100)],
    [
      'object.l.map(i, object.l.map(j, i)) == object.m.map(i, object.l.map(j, i))',
      7 + 10 * (2 * 4) + 100 * (2 * 2 + 100),
    ],
  ])('counts what comprehensions make once for each item: %s', (expression, steps) => {
    expect(cost(expression)).toBe(steps);
  });

  it('counts the pieces of a text as items', () => {
    expect(cost("object.a.split(',') == object.b.split(',')")).toBe(9 + 20 + 641 * 100);
  });
});

describe('bypass 18: the steps that a Pod grants its rules', () => {
  const evaluate = (expression: string, left: number) => {
    const program = compileCel(expression, ['object']);
    if ('problem' in program) throw new Error(program.problem);
    const bindings = { ...bindCel({ object: { a: true } }), left };
    return [program.evaluate(bindings), bindings.left];
  };

  it('are enough where an expression can cost just so many, and are taken', () => {
    expect(evaluate('object.a', 2)).toEqual([true, 0]);
    expect(evaluate('object.a', 3)).toEqual([true, 1]);
  });

  it('are none where it can cost more, and are then left to the others', () => {
    expect(evaluate('object.a', 1.9)).toEqual([{ error: 'could take 2 steps on this Pod; 1 are left' }, 1.9]);
  });

  it('are so many at first', () => {
    expect(bindCel({ object: {} }).left).toBe(BUDGET);
  });

  it('cannot be outrun by comparing large things in a literal or a comprehension', () => {
    const big = (last: string) => [...Array.from({ length: 20_000 }, (_, i) => `v${i}`), last];
    const object = { a: big('x'), b: big('y'), l: Array.from({ length: 2000 }, (_, i) => i) };
    for (const expression of [
      'object.l.exists(i, object.a in [object.b])',
      'object.l.map(i, object.a) == object.l.map(i, object.b)',
      'object.b in object.l.map(i, object.a)',
      '[object.a].exists(x, object.l.map(i, object.b).exists(y, x == y))',
    ]) {
      const program = compileCel(expression, ['object']);
      if ('problem' in program) throw new Error(program.problem);
      expect(program.evaluate(bindCel({ object }))).toEqual({ error: expect.stringMatching(/^could take/) });
    }
  });
});
