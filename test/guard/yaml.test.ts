import { expect, it } from 'vitest';
import { yamlOf } from '../../src/guard/yaml.ts';

it('objects are documents of one file', () => {
  expect(yamlOf([{ a: 1 }, { b: [2] }])).toBe('a: 1\n---\nb:\n  - 2\n');
});

it('words that YAML 1.1 takes for booleans are quoted: kubectl read it so before 1.31', () => {
  expect(yamlOf([{ values: ['off', 'audit'] }])).toBe('values:\n  - "off"\n  - audit\n');
});

it('expressions stay on one line, however long', () => {
  const long = Array.from({ length: 100 }, (_, i) => `word${i}`).join(' ');
  expect(yamlOf([{ expression: long }])).toBe(`expression: ${long}\n`);
});

it('what stands twice is written twice, without an anchor', () => {
  const selector = { matchLabels: { a: 'b' } };
  expect(yamlOf([{ one: selector, two: selector }])).toBe(
    'one:\n  matchLabels:\n    a: b\ntwo:\n  matchLabels:\n    a: b\n',
  );
});
