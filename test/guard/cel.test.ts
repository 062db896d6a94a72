import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idsOf, joined, keysOf, lookUp, selectorCel } from '../../src/guard/cel.ts';
import { compileSelector } from '../../src/policy/selector.ts';
import { text } from '../../src/signals/guards.ts';

const environment = new Environment({ enableOptionalTypes: true }).registerVariable(
  'labels',
  'map<string, string>',
);
const evaluate = (cel: string, labels: Record<string, string> = {}): unknown =>
  environment.parse(cel)({ labels });

describe('a literal', () => {
  it.each(["it's", 'a\\b', "\\'", 'two\nlines', '\u0000\t\u007f', '{{x}}', '%s', 'ü 💥'])(
    'is what it was made of: %j',
    value => {
      expect(evaluate(text(value))).toBe(value);
    },
  );

  it('cannot be broken out of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), value => {
        expect(evaluate(text(value))).toBe(value);
      }),
    );
  });
});

describe('a selector', () => {
  const key = fc.constantFrom('a', 'b', 'example.com/c');
  const value = fc.constantFrom('x', 'y', '');
  const expression = fc.oneof(
    fc.record({
      key,
      operator: fc.constantFrom('In', 'NotIn'),
      values: fc.uniqueArray(value, { minLength: 1 }),
    }),
    fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  );
  const selector = fc.record(
    {
      matchLabels: fc.dictionary(key, value, { maxKeys: 2 }),
      matchExpressions: fc.array(expression, { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );

  it('selects in CEL what it selects in the engine', () => {
    fc.assert(
      fc.property(selector, fc.dictionary(key, value, { maxKeys: 3 }), (one, drawn) => {
        const labels = { ...drawn };
        expect(evaluate(selectorCel(one, 'labels') ?? 'true', labels)).toBe(compileSelector(one)(labels));
      }),
    );
  });

  it.each([
    ['In', { a: 'x' }, true],
    ['In', { a: 'z' }, false],
    ['In', {}, false],
    ['NotIn', { a: 'x' }, false],
    ['NotIn', { a: 'z' }, true],
    ['NotIn', {}, true],
    ['Exists', { a: 'z' }, true],
    ['Exists', {}, false],
    ['DoesNotExist', { a: 'z' }, false],
    ['DoesNotExist', {}, true],
  ])('goes by %s, of %o: %o', (operator, labels, selects) => {
    const values = operator.endsWith('In') ? { values: ['x', 'y'] } : {};
    const one = { matchExpressions: [{ key: 'a', operator, ...values }] };
    expect(evaluate(selectorCel(one, 'labels') ?? 'true', labels as Record<string, string>)).toBe(selects);
  });

  it('is no test at all where it selects everything', () => {
    expect([undefined, {}, { matchLabels: {} }].map(one => selectorCel(one, 'labels'))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('names the labels that it reads', () => {
    const one = { matchLabels: { a: 'x' }, matchExpressions: [{ key: 'b', operator: 'Exists' }] };
    expect(keysOf(one)).toEqual(['a', 'b']);
  });
});

describe('lists and maps', () => {
  it('are looked up, with what stands in for a key that is not there', () => {
    expect(evaluate(lookUp([['a', "'b'"]], "'a'", "''"))).toBe('b');
    expect(evaluate(lookUp([['a', "'b'"]], "'c'", "''"))).toBe('');
    expect(lookUp([], "'c'", '0')).toBe('0');
  });

  it('are joined in few levels', () => {
    const lists = Array.from({ length: 300 }, (_, i) => `[${i}]`);
    expect(evaluate(joined(lists))).toEqual(lists.map((_, i) => BigInt(i)));
    expect(Math.max(...[...joined(lists)].map(depth()))).toBeLessThan(12);
  });

  it('hold the ids of what is true', () => {
    expect(
      evaluate(
        idsOf([
          ['a', 'true'],
          ['b', 'false'],
          ['c', "'x' in labels"],
        ]),
        { x: '' },
      ),
    ).toEqual(['a', 'c']);
    expect(idsOf([])).toBe('[]');
  });
});

/** How deep in parentheses each character of a text is. */
function depth(): (character: string) => number {
  let now = 0;
  return character => {
    if (character === '(') now++;
    if (character === ')') now--;
    return now;
  };
}
