import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { progressOn } from '../../src/cli/progress.ts';

function watch(isTTY: boolean, times: readonly number[]): string {
  let now = 0;
  let err = '';
  const io = {
    stdin: Readable.from([]),
    out: () => {},
    err: (text: string) => {
      err += text;
    },
    env: {},
    color: false,
    isTTY,
  };
  const progress = progressOn(io, 'judged', 9, () => now);
  times.forEach((time, i) => {
    now = time;
    progress.tick(i);
  });
  progress.end();
  return err;
}

it('says nothing within the first second', () => {
  expect(watch(true, [0, 500, 999])).toBe('');
});

it('counts from then on, ten times a second at most, and takes its line away', () => {
  expect(watch(true, [0, 1000, 1050, 1100])).toBe('\rjudged 1 of 9\rjudged 3 of 9\r\u001b[K');
});

it('says nothing where nobody watches', () => {
  expect(watch(false, [0, 1000, 2000])).toBe('');
});
