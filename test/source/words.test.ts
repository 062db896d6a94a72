import { expect, it } from 'vitest';
import { nearest } from '../../src/source/nearest.ts';
import { formatPath } from '../../src/source/path.ts';

const WORDS = ['hostNetwork', 'hostPath', 'hostPID', 'gpu'];

it.each([
  ['hostnetwork', 'hostNetwork'],
  ['hostNetwrok', 'hostNetwork'],
  ['hostPaths', 'hostPath'],
  ['hostpid', 'hostPID'],
  ['gpus', 'gpu'],
  ['tpus', undefined],
  ['x', undefined],
  ['x'.repeat(100_000), undefined],
])('the word nearest to %s is %s', (word, expected) => {
  expect(nearest(word, WORDS)).toBe(expected);
});

it.each([
  [[], ''],
  [['spec', 'tiers', 0, 'isolation'], 'spec.tiers[0].isolation'],
  [[0, 'a'], '[0].a'],
  [['labels', 'cofferdam.dev/risk'], 'labels["cofferdam.dev/risk"]'],
])('the path %j reads %s', (path, text) => {
  expect(formatPath(path)).toBe(text);
});
