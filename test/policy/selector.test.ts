import { describe, expect, it } from 'vitest';
import {
  compileSelector,
  labelKeyFlaws,
  labelValueFlaws,
  selectorFlaws,
  selects,
} from '../../src/policy/selector.ts';

const expression = (operator: string, ...values: string[]) => ({
  matchExpressions: [{ key: 'tier', operator, ...(values.length > 0 && { values }) }],
});

describe('a selector, as apimachinery reads it', () => {
  it.each([
    ['nothing', undefined, {}, true],
    ['an empty one', {}, { a: 'b' }, true],
    ['matchLabels', { matchLabels: { tier: 'web' } }, { tier: 'web' }, true],
    ['matchLabels of another value', { matchLabels: { tier: 'web' } }, { tier: 'Web' }, false],
    ['matchLabels of an empty value', { matchLabels: { tier: '' } }, { tier: '' }, true],
    ['matchLabels of an absent label', { matchLabels: { tier: '' } }, {}, false],
    ['In', expression('In', 'web', 'db'), { tier: 'db' }, true],
    ['In of an absent label', expression('In', 'web'), {}, false],
    ['NotIn', expression('NotIn', 'web'), { tier: 'web' }, false],
    ['NotIn of another value', expression('NotIn', 'web'), { tier: 'db' }, true],
    ['NotIn of an absent label', expression('NotIn', 'web'), {}, true],
    ['Exists', expression('Exists'), { tier: '' }, true],
    ['Exists of an absent label', expression('Exists'), {}, false],
    ['DoesNotExist', expression('DoesNotExist'), {}, true],
    ['DoesNotExist of a label', expression('DoesNotExist'), { tier: 'x' }, false],
    ['all that is asked', { matchLabels: { a: 'b' }, ...expression('Exists') }, { a: 'b', tier: 'x' }, true],
    ['part of what is asked', { matchLabels: { a: 'b' }, ...expression('Exists') }, { tier: 'x' }, false],
    [
      "a label that is Object's own",
      { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] },
      {},
      false,
    ],
  ])('%s', (_, selector, labels, expected) => {
    expect(compileSelector(selector)(labels)).toBe(expected);
  });

  it.each([
    [undefined, false],
    [{}, false],
    [{ matchLabels: {}, matchExpressions: [] }, false],
    [{ matchLabels: { a: 'b' } }, true],
    [expression('DoesNotExist'), true],
  ])('%j selects: %s', (selector, expected) => {
    expect(selects(selector)).toBe(expected);
  });
});

describe('a selector that Kubernetes refuses', () => {
  it.each([
    [expression('In'), [['matchExpressions', 0], 'In needs values', 'List at least one, or use Exists.']],
    [
      expression('Exists', 'a'),
      [['matchExpressions', 0, 'values'], 'Exists takes no values', 'Remove the values, or use In.'],
    ],
    [
      expression('DoesNotExist', 'a'),
      [['matchExpressions', 0, 'values'], 'DoesNotExist takes no values', 'Remove the values, or use NotIn.'],
    ],
    [
      expression('In', '-a'),
      [['matchExpressions', 0, 'values', 0], '"-a" is no value of a label', expect.any(String)],
    ],
    [
      { matchLabels: { '/a': 'b' } },
      [['matchLabels', '/a'], '"/a" is no key of a label', expect.any(String)],
    ],
    [
      expression('NotIn'),
      [['matchExpressions', 0], 'NotIn needs values', 'List at least one, or use Exists.'],
    ],
    [
      { matchExpressions: [{ key: 'a b', operator: 'Exists' }] },
      [['matchExpressions', 0, 'key'], '"a b" is no key of a label', expect.any(String)],
    ],
  ])('%j', (selector, [path, message, fix]) => {
    expect(selectorFlaws(selector, [])).toEqual([{ path, message, fix }]);
  });

  it.each([
    ['app', true],
    ['cofferdam.dev/risk', true],
    ['a.b.c/d', true],
    ['ab-c.de-f.gh/i', true],
    ['a.b!/d', false],
    ['-a.b/c', false],
    [`${'a'.repeat(253)}/b`, true],
    ['A.b_c-d9', true],
    [`${'a'.repeat(63)}`, true],
    [`${'a'.repeat(64)}`, false],
    [`${'a'.repeat(254)}/b`, false],
    ['', false],
    ['a/b/c', false],
    ['Upper.dev/a', false],
    ['a_', false],
    ['a\n', false],
  ])('the key %j is one: %s', (key, valid) => {
    expect(labelKeyFlaws(key, []).length === 0).toBe(valid);
  });

  it.each([
    ['', true],
    ['1.2_3-a', true],
    ['a b', false],
    ['a\n', false],
    ['a'.repeat(64), false],
  ])('the value %j is one: %s', (value, valid) => {
    expect(labelValueFlaws(value, []).length === 0).toBe(valid);
  });
});
