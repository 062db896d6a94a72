import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progressOn, waitingFor } from '../../src/cli/console/progress.ts';

/** Keeps what is written on standard error. */
function recorder(isTTY: boolean) {
  const told: string[] = [];
  const io = {
    ...{ stdin: Readable.from([]), out: () => {}, env: {}, color: false, isTTY },
    err: (text: string) => void told.push(text),
  };
  return { io, told: () => told.join('') };
}

function watch(isTTY: boolean, times: readonly number[]): string {
  let now = 0;
  const { io, told } = recorder(isTTY);
  const progress = progressOn(io, 'judged', 9, () => now);
  times.forEach((time, i) => {
    now = time;
    progress.tick(i);
  });
  progress.end();
  return told();
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

it('counts without a total where none is known', () => {
  let now = 0;
  const { io, told } = recorder(true);
  const progress = progressOn(io, 'read files:', undefined, () => now);
  now = 1000;
  progress.tick(12);
  progress.end();
  expect(told()).toBe('\rread files: 12\r\u001b[K');
});

describe('what does not count', () => {
  /** What stands on standard error when the work has ended, and when it goes on for more than a second. */
  async function waited(isTTY: boolean, hangs: boolean): Promise<string> {
    const { io, told } = recorder(isTTY);
    const work = Promise.withResolvers<number>();
    const waiting = waitingFor(io, 'chart\u001b/', work.promise);
    if (hangs) vi.advanceTimersByTime(1000);
    work.resolve(7);
    expect(await waiting).toBe(7);
    vi.advanceTimersByTime(5000);
    return told();
  }
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    [true, true, '\rwaiting for chart\\u001b/\r\u001b[K'],
    [true, false, ''],
    [false, true, ''],
  ])('is named where a person watches (%s) and it takes longer (%s)', async (isTTY, hangs, line) => {
    expect(await waited(isTTY, hangs)).toBe(line);
  });

  it('takes its line away where it fails, too', async () => {
    const { io, told } = recorder(true);
    const work = Promise.withResolvers<number>();
    const waiting = waitingFor(io, 'chart', work.promise);
    vi.advanceTimersByTime(1000);
    work.reject(new Error('no'));
    await expect(waiting).rejects.toThrow('no');
    expect(told()).toBe('\rwaiting for chart\r\u001b[K');
  });
});
