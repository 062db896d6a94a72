import { expect, it } from 'vitest';
import { describeShape, describeValue } from '../../src/source/describe.ts';
import { nearest } from '../../src/source/nearest.ts';
import { formatPath, keysOfPointer, valueAt } from '../../src/source/path.ts';

const WORDS = ['hostNetwork', 'hostPath', 'hostPID', 'gpu'];

it.each([
  ['hostnetwork', 'hostNetwork'],
  ['hostNetwrok', 'hostNetwork'],
  ['hostPaths', 'hostPath'],
  ['hostpid', 'hostPID'],
  ['gpus', 'gpu'],
  ['gup', 'gpu'],
  ['hostPDI', 'hostPID'],
  ['tpus', undefined],
  ['x', undefined],
  ['x'.repeat(100_000), undefined],
])('the word nearest to %s is %s', (word, expected) => {
  expect(nearest(word, WORDS)).toBe(expected);
});

it.each([
  ['runsc-team', ['runsc', 'runsc-kvm']],
  ['kata-team', ['kata-qemu', 'kata-fc']],
  ['monitoring', ['montage']],
  ['warning', ['warn']],
])('no word is near enough to %s to have been meant', (word, words) => {
  expect(nearest(word, words)).toBeUndefined();
});

it('is none that has nothing in common with it', () => {
  expect(nearest('1', ['2', '3'])).toBeUndefined();
  expect(nearest('y', ['Y', '3'])).toBe('Y');
  expect(nearest('', ['a'])).toBeUndefined();
  expect(nearest('nm', ['vm', 'host-kernel'])).toBe('vm');
  expect(nearest('v', ['vm'])).toBe('vm');
});

it.each([
  [[], ''],
  [['spec', 'tiers', 0, 'isolation'], 'spec.tiers[0].isolation'],
  [[0, 'a'], '[0].a'],
  [['labels', 'cofferdam.dev/risk'], 'labels["cofferdam.dev/risk"]'],
])('the path %j reads %s', (path, text) => {
  expect(formatPath(path)).toBe(text);
});

it.each([
  ['/spec/args/0', ['spec', 'args', 0]],
  ['/labels/0', ['labels', '0']],
  ['/labels/a~1b~01', ['labels', 'a/b~1']],
  ['', []],
])('the pointer %s leads to %j', (pointer, keys) => {
  expect(keysOfPointer(pointer, { spec: { args: ['x'] }, labels: {} })).toEqual(keys);
});

it.each([
  [['a', 1], 'y'],
  [['a', 2], undefined],
  [['a', 0, 'length'], undefined],
  [['b', 'c'], undefined],
  [['toString'], undefined],
])('at %j stands %s', (keys, value) => {
  expect(valueAt({ a: ['x', 'y'], b: null }, keys)).toBe(value);
});

it.each([
  [undefined, 'nothing', 'nothing'],
  [null, 'null', 'nothing'],
  [[], 'an empty list', 'a list'],
  [{}, 'a map', 'a map'],
  ['', 'an empty string', '""'],
  ['secret', 'a string', '"secret"'],
  [7, 'a number', '7'],
  [true, 'true', 'true'],
])('%j is described as %s, and with its value as %s', (value, shape, shown) => {
  expect([describeShape(value), describeValue(value)]).toEqual([shape, shown]);
});
